import { type HostCheck, pass } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { guestHasEl2 } from '../registers/el2.js';
import { blockedByQemu } from './source-vmm.js';

export const sourceNested: HostCheck = {
  id: 'source-nested',
  scope: 'vm',
  phase: 'source',
  reason: 'NESTED_VM_NOT_MIGRATABLE',
  errno: null,
  failure: 'refused',
  side: 'source',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'QEMU does not migrate a VM whose guest is a hypervisor itself (KVM_ARM_VCPU_HAS_EL2).',
  expected: 'a guest without EL2',
  remedy: 'Shut the VM down and start it on the target, or start it without nested virtualization.',
  cite: 'QEMU hw/intc/arm_gicv3_kvm.c kvm_arm_gicv3_realize()',
  reads: ['/manifest/vcpu/hasEl2', '/manifest/vcpu/registerList/ids', '/manifest/vmm/name'],
  test(asked) {
    if (!guestHasEl2(asked)) return pass;
    return blockedByQemu(
      asked,
      { el2: true },
      'QEMU blocks it: "Live migration disabled because KVM nested virt is enabled".',
    );
  },
};
