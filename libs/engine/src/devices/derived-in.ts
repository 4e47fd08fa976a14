import { BUILT_IN, type Catalogue, driverRow, saidBy } from '../catalogue/catalogue.js';
import type { Derived } from '../model/verdict.js';
import type { Slot } from '../slot.js';
import type { Vma } from '../vma.js';
import type { Device } from './device.js';

const NONE: readonly never[] = [];

/** What an answer takes from the catalogue, once each: a region of the target stands under every slot that maps it. */
export function derivedIn(
  catalogue: Catalogue,
  slots: readonly Slot[],
  devices: readonly Device[],
): readonly Derived[] {
  const found = new Map<string, Derived>();
  if (catalogue !== BUILT_IN) for (const device of devices) gatherDenied(found, catalogue, device);
  for (const { vmas = NONE, vmasAtFault = NONE } of slots) {
    gather(found, vmas);
    if (vmasAtFault !== vmas) gather(found, vmasAtFault);
  }
  return found.size === 0 ? NONE : [...found.values()];
}

function gather(found: Map<string, Derived>, vmas: readonly Vma[]): void {
  for (const { derived } of vmas) for (const fact of derived) found.set(fact.at, fact);
}

/** What a built-in row denies a driver is the rulebook's own and stands in its checks; that an operator says so is told. */
function gatherDenied(
  found: Map<string, Derived>,
  catalogue: Catalogue,
  { stated, at, candidates = NONE }: Device,
): void {
  deny(found, catalogue, stated.driver, at);
  if (stated.driver !== undefined) return;
  // A device whose driver is not told is measured against the target's as they are.
  for (const { device, at: there, measures } of candidates)
    if (measures.model.value !== false) deny(found, catalogue, device.driver, there);
}

function deny(found: Map<string, Derived>, catalogue: Catalogue, driver: string | undefined, at: string): void {
  const row = driverRow(catalogue, driver);
  if (row?.added !== true || (row.migration && row.p2p)) return;
  const value = row.migration ? { p2p: false } : { stopCopy: false, p2p: false };
  found.set(`${at}/migration`, { at: `${at}/migration`, value, from: saidBy(row) });
}
