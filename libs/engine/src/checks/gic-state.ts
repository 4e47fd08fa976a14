import { type Answer, type Asked, absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { GUEST, HOST } from '../registers/compare.js';
import { GICD_IIDR, GICD_TYPER2, knowsIidr, NASSGICAP, nassgicapIsWritable } from '../registers/gic.js';

const GUEST_TYPER2 = `${GUEST}/${GICD_TYPER2}`;
const HOST_TYPER2 = `${HOST}/${GICD_TYPER2}`;
const RELEASE = '/fingerprint/kernel/release';

const CARD = {
  scope: 'vm',
  phase: 'state-load',
  reason: 'GIC_STATE_UNSUPPORTED',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'resumed',
  generations: EVERY_GENERATION,
  cite: 'linux arch/arm64/kvm/vgic/vgic-mmio-v3.c vgic_mmio_uaccess_write_v3_misc()',
} as const;

export const gicRevision: HostCheck = {
  ...CARD,
  id: 'gic-revision',
  statement: "The guest's GICD_IIDR is that of a KVM, of revision 2 or 3.",
  expected: 'a GICD_IIDR of KVM, of revision 2 or 3',
  remedy: 'Start the VM again on a newer kernel: no target plays another GIC to it.',
  reads: [`${GUEST}/${GICD_IIDR}`],
  // Every KVM answers alike, so that the target's own value is not needed.
  test({ manifest }) {
    const iidr = manifest.vcpu?.idRegisters?.get(GICD_IIDR);
    if (iidr === undefined || knowsIidr(iidr)) return pass;
    const guest = `0x${iidr.toString(16)}`;
    return reject({ register: GICD_IIDR, guest }, `KVM_SET_DEVICE_ATTR refuses ${guest} for ${GICD_IIDR}.`);
  },
};

/** Listed by some and needed by none: compared where somebody lists it. */
export const gicDirectSgis: HostCheck = {
  ...CARD,
  id: 'gic-direct-sgis',
  statement:
    'A guest that was told of SGIs without an active state (GICD_TYPER2.nASSGIcap) needs GICv4.1 on the target; before 6.17 one that was not told needs a target without.',
  expected: 'GICD_TYPER2 as the guest has it, or since 6.17 safely more',
  remedy: 'Ask for a target with the same GIC and kernel.',
  reads: [GUEST_TYPER2, HOST_TYPER2, RELEASE],
  test(asked) {
    const guest = asked.manifest.vcpu?.idRegisters?.get(GICD_TYPER2);
    const host = asked.target.idRegisters?.get(GICD_TYPER2);
    return guest === host ? pass : unlike(guest, host, asked);
  },
};

function unlike(guest: bigint | undefined, host: bigint | undefined, { target }: Asked): Answer {
  const writable = nassgicapIsWritable(target);
  // A guest that was told of nothing may be told so again; a host that has it can give a guest either.
  if (writable === true && (guest === 0n || (guest === undefined && host === NASSGICAP))) return pass;
  if (guest === undefined || host === undefined)
    return unknown([absent(guest, GUEST_TYPER2), absent(host, HOST_TYPER2)]);
  const facts = { register: GICD_TYPER2, guest: `0x${guest.toString(16)}`, host: `0x${host.toString(16)}` };
  if (guest === 0n && writable === undefined) return unknown([RELEASE], facts);
  return reject(
    facts,
    `KVM_SET_DEVICE_ATTR refuses ${facts.guest} for ${GICD_TYPER2}: the target offers ${facts.host}.`,
  );
}
