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
  manifest: Manifest,
  target: Fingerprint,
  devices: readonly Device[] | undefined,
): readonly Slot[] | undefined {
  const memslots = manifest.memslots;
  if (memslots === undefined) return undefined;
  const ids = new Set<number>();
  const taken: Memslot[] = [];
  const vmaAt = (mapping: Mapping, index: number, at: string) =>
    vmaOf(mapping, index, at, regionOf(mapping, target, devices), rowOf(mapping, manifest));
  const slots = memslots.map((memslot, index) => {
    const reused = ids.has(memslot.slot);
    ids.add(memslot.slot);
    return slotOf(memslot, index, { reused, overlapped: takeRange(taken, memslot) }, vmaAt);
  });
  return slots.sort((a, b) => a.slot - b.slot);
}

/** Enters a slot's range among those taken, which stay apart and in order, or returns the one that is in its way. */
function takeRange(taken: Memslot[], memslot: Memslot): Memslot | undefined {
  if (memslot.size === 0n) return undefined;
  const at = positionOf(taken, memslot.gpa);
  const inTheWay = [taken[at - 1], taken[at]].find((other) => other !== undefined && overlap(other, memslot));
  if (inTheWay === undefined) taken.splice(at, 0, memslot);
  return inTheWay;
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

function slotOf(
  memslot: Memslot,
  index: number,
  standing: Pick<Slot, 'reused' | 'overlapped'>,
  vmaAt: (mapping: Mapping, index: number, at: string) => Vma,
): Slot {
  const at = `/manifest/memslots/${index}`;
  const resolve = (mappings: readonly Mapping[] | undefined, field: string) =>
    mappings?.map((mapping, i) => vmaAt(mapping, i, `${at}/${field}/${i}`));
  const vmas = resolve(memslot.mappings, 'mappings');
  return {
    slot: memslot.slot,
    gpa: memslot.gpa,
    size: memslot.size,
    flags: memslot.flags,
    vmas,
    vmasAtFault: memslot.mappingsAtFault === undefined ? vmas : resolve(memslot.mappingsAtFault, 'mappingsAtFault'),
    ...standing,
    at,
  };
}

/**
 * The target's region for a mapping that names a device: the region itself, the pointer of what is not known about it,
 * or nothing where the target is known to have no such device (the `device` phase says so) and the mapping's own facts stand.
 */
function regionOf(
  mapping: Mapping,
  target: Fingerprint,
  devices: readonly Device[] | undefined,
): Region | string | undefined {
  if (mapping.device === undefined) return undefined;
  if (target.devices === undefined) return '/fingerprint/devices';
  if (target.devices.length === 0) return undefined;
  const device = devices?.find(({ name }) => name === mapping.device);
  return device === undefined ? '/manifest/devices' : regionAmong(device.candidates ?? [], mapping.region);
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
