import { type HostCheck, pass, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { blockedByQemu } from './source-vmm.js';

export const sourceMte: HostCheck = {
  id: 'source-mte',
  scope: 'vm',
  phase: 'source',
  reason: 'MTE_MIGRATION_BLOCKED',
  errno: null,
  failure: 'refused',
  side: 'source',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'QEMU does not migrate a VM with MTE: it would have to copy the tags of the memory too.',
  expected: 'a VM without MTE',
  remedy: 'Shut the VM down and start it on the target, or start it without MTE.',
  cite: 'linux Documentation/virt/kvm/api.rst KVM_CAP_ARM_MTE; qemu target/arm/kvm.c kvm_arm_enable_mte()',
  reads: ['/manifest/vm/mte', '/manifest/vmm/name'],
  test(asked) {
    const mte = asked.manifest.vm?.mte;
    if (mte === false) return pass;
    if (mte === undefined) return unknown(['/manifest/vm/mte']);
    return blockedByQemu(asked, { mte }, 'QEMU blocks it: "Live migration disabled due to MTE enabled".');
  },
};
