import { type Answer, type HostCheck, pass, reject } from '../check.js';
import type { Contradiction } from '../contradictions.js';
import { EVERY_GENERATION } from '../generations.js';

/** What contradictions are found among. */
const FACTS = [
  'cpu/fwb',
  'cpu/dic',
  'cpu/idc',
  'cpu/idRegisters/ID_AA64MMFR2_EL1',
  'cpu/idRegisters/CTR_EL0',
  'kernel/release',
  'kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED',
  'kvm/capabilities/KVM_CAP_GUEST_MEMFD',
  'kvm/capabilities/KVM_CAP_GUEST_MEMFD_FLAGS',
] as const;

const CARD = {
  scope: 'vm',
  phase: 'policy',
  reason: 'FACTS_CONTRADICT',
  errno: null,
  failure: 'refused',
  severity: 'warn',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  expected: 'facts that can all be true',
  remedy: 'Collect the fingerprint again, and find out which of the facts is wrong.',
  cite: 'Berth: contract section 2.1; linux arch/arm64/kvm/arm.c kvm_vm_ioctl_check_extension(): what each capability says of the others',
} as const;

export const factsContradict: HostCheck = {
  ...CARD,
  id: 'facts-contradict',
  statement: 'Facts of the target that cannot all be true are taken for unknown, each of them.',
  reads: FACTS.map((fact) => `/fingerprint/${fact}`),
  test: ({ target }) => answerTo(target.contradictions, '/fingerprint'),
};

export const sourceFactsContradict: HostCheck = {
  ...CARD,
  id: 'source-facts-contradict',
  side: 'source',
  statement: 'Facts of the source that cannot all be true are taken for unknown, each of them.',
  reads: FACTS.map((fact) => `/sourceFingerprint/${fact}`),
  test: ({ source }) => (source === undefined ? pass : answerTo(source.contradictions, '/sourceFingerprint')),
};

function answerTo(contradictions: readonly Contradiction[], document: string): Answer {
  if (contradictions.length === 0) return pass;
  const facts = new Set(contradictions.flatMap((one) => one.facts.map((fact) => `${document}${fact}`)));
  const messages = contradictions.map(({ message }) => message);
  return reject({ facts: [...facts] }, `Each is taken for unknown: ${messages.join('; ')}.`);
}
