import type { MappingRow } from './catalogue/mappings.js';
import { type Traits, traitsOf } from './catalogue/traits.js';
import type { Region } from './devices/host-device.js';
import type { Mapping } from './model/manifest.js';
import type { Access, Backing, MemoryType, VmFlag } from './model/memory.js';
import type { Derived } from './model/verdict.js';

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
  /** What the catalogue says of the driver behind it. */
  readonly row: MappingRow | undefined;
  /** A document says that it is cacheable, and its driver never makes it so. */
  readonly overclaimed: boolean;
  /** What was left out and follows from the driver. */
  readonly derived: readonly Derived[];
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

const LOST: Traits = traitsOf({}, undefined, '');

/** `row` is what the catalogue says of the device that the mapping names. */
export function vmaOf(
  mapping: Mapping,
  index: number,
  at: string,
  region: Region | string | undefined,
  row?: MappingRow | undefined,
): Vma {
  const lost = typeof region === 'string';
  const there = lost ? undefined : region;
  const own = traitsOf(mapping, row, at);
  const { vmFlags, disputed, memoryType, cacheable } = lost ? LOST : (there ?? own);
  const has = (flag: VmFlag) => (disputed.includes(flag) ? undefined : vmFlags?.includes(flag));
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
    cacheable,
    mapMemory: mapMemoryOf(mapping.backing, own),
    readable: mapping.protection !== 'none',
    writable: mapping.protection === 'rw',
    access: mapping.access,
    at,
    typeAt: there?.at ?? at,
    regionMissing: lost ? region : undefined,
    row: own.row ?? there?.row,
    overclaimed: own.overclaimed || there?.overclaimed === true,
    derived: there === undefined ? own.derived : [...own.derived, ...there.derived],
  };
}

/** What the manifest says of RAM's pages is of the source's; the target makes its own. */
function mapMemoryOf(backing: Backing | undefined, { kernelMapped, row }: Traits): boolean | undefined {
  if (backing === undefined && row === undefined) return kernelMapped === true ? true : undefined;
  if (backing === undefined) return kernelMapped;
  return RAM_BACKINGS.has(backing) ? true : kernelMapped;
}

/** The pointer of a mapping's fact when it is not known, and nothing when it is. */
export function missingFlags(vma: Vma, flag: boolean | undefined): string | undefined {
  return flag === undefined ? (vma.regionMissing ?? `${vma.typeAt}/vmFlags`) : undefined;
}

export function missingType(vma: Vma): string | undefined {
  return vma.cacheable === undefined ? (vma.regionMissing ?? `${vma.typeAt}/memoryType`) : undefined;
}

export function missingMapMemory(vma: Vma): string | undefined {
  if (vma.mapMemory !== undefined) return undefined;
  return missingBacking(vma) ?? `${vma.at}/kernelMapped`;
}

export function missingBacking(vma: Vma): string | undefined {
  return vma.backing === undefined ? `${vma.at}/backing` : undefined;
}
