import { absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

const GUEST = '/manifest/vcpu/counterFrequency';
const HOST = '/fingerprint/kvm/counterFrequency';

/** No register carries CNTFRQ_EL0 and nothing scales the counter: the guest's clocks run fast or slow, and nobody is told. */
export const counterFrequency: HostCheck = {
  id: 'counter-frequency',
  scope: 'vm',
  phase: 'vcpu',
  reason: 'COUNTER_FREQUENCY_MISMATCH',
  errno: null,
  failure: 'silent',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
  statement: 'The counter of the target runs at the frequency that the guest read when it booted.',
  expected: 'equal CNTFRQ_EL0 on both hosts',
  remedy: 'Ask for a target with the same counter frequency.',
  cite: 'linux arch/arm64/kvm: no code reads or writes CNTFRQ_EL0 for a guest',
  reads: [GUEST, HOST],
  test({ manifest, target }) {
    const guest = manifest.vcpu?.counterFrequency;
    const host = target.fingerprint.kvm?.counterFrequency;
    if (guest === undefined || host === undefined) return unknown([absent(guest, GUEST), absent(host, HOST)]);
    if (guest === host) return pass;
    return reject(
      { guest, host },
      `The guest counts time in ticks of ${guest} Hz and the counter of the target runs at ${host} Hz; KVM does not check.`,
    );
  },
};
