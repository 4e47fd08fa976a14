import { absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

const CARD = {
  scope: 'vm',
  phase: 'source',
  errno: null,
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
} as const;

// A caller that asks some phases alone knows what it leaves out; who asks them all is told yes only with the VMM known.
/** A migration stream is the VMM's own: no other program reads it. */
export const sameVmm: HostCheck = {
  ...CARD,
  id: 'same-vmm',
  reason: 'VMM_DIFFERS',
  statement: 'Source and target run the same VMM. Asked when all phases are.',
  expected: 'the VMM that the VM was started with',
  remedy: 'Ask for a target with the VMM of the VM.',
  cite: 'QEMU migration/savevm.c qemu_loadvm_state_header(): the stream begins with its own magic and version',
  reads: ['/manifest/vmm/name', '/fingerprint/vmm/name'],
  test({ manifest, target, complete }) {
    if (!complete) return pass;
    const vm = manifest.vmm?.name;
    const host = target.fingerprint.vmm?.name;
    if (vm === undefined || host === undefined)
      return unknown([absent(vm, '/manifest/vmm/name'), absent(host, '/fingerprint/vmm/name')]);
    return vm === host ? pass : reject({ vm, host }, `The VM runs under ${vm}; the target has ${host}.`);
  },
};

/** QEMU exits on a machine type it does not know, before it has asked KVM for anything. */
export const machineType: HostCheck = {
  ...CARD,
  id: 'machine-type',
  reason: 'MACHINE_TYPE_UNSUPPORTED',
  statement: 'The VMM of the target knows the machine type of the VM. Asked when all phases are.',
  expected: 'a VMM that lists the machine type',
  remedy: 'Ask for a target whose VMM still has, or already has, this machine type.',
  cite: 'QEMU system/vl.c: unsupported machine type; migration/savevm.c configuration_post_load()',
  reads: ['/manifest/vmm/machineType', '/fingerprint/vmm/machineTypes'],
  test({ manifest, target, complete }) {
    if (!complete) return pass;
    const wanted = manifest.vmm?.machineType;
    const offered = target.fingerprint.vmm?.machineTypes;
    if (wanted === undefined || offered === undefined)
      return unknown([absent(wanted, '/manifest/vmm/machineType'), absent(offered, '/fingerprint/vmm/machineTypes')]);
    if (offered.includes(wanted)) return pass;
    return reject({ machineType: wanted }, `The VMM of the target does not know the machine type ${wanted}.`);
  },
};
