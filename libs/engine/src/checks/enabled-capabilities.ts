import { type HostCheck, pass, reject, unknown } from '../check.js';
import type { HostFacts } from '../facts.js';
import { EVERY_GENERATION } from '../generations.js';
import { offers } from '../offers.js';
import { RULEBOOK } from '../registers/compare.js';

const CAPS = '/fingerprint/kvm/capabilities';

/** A check of its own speaks of it. */
const MTE = 'KVM_CAP_ARM_MTE';

const ASKED_BY_ITSELF = [
  'KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2',
  'KVM_CAP_ARM_NISV_TO_USER',
  'KVM_CAP_HALT_POLL',
  'KVM_CAP_ARM_SYSTEM_SUSPEND',
  'KVM_CAP_DIRTY_LOG_RING_ACQ_REL',
  'KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP',
  'KVM_CAP_ARM_WRITABLE_IMP_ID_REGS',
  'KVM_CAP_ARM_SEA_TO_USER',
];

/** What KVM/arm64 lets a VMM enable for a VM, and the capability that tells whether it does. */
const TOLD_BY: ReadonlyMap<string, string> = new Map([
  ...ASKED_BY_ITSELF.map((name): [string, string] => [name, name]),
  // Its own value is the size that is set, and 0 until then.
  ['KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE', 'KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES'],
]);

/** What a manifest does not list is not known to be used, and what a VM does not use is not needed. */
export const enabledCapabilities: HostCheck = {
  id: 'enabled-capabilities',
  scope: 'vm',
  phase: 'vm',
  reason: 'CAPABILITY_UNSUPPORTED',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'Each capability that the VMM enables for the VM, where they are listed, is one that the host offers.',
  expected: 'the capabilities that the VMM enables',
  remedy: 'Ask for a target whose kernel offers them, or start the VM without them.',
  cite: 'linux arch/arm64/kvm/arm.c kvm_vm_ioctl_enable_cap(), virt/kvm/kvm_main.c kvm_vm_ioctl_enable_cap_generic()',
  reads: ['/manifest/vm/enabledCapabilities', ...[...TOLD_BY.values()].map((name) => `${CAPS}/${name}`)],
  test({ manifest, target }) {
    const enabled = manifest.vm?.enabledCapabilities;
    if (enabled === undefined) return pass;
    const asked = enabled.filter((name) => name !== MTE);
    const lacking = asked.filter((name) => isOffered(name, target) === false);
    if (lacking.length > 0)
      return reject(
        { capabilities: lacking },
        `KVM_ENABLE_CAP refuses ${lacking.join(', ')}, which the host does not offer.`,
      );
    const untold = asked.filter((name) => isOffered(name, target) === undefined);
    return untold.length === 0 ? pass : unknown(untold.map(pointerOf));
  },
};

function isOffered(name: string, target: HostFacts): boolean | undefined {
  const told = TOLD_BY.get(name);
  return told === undefined ? undefined : offers(target, told);
}

function pointerOf(name: string): string {
  const told = TOLD_BY.get(name);
  return told === undefined ? `${RULEBOOK}/${name}` : `${CAPS}/${told}`;
}
