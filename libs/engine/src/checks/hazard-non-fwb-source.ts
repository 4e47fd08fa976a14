import { type HostCheck, pass, reject } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

export const hazardNonFwbSource: HostCheck = {
  id: 'hazard-non-fwb-source',
  scope: 'vm',
  phase: 'source',
  reason: 'NON_FWB_SOURCE_COHERENCY',
  errno: null,
  failure: 'silent',
  side: 'source',
  severity: 'warn',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
  statement:
    'Hazard H11: on a source without FWB a guest can write its RAM around the cache, and nothing cleans the cache before the VMM reads it.',
  expected: 'a source with FWB, or a guest that maps its RAM Normal Write-Back alone',
  remedy:
    'Nothing for ordinary guests. Do not migrate one that maps RAM as Device or Normal Non-cacheable while it does.',
  cite: 'linux arch/arm64/kvm/mmu.c kvm_mmu_wp_memory_region(): dirty logging maintains no cache',
  reads: ['/sourceFingerprint/cpu/fwb'],
  test({ source }) {
    if (source?.fwb !== false) return pass;
    return reject({ fwb: false }, 'The source has no FWB: RAM that the guest wrote uncached may be read stale.');
  },
};
