import type { MemoryType, VmFlag } from '../model/memory.js';
import type { Derived } from '../model/verdict.js';
import { saidBy } from './catalogue.js';
import type { MappingRow } from './mappings.js';

/** What a document says of one mapping or region. */
export interface Stated {
  readonly vmFlags?: readonly VmFlag[] | undefined;
  readonly memoryType?: MemoryType | undefined;
  readonly kernelMapped?: boolean | undefined;
}

/** The same, with what the driver is known to do for what was left out. `undefined` is unknown, and so is what the two dispute. */
export interface Traits {
  readonly vmFlags: readonly VmFlag[] | undefined;
  /** Flags that the document and the driver do not agree about. */
  readonly disputed: readonly VmFlag[];
  readonly memoryType: MemoryType | undefined;
  readonly cacheable: boolean | undefined;
  readonly kernelMapped: boolean | undefined;
  /** Cacheable by the document, and never by the driver (hazard H3). */
  readonly overclaimed: boolean;
  readonly row: MappingRow | undefined;
  readonly derived: readonly Derived[];
}

const UNCACHED: ReadonlySet<MemoryType> = new Set(['normal-nc', 'device-nGnRE', 'device-nGnRnE']);

/** Not one of MT_NORMAL_NC, MT_DEVICE_nGnRnE, MT_DEVICE_nGnRE: a deny-list, as in the kernel. */
export function isCacheable(memoryType: MemoryType): boolean {
  return !UNCACHED.has(memoryType);
}

const NONE: readonly never[] = [];

/** Flags that decide a registration. Others are believed as they are stated: no answer turns on them alone. */
const DECIDING: readonly VmFlag[] = ['pfnmap', 'mixedmap', 'mte-allowed'];

/** What stands at `at`: the document's own facts, and those of the catalogue's row for what it leaves out. */
export function traitsOf(stated: Stated, row: MappingRow | undefined, at: string): Traits {
  const { vmFlags, memoryType, kernelMapped } = stated;
  if (row === undefined) {
    const cacheable = memoryType === undefined ? undefined : isCacheable(memoryType);
    return { vmFlags, disputed: NONE, memoryType, cacheable, kernelMapped, overclaimed: false, row, derived: NONE };
  }
  const cacheable = cacheableOf(memoryType, row);
  const [only, ...others] = row.memoryTypes;
  return {
    vmFlags: vmFlags ?? row.vmFlags,
    disputed: vmFlags === undefined ? NONE : DECIDING.filter((f) => vmFlags.includes(f) !== row.vmFlags.includes(f)),
    memoryType: memoryType ?? (others.length === 0 ? only : undefined),
    cacheable,
    kernelMapped: mappedOf(kernelMapped, row),
    overclaimed: memoryType !== undefined && isCacheable(memoryType) && cacheable === undefined,
    row,
    derived: derivedOf(stated, row, at),
  };
}

/** A stated type stands unless the driver never gives one like it. */
function cacheableOf(stated: MemoryType | undefined, row: MappingRow): boolean | undefined {
  const kinds = new Set(row.memoryTypes.map(isCacheable));
  if (stated !== undefined) return kinds.has(isCacheable(stated)) ? isCacheable(stated) : undefined;
  const [only] = kinds;
  return kinds.size === 1 ? only : undefined;
}

function mappedOf(stated: boolean | undefined, { kernelMapped }: MappingRow): boolean | undefined {
  if (stated === undefined || kernelMapped === undefined) return stated ?? kernelMapped;
  return stated === kernelMapped ? stated : undefined;
}

function derivedOf({ vmFlags, memoryType, kernelMapped }: Stated, row: MappingRow, at: string): readonly Derived[] {
  const from = saidBy(row);
  const types = row.memoryTypes.length === 1 ? row.memoryTypes.join() : row.memoryTypes;
  const typed = memoryType === undefined && cacheableOf(memoryType, row) !== undefined;
  return [
    ...(vmFlags === undefined ? [{ at: `${at}/vmFlags`, value: row.vmFlags, from }] : []),
    ...(typed ? [{ at: `${at}/memoryType`, value: types, from }] : []),
    ...(kernelMapped === undefined && row.kernelMapped !== undefined
      ? [{ at: `${at}/kernelMapped`, value: row.kernelMapped, from }]
      : []),
  ];
}
