import { POLICIES } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST } from '../examples/example-documents.js';
import type { Parsed } from '../fields/faults.js';
import { parseHeartbeat, parseHostPatch, parseKeyRequest, parseRelocation, parseVmPatch } from './change-requests.js';
import { parseEvaluationRequest } from './evaluation-request.js';
import { parsePreflightRequest } from './preflight-request.js';
import { parseReplayRequest } from './replay-request.js';
import { parseSweepRequest } from './sweep-request.js';

type Parse = (value: unknown) => Parsed<unknown>;

function faultsOf(parse: Parse, value: unknown): string[] {
  const parsed = parse(value);
  return parsed.kind === 'ok' ? [] : parsed.faults.map(({ code, pointer }) => `${code} ${pointer}`);
}

function accepted<T>(parsed: Parsed<T>): T {
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.faults));
  return parsed.value;
}

const ALL: readonly [string, Parse][] = [
  ['preflight', parsePreflightRequest],
  ['evaluation', parseEvaluationRequest],
  ['replay', parseReplayRequest],
  ['sweep', parseSweepRequest],
  ['host patch', parseHostPatch],
  ['VM patch', parseVmPatch],
  ['relocation', parseRelocation],
  ['heartbeat', parseHeartbeat],
  ['key request', parseKeyRequest],
];

describe.each(ALL)('%s', (_name, parse) => {
  it.each([null, [], 'x', 1, true])('%j is refused', (value) => {
    expect(faultsOf(parse, value)).toContain('TYPE ');
  });

  it('a field that it does not have is refused', () => {
    expect(faultsOf(parse, { revision: 1 })).toContain('UNKNOWN_FIELD /revision');
    expect(faultsOf(parse, JSON.parse('{"__proto__":{}}'))).toContain('UNKNOWN_FIELD /__proto__');
    expect(faultsOf(parse, { constructor: 1 })).toContain('UNKNOWN_FIELD /constructor');
  });
});

describe('a preflight', () => {
  const ask = (fields: object): string[] =>
    faultsOf(parsePreflightRequest, { vm: 'vm-42', target: 'gh-09', ...fields });

  it('names a VM and a target, and may be about anything called as every object is', () => {
    expect(ask({})).toEqual([]);
    expect(ask({ vm: 'constructor', target: 'toString' })).toEqual([]);
    expect(faultsOf(parsePreflightRequest, {})).toEqual(['REQUIRED /vm', 'REQUIRED /target']);
    expect(ask({ target: '__proto__' })).toEqual(['FORMAT /target']);
    expect(ask({ target: 'x'.repeat(128) })).toEqual([]);
    expect(ask({ target: 'x'.repeat(129) })).toEqual(['FORMAT /target']);
  });

  it('asks under a policy that there is, merged or proposed', () => {
    expect(ask({ policy: 'proposal:mainline' })).toEqual(['ENUM /policy']);
    for (const policy of POLICIES) expect(ask({ policy })).toEqual([]);
    expect(ask({ policies: ['strict'] })).toEqual(['UNKNOWN_FIELD /policies']);
    expect(ask({ proposal: { sealed: true } })).toEqual(['UNKNOWN_FIELD /proposal']);
  });

  it('asks some phases, each once', () => {
    expect(ask({ phases: ['vm', 'memslot'] })).toEqual([]);
    expect(ask({ phases: [] })).toEqual(['TOO_SHORT /phases']);
    expect(ask({ phases: ['stage'] })).toEqual(['ENUM /phases/0']);
    expect(ask({ phases: ['vm', 'vm'] })).toEqual(['DUPLICATE /phases']);
  });

  it('may expect revisions', () => {
    expect(ask({ expect: { vmRevision: 12, hostRevision: 18 } })).toEqual([]);
    expect(ask({ expect: { vmRevision: '12', host: 1 } })).toEqual([
      'TYPE /expect/vmRevision',
      'UNKNOWN_FIELD /expect/host',
    ]);
  });
});

describe('an evaluation', () => {
  const documents = { manifest: EXAMPLE_MANIFEST, fingerprint: EXAMPLE_FINGERPRINT };

  it('becomes documents with their digests', () => {
    const value = accepted(
      parseEvaluationRequest({ ...documents, sourceFingerprint: EXAMPLE_FINGERPRINT, policy: 'kernel' }),
    );
    expect(value.manifest.needs.memslots).toHaveLength(2);
    expect(value.target.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(value.source?.digest).toBe(value.target.digest);
    expect(value.policy).toBe('kernel');
    expect(accepted(parseEvaluationRequest(documents))).not.toHaveProperty('source');
  });

  it('puts policies side by side, or asks under one', () => {
    const ask = (fields: object): string[] => faultsOf(parseEvaluationRequest, { ...documents, ...fields });
    expect(accepted(parseEvaluationRequest({ ...documents, policies: POLICIES })).policies).toEqual(POLICIES);
    expect(ask({ policies: ['strict'], policy: 'strict' })).toEqual(['EXCLUSIVE /policies']);
    expect(ask({ policies: [] })).toEqual(['TOO_SHORT /policies']);
    expect(ask({ policies: ['strict', 'strict'] })).toEqual(['DUPLICATE /policies']);
    expect(ask({ policies: ['strict', 'proposal:x'] })).toEqual(['ENUM /policies/1']);
    expect(ask({ policies: 'strict' })).toEqual(['TYPE /policies']);
  });

  it('may suppose what a proposal goes by', () => {
    const proposal = { cacheableFlag: true, sealed: false, optOutActive: true };
    expect(accepted(parseEvaluationRequest({ ...documents, proposal })).proposal).toEqual(proposal);
    const wrong = faultsOf(parseEvaluationRequest, { ...documents, proposal: { cacheableFlag: 1, flag: true } });
    expect(wrong).toEqual(['TYPE /proposal/cacheableFlag', 'UNKNOWN_FIELD /proposal/flag']);
  });

  it('names every fault of every document by where it stands in the request', () => {
    const broken = {
      manifest: { arch: 1 },
      fingerprint: { schema: 'x' },
      sourceFingerprint: { cpu: 1 },
      policy: 'x',
      extra: 1,
    };
    expect(faultsOf(parseEvaluationRequest, broken).sort()).toEqual([
      'ENUM /fingerprint/schema',
      'ENUM /policy',
      'REQUIRED /manifest/schema',
      'REQUIRED /sourceFingerprint/schema',
      'TYPE /manifest/arch',
      'TYPE /sourceFingerprint/cpu',
      'UNKNOWN_FIELD /extra',
    ]);
    expect(faultsOf(parseEvaluationRequest, {})).toEqual(['REQUIRED /manifest', 'REQUIRED /fingerprint']);
    expect(faultsOf(parseEvaluationRequest, { ...documents, sourceFingerprint: null })).toEqual([
      'TYPE /sourceFingerprint',
    ]);
  });
});

describe('a sweep', () => {
  const ask = (vms: unknown, targets: unknown = { all: true }): string[] =>
    faultsOf(parseSweepRequest, { vms, targets });

  it.each([
    { names: ['a', 'constructor'] },
    { labels: { 'rack/row': 'r1', toString: 'x' } },
    { host: 'gh-03' },
    { all: true },
  ])('may select by %j', (selector) => {
    expect(accepted(parseSweepRequest({ vms: selector, targets: selector }))).toEqual({
      vms: selector,
      targets: selector,
    });
  });

  it.each<[string, unknown]>([
    ['TYPE /vms', {}],
    ['TYPE /vms', []],
    ['TYPE /vms', 'all'],
    ['TYPE /vms', { all: true, host: 'a' }],
    ['UNKNOWN_FIELD /vms/name', { name: ['a'] }],
    ['UNKNOWN_FIELD /vms/more', { all: true, more: 1 }],
    ['ENUM /vms/all', { all: false }],
    ['TOO_SHORT /vms/names', { names: [] }],
    ['FORMAT /vms/names/1', { names: ['a', '-b'] }],
    ['TOO_SHORT /vms/labels', { labels: {} }],
    ['TYPE /vms/labels/rack', { labels: { rack: 1 } }],
    ['REQUIRED /vms', undefined],
  ])('%s for %j', (fault, selector) => {
    expect(ask(selector)).toEqual([fault]);
  });

  it('names the faults of both sides at once', () => {
    expect(ask({ all: 1 }, { host: '' })).toEqual(['ENUM /vms/all', 'FORMAT /targets/host']);
  });
});

describe('a change', () => {
  it('of labels sets and takes away, whatever they are called', () => {
    const { labels } = accepted(
      parseHostPatch({ labels: { rack: 'r1', constructor: null, toString: 'x' }, state: 'cordoned' }),
    );
    expect([...(labels ?? [])]).toEqual([
      ['rack', 'r1'],
      ['constructor', null],
      ['toString', 'x'],
    ]);
    expect(accepted(parseVmPatch({}))).toEqual({});
  });

  it('of labels refuses what is no label', () => {
    expect(faultsOf(parseVmPatch, { labels: { '-a': 'x', b: '', c: 1, d: 'x'.repeat(257) } })).toEqual([
      'FORMAT /labels/-a',
      'TOO_SHORT /labels/b',
      'TYPE /labels/c',
      'TOO_LONG /labels/d',
    ]);
    expect(faultsOf(parseVmPatch, JSON.parse('{"labels":{"__proto__":"x"}}'))).toEqual(['FORMAT /labels/__proto__']);
    expect(faultsOf(parseVmPatch, { labels: null })).toEqual(['TYPE /labels']);
  });

  it('of a host knows four states', () => {
    expect(faultsOf(parseHostPatch, { state: 'drained' })).toEqual(['ENUM /state']);
  });

  it('of a place says why', () => {
    expect(faultsOf(parseRelocation, { host: 'gh-04' })).toEqual(['REQUIRED /reason']);
    expect(faultsOf(parseRelocation, { host: 'gh-04', reason: 'moved by hand' })).toEqual([]);
  });

  it('a heartbeat says which boot and which facts', () => {
    expect(faultsOf(parseHeartbeat, { bootId: 'b', digest: 'sha256:0' })).toEqual(['FORMAT /digest']);
  });
});

describe('a key', () => {
  it('of an agent speaks for a host, and no other key does', () => {
    expect(faultsOf(parseKeyRequest, { role: 'agent' })).toEqual(['REQUIRED /host']);
    expect(faultsOf(parseKeyRequest, { role: 'reader', host: 'gh-09' })).toEqual(['UNKNOWN_FIELD /host']);
    expect(faultsOf(parseKeyRequest, { role: 'agent', host: 'gh-09', label: 'rack r1' })).toEqual([]);
    expect(faultsOf(parseKeyRequest, { role: 'root' })).toEqual(['ENUM /role']);
  });
});
