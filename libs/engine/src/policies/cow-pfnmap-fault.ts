import { type FaultCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { missingFlags } from '../vma.js';

/** In the posted series from v3 to v9, and in no kernel that was merged. */
export const cowPfnmapFault: FaultCheck = {
  id: 'cow-pfnmap-fault',
  scope: 'access',
  path: 'ordinary',
  phase: 'fault',
  reason: 'COW_PFNMAP_REFUSED',
  errno: 'EINVAL',
  failure: 'late',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: EVERY_GENERATION,
  statement: 'Under the memslot flag as posted, a fault on a copy-on-write VM_PFNMAP VMA fails, whatever the access.',
  expected: 'a shared mapping',
  remedy: 'Map the device memory MAP_SHARED in the VMM.',
  cite: 'linux, posted series "KVM: arm64: Map GPU device memory as cacheable" v4 to v6: is_cow_mapping()',
  reads: ['/manifest/memslots/*/mappings/*/vmFlags', '/fingerprint/devices'],
  test(vma, _access, _slot, { target }) {
    if (target.patch?.refusesCow !== true || vma.pfnmap === false || vma.cow === false) return pass;
    if (vma.pfnmap && vma.cow) return reject({ pfnmap: true, cow: true }, 'The VMA is copy-on-write VM_PFNMAP memory.');
    return unknown([missingFlags(vma, vma.pfnmap ?? vma.cow)]);
  },
};
