import type { Catalogue } from '../catalogue/catalogue.js';
import type { HostDevice } from '../model/fingerprint.js';
import type { VmFlag } from '../model/memory.js';
import type { Derived, Shown } from '../model/verdict.js';
import { type Region, regionOf } from './host-device.js';
import type { OwnMapping } from './own-mappings.js';

/** A fact that a manifest leaves out: as the VM's own driver tells it, and as a device of the target has it. */
export interface DerivedOtherwise {
  /** JSON pointer into the question. */
  readonly at: string;
  readonly own: Shown;
  readonly target: Shown;
}

const NONE: readonly never[] = [];

/** What KVM reads of a VMA that a driver decides. */
const READ: readonly VmFlag[] = ['pfnmap', 'mixedmap', 'mte-allowed', 'allow-any-uncached'];

/** What this device of the target is known to have otherwise; what cannot be told of it is not among them. */
export function derivedOtherwise(
  catalogue: Catalogue,
  owned: readonly OwnMapping[],
  device: HostDevice,
  at: string,
): readonly DerivedOtherwise[] {
  if (owned.every(({ traits }) => traits.derived.length === 0)) return NONE;
  return owned.flatMap((own): readonly DerivedOtherwise[] => {
    if (own.traits.derived.length === 0) return NONE;
    const region = regionOf(catalogue, device, own.region, at);
    return typeof region === 'string' ? NONE : own.traits.derived.flatMap((fact) => ofFact(fact, own, region));
  });
}

/** Where its pages are is asked of the VM's own mapping, so that a region never has that otherwise. */
function ofFact({ at, value }: Derived, own: OwnMapping, region: Region): readonly DerivedOtherwise[] {
  if (at === `${own.at}/memoryType` && own.traits.cacheable === !region.cacheable && region.cacheable !== undefined)
    return [{ at, own: value, target: region.memoryType ?? null }];
  if (at === `${own.at}/vmFlags` && READ.some((flag) => differs(flag, own, region)))
    return [{ at, own: value, target: region.vmFlags ?? null }];
  return NONE;
}

function differs(flag: VmFlag, { traits }: OwnMapping, { vmFlags, disputed }: Region): boolean {
  if (vmFlags === undefined || disputed.includes(flag)) return false;
  return traits.vmFlags?.includes(flag) !== vmFlags.includes(flag);
}
