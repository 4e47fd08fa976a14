import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, documentDigest } from './digest.js';
import type { JsonObject } from './json-value.js';
import { parseJson } from './parse-json.js';

function parsed(text: string) {
  const json = parseJson(text);
  if (json.kind === 'refused') throw new Error(json.problem.detail);
  return json.value;
}

describe('the canonical form is that of RFC 8785', () => {
  it('section 3.2.2: literals, numbers and strings', () => {
    const text =
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}';
    expect(canonicalize(parsed(text))).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('section 3.2.3: keys are sorted by UTF-16 code units', () => {
    const text =
      '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}';
    const keys = Object.keys(parsed(canonicalize(parsed(text)) ?? '') as object);
    // "1" comes first in any JavaScript object; in the text it stands second.
    expect(keys).toEqual(['1', '\r', '\u0080', 'ö', '€', '😀', '\ufb33']);
    expect(canonicalize(parsed(text))?.startsWith('{"\\r":"Carriage Return","1":"One"')).toBe(true);
  });

  it.each([
    ['-0', '0'],
    ['5e-324', '5e-324'],
    ['-1.7976931348623157e308', '-1.7976931348623157e+308'],
    ['1e21', '1e+21'],
    ['999999999999999900000.0', '999999999999999900000'],
    ['0.000001', '0.000001'],
    ['1e-7', '1e-7'],
    ['9007199254740991', '9007199254740991'],
  ])('appendix B: %s is written %s', (text, canonical) => {
    expect(canonicalize(parsed(text))).toBe(canonical);
  });

  it('the digest is that of the canonical text', () => {
    expect(digestOf({})).toBe('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});

describe('the digest of a document', () => {
  const document: JsonObject = { schema: 'berth.fingerprint/1', cpu: { fwb: true, dic: false } };

  it('leaves out when, by whom and how the facts were collected, at the top only', () => {
    const collected = { collectedAt: '2026-11-20T07:00:00Z', agent: { name: 'a' }, evidence: {} };
    expect(documentDigest({ ...collected, ...document })).toBe(documentDigest(document));
    expect(documentDigest({ ...document, vmm: { agent: 'x' } })).not.toBe(documentDigest({ ...document, vmm: {} }));
  });

  it('covers fields that nobody reads', () => {
    expect(documentDigest({ ...document, cpu: { fwb: true, dic: false, later: 1 } })).not.toBe(
      documentDigest(document),
    );
  });

  it('does not depend on the order of keys or on white space', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (fields) => {
        const entries = Object.entries(fields);
        const forwards = JSON.stringify(Object.fromEntries(entries));
        const backwards = JSON.stringify(Object.fromEntries(entries.reverse()), null, 3);
        expect(digestOf(parsed(forwards.replaceAll('\\u0000', '-')))).toBe(
          digestOf(parsed(backwards.replaceAll('\\u0000', '-'))),
        );
      }),
    );
  });
});
