import type { Mapping } from './model/manifest.js';
import type { Access, Backing, MemoryType, VmFlag } from './model/memory.js';

/** One VMA as KVM samples it, under the target's region where it belongs to a device there. `undefined` is unknown. */
export interface Vma {
  readonly index: number;
  readonly offset: bigint;
  readonly size: bigint;
  readonly backing: Backing | undefined;
  readonly device: string | undefined;
  readonly memoryType: MemoryType | undefined;
  readonly pfnmap: boolean | undefined;
  readonly mixedmap: boolean | undefined;
  readonly io: boolean | undefined;
  readonly shared: boolean | undefined;
  readonly cow: boolean | undefined;
  readonly mteAllowed: boolean | undefined;
  readonly allowAnyUncached: boolean | undefined;
  /** pgprot is none of MT_NORMAL_NC, MT_DEVICE_nGnRnE, MT_DEVICE_nGnRE: a deny-list, as in the kernel. */
  readonly cacheable: boolean | undefined;
  /** `pfn_is_map_memory()` of its pages. */
  readonly mapMemory: boolean | undefined;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly access: readonly Access[] | undefined;
  /** Where the mapping, and where its flags and memory type, stand in the question. */
  readonly at: string;
  readonly typeAt: string;
  /** The fact that would tell the region, where a device of the VM has one on the target that is not known. */
  readonly regionMissing: string | undefined;
}

/** What of a mapping the target's own device region decides. */
export interface Region {
  readonly vmFlags: readonly VmFlag[] | undefined;
  readonly memoryType: MemoryType | undefined;
  readonly at: string;
}

/** System RAM on every host: made afresh on the target, so always map memory there (semantics 8.4). */
const RAM_BACKINGS: ReadonlySet<Backing> = new Set([
  'anonymous',
  'memfd',
  'shmem',
  'hugetlb',
  'file',
  'secretmem',
  'guest-memfd',
]);

const UNCACHED: ReadonlySet<MemoryType> = new Set(['normal-nc', 'device-nGnRE', 'device-nGnRnE']);

export function vmaOf(mapping: Mapping, index: number, at: string, region: Region | string | undefined): Vma {
  const lost = typeof region === 'string';
  const there = lost ? undefined : region;
  const own = there === undefined && !lost;
  const vmFlags = own ? mapping.vmFlags : there?.vmFlags;
  const memoryType = own ? mapping.memoryType : there?.memoryType;
  const has = (flag: VmFlag) => vmFlags?.includes(flag);
  return {
    index,
    offset: mapping.offset,
    size: mapping.size,
    backing: mapping.backing,
    device: mapping.device,
    memoryType,
    pfnmap: has('pfnmap'),
    mixedmap: has('mixedmap'),
    io: has('io'),
    shared: has('shared'),
    cow: has('cow'),
    mteAllowed: has('mte-allowed'),
    allowAnyUncached: has('allow-any-uncached'),
    cacheable: memoryType === undefined ? undefined : !UNCACHED.has(memoryType),
    mapMemory: mapMemoryOf(mapping),
    readable: mapping.protection !== 'none',
    writable: mapping.protection === 'rw',
    access: mapping.access,
    at,
    typeAt: there?.at ?? at,
    regionMissing: lost ? region : undefined,
  };
}

/** What the manifest says of RAM's pages is of the source's; the target makes its own. */
function mapMemoryOf({ backing, kernelMapped }: Mapping): boolean | undefined {
  if (backing === undefined) return kernelMapped === true ? true : undefined;
  return RAM_BACKINGS.has(backing) ? true : kernelMapped;
}

/** The pointer of a mapping's fact when it is not known, and nothing when it is. */
export function missingFlags(vma: Vma, flag: boolean | undefined): string | undefined {
  return flag === undefined ? (vma.regionMissing ?? `${vma.typeAt}/vmFlags`) : undefined;
}

export function missingType(vma: Vma): string | undefined {
  return vma.memoryType === undefined ? (vma.regionMissing ?? `${vma.typeAt}/memoryType`) : undefined;
}

export function missingMapMemory(vma: Vma): string | undefined {
  if (vma.mapMemory !== undefined) return undefined;
  return missingBacking(vma) ?? `${vma.at}/kernelMapped`;
}

export function missingBacking(vma: Vma): string | undefined {
  return vma.backing === undefined ? `${vma.at}/backing` : undefined;
}
