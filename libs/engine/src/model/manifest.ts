import type { Access, Backing, MemoryType, Protection, SlotFlag, VmFlag } from './memory.js';

/** One VMA under a slot. `undefined` is always *unknown*; addresses and sizes are bytes. */
export interface Mapping {
  readonly offset: bigint;
  readonly size: bigint;
  readonly backing?: Backing | undefined;
  readonly vmFlags?: readonly VmFlag[] | undefined;
  readonly memoryType?: MemoryType | undefined;
  /** `pfn_is_map_memory()`: memblock memory that is not NOMAP, so KVM has a linear-map address for it. */
  readonly kernelMapped?: boolean | undefined;
  /** The VMA's protection; read and write unless the manifest says otherwise. */
  readonly protection: Protection;
  /** What the guest does there; `undefined`: read and write, read alone in a `readonly` slot. */
  readonly access?: readonly Access[] | undefined;
  readonly device?: string | undefined;
  readonly region?: number | undefined;
}

/** One KVM_SET_USER_MEMORY_REGION2 slot, with every VMA under it in ascending order. */
export interface Memslot {
  readonly slot: number;
  readonly gpa: bigint;
  readonly size: bigint;
  readonly flags?: readonly SlotFlag[] | undefined;
  readonly mappings?: readonly Mapping[] | undefined;
  /** What stands under the slot once the guest runs; `undefined`: the same as `mappings`. */
  readonly mappingsAtFault?: readonly Mapping[] | undefined;
}

export const VM_TYPES = ['normal', 'protected', 'realm'] as const;
export type VmType = (typeof VM_TYPES)[number];

export interface Vm {
  readonly type?: VmType | undefined;
  readonly ipaBits?: number | undefined;
  readonly mte?: boolean | undefined;
  /** Every capability that the VMM enables for this VM, by its kernel name; `undefined`: not told. */
  readonly enabledCapabilities?: readonly string[] | undefined;
}

export interface RegisterList {
  readonly digest?: string | undefined;
  readonly ids?: readonly bigint[] | undefined;
}

export interface Vcpu {
  readonly count?: number | undefined;
  readonly sveVectorLengths?: readonly number[] | undefined;
  readonly gic?: string | undefined;
  /** Where KVM maps the GIC virtual CPU interface of a GICv2 guest (KVM_VGIC_V2_ADDR_TYPE_CPU). */
  readonly gicvGpa?: bigint | undefined;
  /** KVM_ARM_VCPU_HAS_EL2: is the guest a hypervisor itself? Taken for no where nothing says yes. */
  readonly hasEl2?: boolean | undefined;
  readonly midr?: bigint | undefined;
  readonly counterFrequency?: number | undefined;
  readonly idRegisters?: ReadonlyMap<string, bigint> | undefined;
  readonly registerList?: RegisterList | undefined;
}

export interface VmDevice {
  readonly name: string;
  readonly vendorDevice?: string | undefined;
  readonly driver?: string | undefined;
  /** Does a virtual IOMMU stand before it? Taken for no where it is left out. */
  readonly viommu?: boolean | undefined;
}

export interface VmVmm {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly machineType?: string | undefined;
}

/** What a VM needs. */
export interface Manifest {
  readonly arch?: string | undefined;
  readonly host?: string | undefined;
  readonly runId?: string | undefined;
  readonly vm?: Vm | undefined;
  readonly vcpu?: Vcpu | undefined;
  readonly memslots?: readonly Memslot[] | undefined;
  readonly devices?: readonly VmDevice[] | undefined;
  readonly vmm?: VmVmm | undefined;
}
