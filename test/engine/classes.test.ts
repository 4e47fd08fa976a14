import {
  CHECKS,
  classKey,
  type Decision,
  decide,
  decideClass,
  type Fingerprint,
  hostClassOf,
  isParticular,
  joined,
  type Manifest,
  POLICIES,
  particularFindings,
  type Question,
  vmClassOf,
} from '@berth/engine';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { knownHost, knownVm } from '../support/arbitrary.js';
import { cpuVmLike, knownCpuHost } from '../support/arbitrary-cpu.js';
import { deviceWorld } from '../support/arbitrary-devices.js';
import { RECORDED_HOSTS, recordedFingerprint } from '../support/recorded.js';
import { CORPUS } from './corpus.js';
import { CPU_QUESTIONS } from './cpu-questions.js';

/** The same decision, from the classes of the documents and from what is particular to the pair. */
function byClass(question: Question): Decision {
  const { manifest, target, source } = question;
  const ofClass = decideClass({
    ...question,
    manifest: vmClassOf(manifest),
    target: hostClassOf(target),
    source: source === undefined ? undefined : hostClassOf(source),
  });
  return joined(ofClass, particularFindings(question));
}

const identity = fc.record(
  { machineId: fc.constantFrom('m1', 'm2'), bootId: fc.constantFrom('b1', 'b2') },
  { requiredKeys: [] },
);
const placed = fc.record(
  { host: fc.constantFrom('here', 'there'), runId: fc.constantFrom('r1', 'r2') },
  { requiredKeys: [] },
);
const registered = fc.option(
  fc.record({
    host: fc.constantFrom('here', 'there'),
    state: fc.constantFrom('active', 'active', 'cordoned', 'maintenance', 'retired'),
    freshness: fc.constantFrom('fresh', 'fresh', 'stale', 'rebooted', 'mismatched', 'expired'),
  }),
  { nil: undefined },
);
const policy = fc.constantFrom(...POLICIES);

const PAIRS = 8_000;

function agrees(arbitrary: fc.Arbitrary<Pick<Question, 'manifest' | 'target' | 'source'>>): void {
  const seen = { compatible: 0, incompatible: 0, indeterminate: 0 };
  fc.assert(
    fc.property(
      arbitrary,
      identity,
      identity,
      placed,
      registered,
      policy,
      (documents, there, here, place, known, by) => {
        const question: Question = {
          manifest: { ...documents.manifest, ...place },
          target: { ...documents.target, ...there },
          ...(documents.source === undefined ? {} : { source: { ...documents.source, ...here } }),
          registered: known,
          policy: by,
        };
        const whole = decide(question);
        seen[whole.outcome] += 1;
        expect(byClass(question)).toEqual(whole);
      },
    ),
    { numRuns: PAIRS },
  );
  expect(seen.incompatible).toBeGreaterThan(PAIRS / 100);
}

describe('deciding by class is deciding by document', () => {
  it('for VMs and hosts that differ in memory', () => {
    agrees(fc.record({ manifest: knownVm, target: knownHost }));
  });

  it('for VMs and hosts that differ in the vCPU', () => {
    agrees(knownCpuHost.chain((target) => fc.record({ manifest: cpuVmLike(target), target: fc.constant(target) })));
  });

  it('for VMs that own devices', () => {
    agrees(deviceWorld);
  });

  it('for each question of the corpus', () => {
    for (const question of [...CORPUS.map((claim) => claim.question), ...CPU_QUESTIONS])
      expect(byClass(question)).toEqual(decide(question));
  });
});

describe('a class', () => {
  test('settles every check but these', () => {
    expect(CHECKS.filter(isParticular).map(({ id }) => id)).toEqual([
      'same-host',
      'host-cordoned',
      'host-maintenance',
      'host-retired',
      'freshness',
    ]);
  });

  test('does not tell hosts apart by what no check reads', () => {
    const host = recordedFingerprint(RECORDED_HOSTS[0] as string);
    const twin: Fingerprint = { ...host, machineId: 'another', bootId: 'another' };
    expect(classKey(hostClassOf(twin))).toBe(classKey(hostClassOf(host)));
    const other: Fingerprint = { ...host, cpu: { ...host.cpu, fwb: host.cpu?.fwb !== true } };
    expect(classKey(hostClassOf(other))).not.toBe(classKey(hostClassOf(host)));
  });

  test('does not tell VMs apart by where they run', () => {
    const vm: Manifest = { arch: 'aarch64', memslots: [], devices: [], vm: { ipaBits: 40 } };
    expect(classKey(vmClassOf({ ...vm, host: 'gh-03', runId: 'r' }))).toBe(classKey(vmClassOf(vm)));
    expect(classKey(vmClassOf({ ...vm, vm: { ipaBits: 42 } }))).not.toBe(classKey(vmClassOf(vm)));
    expect(classKey(vmClassOf({ ...vm, devices: undefined }))).not.toBe(classKey(vmClassOf(vm)));
  });
});
