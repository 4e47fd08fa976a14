import { type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

const CARD = {
  scope: 'vm',
  phase: 'source',
  failure: 'refused',
  side: 'source',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
} as const;

// Hazard H13: no dirty log, no change of slots, and a memory that the host cannot read.
export const sourceProtectedVm: HostCheck = {
  ...CARD,
  id: 'source-protected-vm',
  reason: 'PROTECTED_VM_NOT_MIGRATABLE',
  errno: 'EPERM',
  statement: 'A protected VM has no dirty log, so no VMM can copy its memory while it runs.',
  expected: 'a normal VM',
  remedy: 'Keep the protected VM where it runs, or shut it down and start it on the target.',
  cite: 'linux arch/arm64/kvm/mmu.c kvm_arch_prepare_memory_region()',
  reads: ['/manifest/vm/type'],
  test({ manifest }) {
    const type = manifest.vm?.type;
    if (type === undefined) return unknown(['/manifest/vm/type']);
    if (type !== 'protected') return pass;
    return reject({ type }, 'The kernel refuses to log dirty pages of a protected VM.');
  },
};

const REALM_MIGRATION = '/sourceFingerprint/cca/realmMigration';

export const sourceRealm: HostCheck = {
  ...CARD,
  id: 'source-realm',
  reason: 'REALM_NOT_MIGRATABLE',
  errno: null,
  statement: 'No upstream kernel can migrate a Realm; of a vendor kernel only the source itself can say that it does.',
  expected: 'a VM that is not a Realm',
  remedy: 'Keep the Realm where it runs, or shut it down and start it on the target.',
  cite: 'linux arch/arm64/kvm in 7.2.13 and 7.3-rc7: no RMI host support',
  reads: ['/manifest/vm/type', REALM_MIGRATION],
  test({ manifest, source }) {
    if (manifest.vm?.type !== 'realm') return pass;
    const realmMigration = source?.fingerprint.cca?.realmMigration;
    if (realmMigration === true) return pass;
    if (realmMigration === undefined) return unknown([REALM_MIGRATION], { type: 'realm' });
    return reject({ type: 'realm', realmMigration }, 'The source says that it cannot migrate a Realm.');
  },
};
