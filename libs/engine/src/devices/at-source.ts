import type { Catalogue } from '../catalogue/catalogue.js';
import type { Fingerprint, HostDevice } from '../model/fingerprint.js';
import type { VmDevice } from '../model/manifest.js';
import { type Feature, featureOf, neverHas, sameDriver, sameModel } from './host-device.js';
import { all, NO, type Told, untold } from './told.js';

/** What the device can do where the VM runs now. */
export type AtSource = Readonly<Record<Feature, Told>>;

const DEVICES = '/sourceFingerprint/devices';

/** One of the source's devices that may be the VM's: a manifest does not say which of them is. */
interface Suspect {
  readonly device: HostDevice;
  readonly at: string;
  readonly identity: Told;
}

export function atSource(
  catalogue: Catalogue,
  wanted: VmDevice,
  wantedAt: string,
  source: Fingerprint | undefined,
): AtSource {
  const suspects = (source?.devices ?? [])
    .map((device, index): Suspect => {
      const at = `${DEVICES}/${index}`;
      return {
        device,
        at,
        identity: all([sameModel(wanted, wantedAt, device, at), sameDriver(wanted, wantedAt, device, at)]),
      };
    })
    .filter(({ identity }) => identity.value !== false);
  const told = (feature: Feature) => toldBy(catalogue, suspects, wanted.driver, feature);
  return { stopCopy: told('stopCopy'), p2p: told('p2p'), dirtyTracking: told('dirtyTracking') };
}

/** Whichever of them is the VM's: certain only where all say the same, and one is sure to be of its kind. */
function toldBy(
  catalogue: Catalogue,
  suspects: readonly Suspect[],
  driver: string | undefined,
  feature: Feature,
): Told {
  const each = suspects.map(({ device, at }) => featureOf(catalogue, device, at, driver, feature));
  if (neverHas(catalogue, driver, feature)) {
    const disputes = each.filter(({ value }) => value !== false);
    return disputes.length === 0 ? NO : untold(...all(disputes).missing);
  }
  const [first] = each;
  if (first === undefined) return untold(DEVICES);
  if (!suspects.some(({ identity }) => identity.value === true))
    return untold(...suspects.flatMap(({ identity }) => identity.missing));
  if (each.every(({ value }) => value === first.value)) return first.value === undefined ? all(each) : first;
  const missing = each.flatMap((told) => told.missing);
  return untold(...(missing.length === 0 ? [DEVICES] : missing));
}
