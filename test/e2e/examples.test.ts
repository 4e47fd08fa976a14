// The examples are what newcomers meet first: each is well-formed, and each answer that the documents speak of is the one given.
import { readdirSync, readFileSync } from 'node:fs';
import { parseFingerprint, parseManifest } from '@berth/contract';
import { type Decision, decide, type Phase, type Policy } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { berth } from '../support/cli.js';

const FINGERPRINTS = 'examples/fingerprints';
const MANIFESTS = 'examples/manifests';
const PHASES: Phase[] = ['vm', 'memslot', 'fault'];

const jsonFiles = (folder: string): string[] => readdirSync(folder).filter((file) => file.endsWith('.json'));
const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

function accepted<T>(parsed: { kind: 'ok'; value: T } | { kind: 'invalid'; faults: readonly unknown[] }): T {
  if (parsed.kind === 'ok') return parsed.value;
  throw new Error(JSON.stringify(parsed.faults));
}

function decided(manifest: string, target: string, policy: Policy): Decision {
  const needs = accepted(parseManifest(read(`${MANIFESTS}/${manifest}.json`), 'evaluate')).needs;
  const facts = accepted(parseFingerprint(read(`${FINGERPRINTS}/${target}.json`), 'evaluate')).facts;
  return decide({ manifest: needs, target: facts, policy, phases: PHASES });
}

function asked(manifest: string, target: string, policy: Policy): string[] {
  const files = ['--manifest', `${MANIFESTS}/${manifest}.json`, '--target', `${FINGERPRINTS}/${target}.json`];
  return ['evaluate', ...files, '--policy', policy, '--phases', PHASES.join(',')];
}

interface Expected {
  readonly target: string;
  readonly policy: Policy;
  readonly outcome: Decision['outcome'];
  readonly fail: Partial<NonNullable<Decision['wouldFail']>> | null;
}

const refused = {
  phase: 'memslot',
  reason: 'CACHEABLE_PFNMAP_UNSUPPORTED',
  slot: 3,
  errno: 'EINVAL',
  failure: 'refused',
} as const;
const silent = { slot: 3, errno: null, failure: 'silent' } as const;
const EXIT = { compatible: 0, incompatible: 3, indeterminate: 4 } as const;

const GPU: readonly Expected[] = [
  { target: '7.2.13-max', policy: 'strict', outcome: 'compatible', fail: null },
  { target: '7.2.13-neoverse-n1', policy: 'strict', outcome: 'incompatible', fail: refused },
  { target: '7.2.13-cortex-a710', policy: 'strict', outcome: 'incompatible', fail: refused },
  { target: '7.2.13-neoverse-n1', policy: 'kernel', outcome: 'incompatible', fail: refused },
  { target: '6.1-max', policy: 'strict', outcome: 'incompatible', fail: silent },
  { target: '6.12-max', policy: 'strict', outcome: 'incompatible', fail: silent },
  { target: '6.16-max', policy: 'strict', outcome: 'incompatible', fail: silent },
  { target: '6.1-max', policy: 'kernel', outcome: 'compatible', fail: null },
  { target: '6.12-max', policy: 'kernel', outcome: 'compatible', fail: null },
  { target: '6.17-max', policy: 'strict', outcome: 'compatible', fail: null },
  { target: '6.18-max', policy: 'strict', outcome: 'compatible', fail: null },
  { target: '7.0-max', policy: 'strict', outcome: 'compatible', fail: null },
  { target: '7.2.13-neoverse-v1', policy: 'strict', outcome: 'compatible', fail: null },
  { target: 'unknown-dic', policy: 'strict', outcome: 'indeterminate', fail: null },
];

describe('the examples', () => {
  it.each(jsonFiles(FINGERPRINTS))('fingerprint %s registers without a fault or a warning', (file) => {
    expect(accepted(parseFingerprint(read(`${FINGERPRINTS}/${file}`), 'register')).warnings).toEqual([]);
  });

  it.each(jsonFiles(MANIFESTS))('manifest %s registers without a fault or a warning', (file) => {
    expect(accepted(parseManifest(read(`${MANIFESTS}/${file}`), 'register')).warnings).toEqual([]);
  });

  it.each(GPU)('GPU VM to $target under $policy: $outcome, by the engine', ({ target, policy, outcome, fail }) => {
    const decision = decided('grace-gpu-vm', target, policy);
    expect(decision.outcome).toBe(outcome);
    if (fail === null) expect(decision.wouldFail).toBeNull();
    else expect(decision.wouldFail).toMatchObject(fail);
  });

  it.each(GPU)(
    'GPU VM to $target under $policy: $outcome, by the command',
    async ({ target, policy, outcome, fail }) => {
      const { code, out } = await berth([...asked('grace-gpu-vm', target, policy), '-o', 'json']);
      const verdict = JSON.parse(out);
      expect([code, verdict.outcome]).toEqual([EXIT[outcome], outcome]);
      if (fail === null) expect(verdict.wouldFail).toBeNull();
      else expect(verdict.wouldFail).toMatchObject(fail);
    },
  );

  it('warns, under `kernel`, of what an older kernel does in silence', () => {
    for (const target of ['6.1-max', '6.12-max']) {
      const { findings } = decided('grace-gpu-vm', target, 'kernel');
      expect(findings).toContainEqual(
        expect.objectContaining({ severity: 'warn', failure: 'silent', errno: null, slot: 3 }),
      );
    }
  });

  it('names the facts that unknown-dic leaves out, and how they are learnt', async () => {
    const { code, out } = await berth(asked('grace-gpu-vm', 'unknown-dic', 'strict'));
    expect(code).toBe(EXIT.indeterminate);
    expect(out).toMatch(/\/cpu\/dic .*CTR_EL0 bit 29/);
    expect(out).toMatch(/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED .*KVM_CHECK_EXTENSION\(243\)/);
  });

  it('the VM with RAM only fits every recorded host', () => {
    const hosts = jsonFiles(FINGERPRINTS).map((file) => file.replace(/\.json$/, ''));
    for (const host of hosts)
      expect([host, decided('plain-linux-vm', host, 'strict').outcome]).toEqual([host, 'compatible']);
  });

  it('the VM with a NIC fits hosts of every generation, but no pKVM host', () => {
    for (const host of ['6.1-max', '6.12-neoverse-n1', '6.17-max', '7.2.13-neoverse-n1']) {
      expect([host, decided('vfio-nic-vm', host, 'strict').outcome]).toEqual([host, 'compatible']);
    }
    expect(decided('vfio-nic-vm', '7.2.13-max-protected', 'strict').wouldFail).toMatchObject({
      phase: 'fault',
      errno: 'EINVAL',
      failure: 'late',
    });
  });
});
