import { type FaultCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { hex, rangeOf } from '../slot.js';

/** KVM_VGIC_V2_CPU_SIZE. */
const GICV_SIZE = 0x2000n;
const GIC = '/manifest/vcpu/gic';

// KVM maps the interface Device by itself, outside every slot, and no ioctl looks whether a slot stands there too. Where KVM puts it
// is asked only of a manifest that says so: without that no slot is known to be in its way.
export const hazardGicv: FaultCheck = {
  id: 'hazard-gicv',
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  reason: 'SLOT_OVER_GICV',
  errno: null,
  failure: 'silent',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
  statement:
    'Hazard H7: no slot stands over the GIC virtual CPU interface of a GICv2 guest, which only a Device mapping may reach: another could bring the host down.',
  expected: 'no slot at the GPA of the GIC virtual CPU interface',
  remedy: 'Move the slot, or the CPU interface, to another GPA.',
  cite: 'linux arch/arm64/kvm/vgic/vgic-v2.c vgic_v2_map_resources(): kvm_phys_addr_ioremap(); drivers/vfio/pci/vfio_pci_core.c on the GICv2 VCPU interface',
  reads: [
    '/manifest/vcpu/gicvGpa',
    GIC,
    '/manifest/memslots/*/gpa',
    '/manifest/memslots/*/mappings/*/offset',
    '/manifest/memslots/*/mappings/*/size',
  ],
  test(vma, _access, slot, { manifest }) {
    const gicv = manifest.vcpu?.gicvGpa;
    const gic = manifest.vcpu?.gic;
    if (gicv === undefined || (gic !== undefined && gic !== 'v2')) return pass;
    const gpa = slot.gpa + vma.offset;
    if (gpa >= gicv + GICV_SIZE || gpa + vma.size <= gicv) return pass;
    if (gic === undefined) return unknown([GIC]);
    return reject(
      { gicv: hex(gicv), mapping: rangeOf(gpa, vma.size) },
      `The GIC virtual CPU interface of the guest is at ${hex(gicv)}, under this mapping.`,
    );
  },
};
