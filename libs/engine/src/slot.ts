import type { Catalogue } from './catalogue/catalogue.js';
import { regionAmong } from './devices/candidates.js';
import { type Device, rowOf } from './devices/device.js';
import type { Region } from './devices/host-device.js';
import type { Fingerprint } from './model/fingerprint.js';
import type { Manifest, Mapping, Memslot } from './model/manifest.js';
import type { SlotFlag } from './model/memory.js';
import { type Vma, vmaOf } from './vma.js';

/** One memslot with its VMAs, as they would stand on the target. */
export interface Slot {
  readonly slot: number;
  readonly gpa: bigint;
  readonly size: bigint;
  readonly flags: readonly SlotFlag[] | undefined;
  /** `undefined`: not known what stands under it. */
  readonly vmas: readonly Vma[] | undefined;
  readonly vmasAtFault: readonly Vma[] | undefined;
  /** Does an earlier slot of the manifest have the same id? */
  readonly reused: boolean;
  /** The earlier slot that stands where this one would. */
  readonly overlapped: Memslot | undefined;
  readonly at: string;
}

export function slotsOf(
  catalogue: Catalogue,
  manifest: Manifest,
  target: Fingerprint,
  devices: readonly Device[] | undefined,
): readonly Slot[] | undefined {
  if (manifest.memslots === undefined) return undefined;
  const ids = new Set<number>();
  const taken: Memslot[] = [];
  const slots: Slot[] = [];
  const vmaAt: VmaAt = (mapping, index, at) => {
    if (mapping.device === undefined) return vmaOf(mapping, index, at, undefined);
    const region = regionOf(catalogue, mapping, target, devices);
    return vmaOf(mapping, index, at, region, rowOf(catalogue, mapping, manifest));
  };
  for (const memslot of manifest.memslots) {
    const at = `/manifest/memslots/${slots.length}`;
    slots.push(slotOf(memslot, at, ids.has(memslot.slot), takeRange(taken, memslot), vmaAt));
    ids.add(memslot.slot);
  }
  return slots.sort((a, b) => a.slot - b.slot);
}

/** Enters a slot's range among those taken, which stay apart and in order, or returns the one that is in its way. */
function takeRange(taken: Memslot[], memslot: Memslot): Memslot | undefined {
  if (memslot.size === 0n) return undefined;
  const at = positionOf(taken, memslot.gpa);
  const below = taken[at - 1];
  if (below !== undefined && overlap(below, memslot)) return below;
  const above = taken[at];
  if (above !== undefined && overlap(above, memslot)) return above;
  taken.splice(at, 0, memslot);
  return undefined;
}

/** How many of the ranges taken begin at or below a GPA. */
function positionOf(taken: readonly Memslot[], gpa: bigint): number {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((taken[middle]?.gpa ?? 0n) <= gpa) low = middle + 1;
    else high = middle;
  }
  return low;
}

function overlap(a: Memslot, b: Memslot): boolean {
  return a.gpa < b.gpa + b.size && b.gpa < a.gpa + a.size;
}

type VmaAt = (mapping: Mapping, index: number, at: string) => Vma;

function slotOf(memslot: Memslot, at: string, reused: boolean, overlapped: Memslot | undefined, vmaAt: VmaAt): Slot {
  const { slot, gpa, size, flags, mappings, mappingsAtFault } = memslot;
  const vmas = mappings?.map((mapping, index) => vmaAt(mapping, index, `${at}/mappings/${index}`));
  const later = mappingsAtFault?.map((mapping, index) => vmaAt(mapping, index, `${at}/mappingsAtFault/${index}`));
  return { slot, gpa, size, flags, vmas, vmasAtFault: later ?? vmas, reused, overlapped, at };
}

/**
 * The target's region for a mapping that names a device: the region itself, the pointer of what is not known about it,
 * or nothing where the target is known to have no such device (the `device` phase says so) and the mapping's own facts stand.
 */
function regionOf(
  catalogue: Catalogue,
  mapping: Mapping,
  target: Fingerprint,
  devices: readonly Device[] | undefined,
): Region | string | undefined {
  if (mapping.device === undefined) return undefined;
  if (target.devices === undefined) return '/fingerprint/devices';
  if (target.devices.length === 0) return undefined;
  const device = devices?.find(({ name }) => name === mapping.device);
  return device === undefined ? '/manifest/devices' : regionAmong(catalogue, device.candidates ?? [], mapping.region);
}

export function hasFlag(slot: Slot, flag: SlotFlag): boolean | undefined {
  return slot.flags?.includes(flag);
}

/** `0x8000000000-0x97ffffffff`, as the kernel's own messages write a range. */
export function rangeOf(gpa: bigint, size: bigint): string {
  return `${hex(gpa)}-${hex(size === 0n ? gpa : gpa + size - 1n)}`;
}

export function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
