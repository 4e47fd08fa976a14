import type { Asked } from '../check.js';
import { shows } from './vcpu-features.js';

/** Does the guest have SVE? Its vector lengths tell, and so does ID_AA64PFR0_EL1. */
export function guestHasSve({ manifest }: Asked): boolean | undefined {
  const lengths = manifest.vcpu?.sveVectorLengths;
  if (lengths !== undefined && lengths.length > 0) return true;
  return shows('sve', manifest.vcpu?.idRegisters) ?? (lengths === undefined ? undefined : false);
}
