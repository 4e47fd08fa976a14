import type { Asked } from '../check.js';
import type { RegisterList } from '../model/manifest.js';

/** HCR_EL2 as KVM_GET_REG_LIST lists it, for vCPUs with KVM_ARM_VCPU_HAS_EL2 and no others. */
const HCR_EL2 = 0x6030_0000_0013_e088n;

const known = new WeakMap<RegisterList, boolean>();

/** Worked out once a document: a list has hundreds of registers. */
function lists(list: RegisterList | undefined): boolean {
  if (list?.ids === undefined) return false;
  const found = known.get(list) ?? list.ids.includes(HCR_EL2);
  known.set(list, found);
  return found;
}

/**
 * Is the guest a hypervisor itself? ID_AA64PFR0_EL1.EL2 does not tell: KVM shows it to guests that have no EL2 too. A manifest
 * need not speak of it, and is taken for that of an ordinary guest unless its list of registers says otherwise.
 */
export function guestHasEl2({ manifest }: Asked): boolean {
  return manifest.vcpu?.hasEl2 === true || lists(manifest.vcpu?.registerList);
}
