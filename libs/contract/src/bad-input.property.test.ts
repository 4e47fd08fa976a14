import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCatalogue, parseCatalogueRow } from './catalogue/parse-catalogue.js';
import { parseFingerprint } from './documents/parse-fingerprint.js';
import { parseManifest } from './documents/parse-manifest.js';
import { EXAMPLES, type Parsed, parseJson } from './index.js';
import {
  parseHeartbeat,
  parseHostPatch,
  parseKeyRequest,
  parseRelocation,
  parseVmPatch,
} from './requests/change-requests.js';
import { parseEvaluationRequest } from './requests/evaluation-request.js';
import { parsePreflightRequest } from './requests/preflight-request.js';
import { parseSweepRequest } from './requests/sweep-request.js';
import { parseTicketKeyRotation } from './tickets/ticket-schemas.js';

type Parse = (value: unknown) => Parsed<unknown>;
type Path = readonly (string | number)[];

const PARSERS: readonly [string, Parse, unknown][] = [
  ['fingerprint', (value) => parseFingerprint(value, 'register'), EXAMPLES.putFingerprint.request],
  ['manifest', (value) => parseManifest(value, 'register'), EXAMPLES.putManifest.request],
  ['heartbeat', parseHeartbeat, EXAMPLES.sendHeartbeat.request],
  ['host patch', parseHostPatch, EXAMPLES.patchHost.request],
  ['VM patch', parseVmPatch, EXAMPLES.patchVm.request],
  ['relocation', parseRelocation, EXAMPLES.relocateVm.request],
  ['preflight', parsePreflightRequest, EXAMPLES.askPreflight.request],
  ['evaluation', parseEvaluationRequest, EXAMPLES.evaluate.request],
  ['sweep', parseSweepRequest, EXAMPLES.startSweep.request],
  ['ticket key rotation', parseTicketKeyRotation, EXAMPLES.rotateTicketKeys.request],
  ['key request', parseKeyRequest, EXAMPLES.issueKey.request],
  ['row of the catalogue', parseCatalogueRow, EXAMPLES.putCatalogueRow.request],
  ['catalogue', parseCatalogue, [{ row: 'acme', ...(EXAMPLES.putCatalogueRow.request as object) }]],
];

/** Where something stands in a value; the value itself first. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [
    at,
    ...Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...at, Array.isArray(value) ? Number(key) : key])),
  ];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((each, index) => (index === key ? replaced(each, rest, by) : each));
  const entries = Object.entries(value as object).map(([name, each]) => [
    name,
    name === key ? replaced(each, rest, by) : each,
  ]);
  return Object.fromEntries(entries);
}

const nasty = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    1.5,
    -0,
    1e300,
    '',
    '0x',
    '0X1',
    `0x${'f'.repeat(17)}`,
    'toString',
    '__proto__',
    [],
    {},
    [[]],
  ),
  fc.constantFrom(
    '../x',
    '%2f',
    'x'.repeat(65_536),
    '\u202eabc',
    'e\u0301',
    '\u001b[31m',
    '2016-12-31T23:59:60Z',
    '+275760-09-13T00:00:00Z',
  ),
  fc.constant(JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as unknown),
  fc.jsonValue(),
);

describe.each(PARSERS)('%s', (_name, parse, example) => {
  it('accepts its example', () => {
    expect(parse(example)).toMatchObject({ kind: 'ok' });
  });

  it('answers whatever it is given, and never throws', () => {
    fc.assert(
      fc.property(nasty, (value) => {
        expect(['ok', 'invalid']).toContain(parse(value).kind);
      }),
    );
  });

  it('answers an example with one thing replaced, and names the place or a part of it when it refuses', () => {
    const paths = pathsOf(example);
    fc.assert(
      fc.property(fc.constantFrom(...paths), nasty, (path, value) => {
        const parsed = parse(replaced(example, path, value));
        if (parsed.kind === 'ok') return;
        expect(parsed.faults.length).toBeGreaterThan(0);
        expect(JSON.stringify(parsed).length).toBeLessThan(64 * 1024);
        for (const fault of parsed.faults) expect(fault.detail).toMatch(/^(expected |and \d+ more)/);
      }),
      { numRuns: 300 },
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('any text', () => {
  it('is JSON or is refused, and what is refused by JSON.parse is refused here', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.stringMatching(/^[[\]{}",:0-9eE\\u.+-]{0,40}$/)),
        (text) => {
          const parsed = parseJson(text);
          expect(parsed.kind === 'ok' || typeof parsed.problem.detail === 'string').toBe(true);
          if (parsed.kind === 'ok') expect(parsed.value).toEqual(JSON.parse(text));
          expect(parseJson(Buffer.from(text)).kind).toBe(parsed.kind);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
