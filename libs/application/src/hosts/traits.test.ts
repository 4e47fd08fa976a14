import { type Fingerprint, generationsOf, hostClassOf } from '@berth/engine';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knownHost } from '../../../../test/support/arbitrary.js';
import { knownCpuHost } from '../../../../test/support/arbitrary-cpu.js';
import { RECORDED_HOSTS, recordedFingerprint } from '../../../../test/support/recorded.js';
import { FACTS_BESIDE_CLASSES, TRAITS, traitOf } from './traits.js';

const traitsOf = (host: Fingerprint) => TRAITS.map((trait) => [trait, traitOf(host, trait)]);

/** The same from the class, with the few facts that it leaves out where a trait goes by them. */
function traitsByClass(host: Fingerprint) {
  const ofClass = hostClassOf(host);
  const beside = { ...ofClass, cpu: { ...ofClass.cpu, rme: host.cpu?.rme } };
  return TRAITS.map((trait) => [trait, traitOf(FACTS_BESIDE_CLASSES.has(trait) ? beside : ofClass, trait)]);
}

const recorded = fc.constantFrom(...RECORDED_HOSTS).map(recordedFingerprint);
const realms = fc.record({ rme: fc.boolean(), rmm: fc.string() }, { requiredKeys: [] });

test('the class of a host settles its generation and its traits, but for those that go by what no check reads', () => {
  fc.assert(
    fc.property(fc.oneof(knownHost, knownCpuHost, recorded), realms, (known, { rme, rmm }) => {
      const host = { ...known, cpu: { ...known.cpu, rme }, cca: { ...known.cca, rmm } };
      expect(traitsByClass(host)).toEqual(traitsOf(host));
      expect(generationsOf(hostClassOf(host))).toEqual(generationsOf(host));
    }),
    { numRuns: 2_000 },
  );
});

test('nothing is looked up beside the class that the class has', () => {
  const host: Fingerprint = { arch: 'aarch64', cpu: { rme: true }, cca: { rmm: '1.0' } };
  for (const trait of FACTS_BESIDE_CLASSES.keys()) {
    expect(traitOf(host, trait)).toBe(true);
    expect(traitOf(hostClassOf(host), trait)).toBeUndefined();
  }
});
