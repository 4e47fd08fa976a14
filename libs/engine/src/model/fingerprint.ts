import type { RegisterList } from './manifest.js';
import type { MemoryType, VmFlag } from './memory.js';

/** What KVM_CHECK_EXTENSION gave: the value, or the name of the errno the ioctl failed with. */
export type CapabilityValue = number | string;

/** One capability, per file descriptor asked; a scope left out was not asked. */
export interface Capability {
  readonly system?: CapabilityValue | undefined;
  readonly vm?: CapabilityValue | undefined;
}

export const KVM_MODES = ['vhe', 'nvhe', 'protected'] as const;
export type KvmMode = (typeof KVM_MODES)[number];

export interface Kernel {
  readonly release?: string | undefined;
  /** Bytes. */
  readonly pageSize?: number | undefined;
}

export interface Cpu {
  readonly midr?: readonly bigint[] | undefined;
  readonly fwb?: boolean | undefined;
  readonly dic?: boolean | undefined;
  readonly idc?: boolean | undefined;
  readonly rme?: boolean | undefined;
  readonly idRegisters?: ReadonlyMap<string, bigint> | undefined;
  /** What the kernel itself reads, sanitised over all cores, of registers of which KVM shows a guest less. */
  readonly sanitisedIdRegisters?: ReadonlyMap<string, bigint> | undefined;
}

export interface Kvm {
  readonly mode?: KvmMode | undefined;
  readonly capabilities?: ReadonlyMap<string, Capability> | undefined;
  readonly writableMasks?: ReadonlyMap<string, bigint> | undefined;
  readonly sveVectorLengths?: readonly number[] | undefined;
  readonly gic?: readonly string[] | undefined;
  readonly counterFrequency?: number | undefined;
  readonly registerList?: RegisterList | undefined;
}

export interface Cca {
  readonly rmm?: string | undefined;
  readonly realmMigration?: boolean | undefined;
}

export interface DeviceRegion {
  readonly index: number;
  readonly size?: bigint | undefined;
  readonly vmFlags?: readonly VmFlag[] | undefined;
  readonly memoryType?: MemoryType | undefined;
}

export interface DeviceMigration {
  readonly stopCopy?: boolean | undefined;
  readonly p2p?: boolean | undefined;
  readonly preCopy?: boolean | undefined;
  readonly dirtyTracking?: boolean | undefined;
}

export interface HostDevice {
  readonly address?: string | undefined;
  readonly vendorDevice?: string | undefined;
  readonly driver?: string | undefined;
  readonly migration?: DeviceMigration | undefined;
  readonly regions?: readonly DeviceRegion[] | undefined;
}

export interface HostVmm {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly machineTypes?: readonly string[] | undefined;
}

/** What an operator asserts of a host, and no agent can read there. */
export interface Operator {
  /** Does the platform contain the errors of assigned devices, so that none of them takes the host down? */
  readonly containment?: boolean | undefined;
}

/** What a host can do. */
export interface Fingerprint {
  readonly machineId?: string | undefined;
  readonly bootId?: string | undefined;
  readonly arch?: string | undefined;
  readonly kernel?: Kernel | undefined;
  readonly cpu?: Cpu | undefined;
  readonly kvm?: Kvm | undefined;
  readonly cca?: Cca | undefined;
  /** `undefined`: not looked; empty: looked, none. */
  readonly devices?: readonly HostDevice[] | undefined;
  readonly vmm?: HostVmm | undefined;
  readonly operator?: Operator | undefined;
}
