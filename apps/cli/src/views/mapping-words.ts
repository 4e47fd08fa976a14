import type { Manifest, Mapping, Memslot } from '@berth/engine';
import { longSize, range } from './quantities.js';

const KERNEL_FLAGS: Readonly<Record<string, string>> = {
  pfnmap: 'VM_PFNMAP',
  mixedmap: 'VM_MIXEDMAP',
  io: 'VM_IO',
  hugetlb: 'VM_HUGETLB',
  shared: 'VM_SHARED',
  cow: 'copy-on-write',
  'mte-allowed': 'VM_MTE_ALLOWED',
  'allow-any-uncached': 'VM_ALLOW_ANY_UNCACHED',
};

/** What stands under the slot, as a column shows it. */
export function backingOf(mapping: Mapping | undefined): string {
  if (mapping === undefined) return 'nothing';
  if (mapping.device === undefined) return mapping.backing ?? 'unknown';
  return mapping.region === undefined ? mapping.device : `${mapping.device}:${mapping.region}`;
}

function pages(mapping: Mapping): string {
  if (mapping.kernelMapped === undefined) return 'not known whether the kernel maps it';
  return mapping.kernelMapped ? 'map memory' : 'not map memory (the kernel has no address for it)';
}

/** One VMA in words: `vfio gpu0 region 4; VM_PFNMAP VM_IO; pgprot normal; not map memory`. */
export function describeMapping(mapping: Mapping): string {
  const region = mapping.region === undefined ? '' : ` region ${mapping.region}`;
  const device = mapping.device === undefined ? '' : ` ${mapping.device}${region}`;
  const flags = mapping.vmFlags?.map((flag) => KERNEL_FLAGS[flag] ?? flag).join(' ');
  return [
    `${mapping.backing ?? 'backing unknown'}${device}`,
    flags === '' ? 'no VMA flags' : (flags ?? 'VMA flags unknown'),
    `pgprot ${mapping.memoryType ?? 'unknown'}`,
    pages(mapping),
  ].join('; ');
}

export function slotOf(manifest: Manifest | undefined, slot: number | null): Memslot | undefined {
  return manifest?.memslots?.find((each) => each.slot === slot);
}

/** The mapping a row or a finding is about; after a replacement it is what stands there when the guest runs. */
export function mappingOf(slot: Memslot | undefined, index: number | null, phase?: string): Mapping | undefined {
  if (index === null) return undefined;
  const atFault = phase === 'fault' ? slot?.mappingsAtFault : undefined;
  return (atFault ?? slot?.mappings)?.[index];
}

/** `slot 3, GPA 0x8000000000-0x97bfffffff (95 GiB)`. */
export function describeSlot(slot: Memslot): string {
  return `slot ${slot.slot}, GPA ${range(slot.gpa, slot.size)} (${longSize(slot.size)})`;
}
