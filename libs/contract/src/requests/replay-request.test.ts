import { describe, expect, it } from 'vitest';
import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST } from '../examples/example-documents.js';
import { parseReplayRequest } from './replay-request.js';

function replay(overrides: object) {
  const parsed = parseReplayRequest({ overrides });
  if (parsed.kind === 'invalid') return parsed.faults.map(({ code, pointer }) => `${code} ${pointer}`);
  const made = [parsed.value.fingerprint?.(EXAMPLE_FINGERPRINT), parsed.value.manifest?.(EXAMPLE_MANIFEST)];
  return made.flatMap((each) =>
    each?.kind === 'invalid' ? each.faults.map(({ code, pointer }) => `${code} ${pointer}`) : [],
  );
}

describe('a replay', () => {
  it('needs to say nothing', () => {
    for (const nothing of [{}, { overrides: {} }, { overrides: { fingerprint: {}, manifest: {} } }])
      expect(parseReplayRequest(nothing)).toEqual({ kind: 'ok', value: {} });
    expect(parseReplayRequest({ policy: 'kernel', phases: ['vm'] })).toEqual({
      kind: 'ok',
      value: { policy: 'kernel', phases: ['vm'] },
    });
  });

  it('gives the documents other facts, with a digest of their own', () => {
    const parsed = parseReplayRequest({ overrides: { fingerprint: { '/kernel/pageSize': 65_536 } } });
    const made = parsed.kind === 'ok' ? parsed.value.fingerprint?.(EXAMPLE_FINGERPRINT) : undefined;
    expect(made).toMatchObject({ kind: 'ok', value: { facts: { kernel: { pageSize: 65_536 } } } });
  });

  it('takes JSON pointers only, and no two that meet', () => {
    expect(replay({ fingerprint: { 'cpu.fwb': true, '': {}, '/cpu/~2': 1 } })).toEqual([
      'FORMAT /overrides/fingerprint/cpu.fwb',
      'FORMAT /overrides/fingerprint/',
      'FORMAT /overrides/fingerprint/~1cpu~1~02',
    ]);
    expect(replay({ manifest: { '/vm': null, '/vm/mte': true } })).toEqual(['OVERLAP /overrides/manifest/~1vm~1mte']);
    expect(replay(JSON.parse('{"fingerprint": {"__proto__": 1}}'))).toEqual([
      'FORMAT /overrides/fingerprint/__proto__',
    ]);
  });

  it('names the override that makes a document what no document may be', () => {
    expect(replay({ fingerprint: { '/cpu/fwb': 'yes', '/cpu/dic': true }, manifest: { '/arch': 7 } })).toEqual([
      'TYPE /overrides/fingerprint/~1cpu~1fwb',
      'TYPE /overrides/manifest/~1arch',
    ]);
    expect(replay({ fingerprint: { '/cpu': { fwb: 'yes' }, '/unheard': {} } })).toEqual([
      'TYPE /overrides/fingerprint/~1cpu/fwb',
      'UNKNOWN_FIELD /overrides/fingerprint/~1unheard',
    ]);
    expect(replay({ manifest: { '/memslots/0/mappings/-/device': 'gpu9' } })[0]).toMatch(
      /^REQUIRED \/overrides\/manifest/,
    );
    expect(replay({ fingerprint: { '/schema': null, '/cpu/dcc': null } })).toEqual([
      'NOT_THERE /overrides/fingerprint/~1cpu~1dcc',
    ]);
  });
});
