// Questions for tests, as the engine's own plain values. By default everything is known and everything fits: a VM with one
// slot of RAM, and a 7.2 host with FWB and DIC. A test says only what it is about.
import type {
  Capability,
  DeviceRegion,
  Fingerprint,
  GenerationId,
  HostDevice,
  HostState,
  KvmMode,
  Manifest,
  Mapping,
  Memslot,
  Phase,
  Question,
  Registered,
  VmDevice,
  VmType,
} from '@berth/engine';

/** A kernel of each generation: the first release that has it, and one that was recorded. */
export const KERNELS: Readonly<Record<GenerationId, { readonly first: string; readonly recorded: string }>> = {
  'device-only': { first: '5.14.0', recorded: '6.1.0' },
  'normal-nc': { first: '6.9.0', recorded: '6.12.107' },
  'cacheable-pfnmap': { first: '6.17.0', recorded: '6.17.13' },
  'guest-memfd': { first: '6.18.0', recorded: '6.18.15' },
  'protected-guest': { first: '7.1.0', recorded: '7.2.13' },
};

export const ALL_GENERATIONS = Object.keys(KERNELS) as GenerationId[];

/** The phases that a VM of which only the memslots are known can be asked. */
export const MEMORY_PHASES: readonly Phase[] = ['policy', 'vm', 'memslot', 'fault'];

export interface HostGiven {
  readonly generation?: GenerationId;
  readonly release?: string | undefined;
  readonly arch?: string | undefined;
  readonly machineId?: string | undefined;
  readonly pageSize?: number | undefined;
  readonly fwb?: boolean | undefined;
  readonly dic?: boolean | undefined;
  readonly idRegisters?: Readonly<Record<string, bigint>> | undefined;
  readonly mode?: KvmMode | undefined;
  readonly ipaLimit?: number | undefined;
  readonly mte?: boolean | undefined;
  /** Left out: what a kernel of that release answers. */
  readonly cap243?: Capability | undefined;
  readonly guestMemfd?: Capability | undefined;
  readonly guestMemfdFlags?: Capability | undefined;
  /** Others, that answer alike on both fds. */
  readonly capabilities?: Readonly<Record<string, number | undefined>>;
  readonly cca?: Fingerprint['cca'];
  readonly devices?: readonly HostDevice[] | undefined;
  readonly vmm?: Fingerprint['vmm'];
  readonly operator?: Fingerprint['operator'];
}

const KNOWN_HOST = {
  arch: 'aarch64',
  machineId: 'machine-b',
  pageSize: 4096,
  fwb: true,
  dic: true,
  mode: 'vhe',
  ipaLimit: 48,
  mte: true,
  devices: [],
  vmm: { name: 'qemu', machineTypes: ['virt-10.0', 'virt-11.0'] },
} as const;

export function aHost(given: HostGiven = {}): Fingerprint {
  const facts: HostGiven = {
    release: KERNELS[given.generation ?? 'protected-guest'].recorded,
    ...KNOWN_HOST,
    ...given,
  };
  return {
    machineId: facts.machineId,
    bootId: 'boot-1',
    arch: facts.arch,
    kernel: { release: facts.release, pageSize: facts.pageSize },
    cpu: {
      fwb: facts.fwb,
      dic: facts.dic,
      idRegisters: facts.idRegisters && new Map(Object.entries(facts.idRegisters)),
    },
    kvm: { mode: facts.mode, capabilities: capabilitiesOf(facts) },
    cca: facts.cca,
    devices: facts.devices,
    vmm: facts.vmm,
    operator: facts.operator,
  };
}

function capabilitiesOf(facts: HostGiven): Map<string, Capability> {
  const evidence = {
    KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: 'cap243' in facts ? facts.cap243 : cap243Of(facts),
    KVM_CAP_GUEST_MEMFD: 'guestMemfd' in facts ? facts.guestMemfd : onBoth(isSince(facts.release, 6, 18) ? 1 : 0),
    KVM_CAP_GUEST_MEMFD_FLAGS: facts.guestMemfdFlags,
  };
  const alike = {
    KVM_CAP_ARM_VM_IPA_SIZE: facts.ipaLimit,
    KVM_CAP_ARM_MTE: facts.mte === undefined ? undefined : Number(facts.mte),
    ...facts.capabilities,
  };
  const others = knownOf(alike).map(([name, value]): [string, Capability] => [name, onBoth(value)]);
  return new Map([...knownOf<Capability>(evidence), ...others]);
}

function knownOf<T>(values: Readonly<Record<string, T | undefined>>): [string, T][] {
  return Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined);
}

/** Where FWB or DIC is not known, the VM fd was not asked: its answer would tell. */
function cap243Of({ release, fwb, dic }: HostGiven): Capability {
  if (!isSince(release, 6, 17)) return onBoth(0);
  if (fwb === undefined || dic === undefined) return { system: 'EINVAL' };
  return { system: 'EINVAL', vm: fwb && dic ? 1 : 0 };
}

export function onBoth(value: number): Capability {
  return { system: value, vm: value };
}

function isSince(release: string | undefined, major: number, minor: number): boolean {
  const [a = 0, b = 0] = (release ?? KERNELS['protected-guest'].recorded).split('.').map(Number);
  return a === major ? b >= minor : a > major;
}

/** A host of which nothing probed tells the generation, and of which the release is not known either. */
export function aHostOfUnknownKernel(given: HostGiven = {}): Fingerprint {
  return aHost({ release: undefined, cap243: undefined, guestMemfd: undefined, ...given });
}

export interface VmGiven {
  readonly type?: VmType | undefined;
  readonly ipaBits?: number | undefined;
  readonly mte?: boolean | undefined;
  readonly enabledCapabilities?: readonly string[] | undefined;
  readonly vcpu?: Manifest['vcpu'];
  readonly arch?: string | undefined;
  readonly host?: string | undefined;
  readonly memslots?: readonly Memslot[] | undefined;
  readonly devices?: readonly VmDevice[] | undefined;
  readonly vmm?: Manifest['vmm'];
}

export function aManifest(given: VmGiven = {}): Manifest {
  const needs: VmGiven = { arch: 'aarch64', type: 'normal', ipaBits: 40, mte: false, devices: [], ...given };
  return {
    arch: needs.arch,
    host: needs.host,
    vm: {
      type: needs.type,
      ipaBits: needs.ipaBits,
      mte: needs.mte,
      enabledCapabilities: needs.enabledCapabilities,
    },
    vcpu: needs.vcpu,
    memslots: 'memslots' in given ? given.memslots : [aSlot()],
    devices: needs.devices,
    vmm: 'vmm' in given ? given.vmm : { name: 'qemu', machineType: 'virt-11.0' },
  };
}

export const GIB = 0x40000000n;

export function aSlot(given: Partial<Memslot> = {}): Memslot {
  const size = given.size ?? GIB;
  return { slot: 0, gpa: GIB, size, flags: [], mappings: [aMapping({ size })], ...given };
}

/** Anonymous memory, unless told otherwise. */
export function aMapping(given: Partial<Mapping> = {}): Mapping {
  return {
    offset: 0n,
    size: GIB,
    backing: 'anonymous',
    vmFlags: ['cow', 'mte-allowed'],
    memoryType: 'normal',
    kernelMapped: true,
    protection: 'rw',
    ...given,
  };
}

/** The kinds of mapping that VMs own: semantics 8.4. */
export function aMemfd(given: Partial<Mapping> = {}): Mapping {
  return aMapping({ backing: 'memfd', vmFlags: ['shared', 'mte-allowed'], ...given });
}

/** A BAR as vfio-pci maps it. */
export function aBar(given: Partial<Mapping> = {}): Mapping {
  return aMapping({
    backing: 'vfio',
    vmFlags: ['pfnmap', 'io', 'shared', 'allow-any-uncached'],
    memoryType: 'device-nGnRnE',
    kernelMapped: false,
    ...given,
  });
}

/** The GPU memory that nvgrace-gpu maps: cacheable, and outside map memory. */
export function gpuMemory(given: Partial<Mapping> = {}): Mapping {
  return aBar({ vmFlags: ['pfnmap', 'io', 'shared'], memoryType: 'normal', ...given });
}

/** A dma-buf made from a memfd: VM_PFNMAP over RAM. */
export function aUdmabuf(given: Partial<Mapping> = {}): Mapping {
  return aMapping({ backing: 'device', vmFlags: ['pfnmap', 'shared'], ...given });
}

export function aDevdax(given: Partial<Mapping> = {}): Mapping {
  return aMapping({ backing: 'devdax', vmFlags: ['shared'], kernelMapped: false, ...given });
}

/** A virtiofs DAX window: VM_MIXEDMAP over fs-dax pages. */
export function aDaxWindow(given: Partial<Mapping> = {}): Mapping {
  return aDevdax({ vmFlags: ['mixedmap', 'shared'], ...given });
}

/** A driver's cacheable VM_MIXEDMAP memory that is VM_IO too. */
export function ioMixedmap(given: Partial<Mapping> = {}): Mapping {
  return gpuMemory({ backing: 'device', vmFlags: ['mixedmap', 'io', 'shared'], ...given });
}

export function aGuestMemfd(given: Partial<Mapping> = {}): Mapping {
  return aMapping({ backing: 'guest-memfd', vmFlags: ['shared'], ...given });
}

export function aGuestMemfdSlot(given: Partial<Memslot> = {}): Memslot {
  return aSlot({ flags: ['guest-memfd'], mappings: [aGuestMemfd()], ...given });
}

/** A VM with one slot over these VMAs. */
export function vmOver(...mappings: readonly Mapping[]): Manifest {
  return aManifest({ memslots: [aSlot({ mappings })] });
}

/** A VM whose slot was registered over plain RAM that the VMM then replaced. */
export function vmThatRemapsTo(mappingsAtFault: readonly Mapping[], given: VmGiven = {}): Manifest {
  return aManifest({ memslots: [aSlot({ mappingsAtFault })], ...given });
}

export function aDevice(regions: readonly DeviceRegion[] | undefined, vendorDevice = '10de:2342'): HostDevice {
  return { vendorDevice, regions };
}

export function registeredAs(given: Partial<Registered> = {}): Registered {
  return { host: 'host-b', state: 'active' satisfies HostState, freshness: 'fresh', ...given };
}

export function aQuestion(given: Partial<Question> = {}): Question {
  return { manifest: aManifest(), target: aHost(), phases: MEMORY_PHASES, ...given };
}
