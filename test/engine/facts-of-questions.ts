import type { Capability, Fingerprint, Manifest, Mapping, Memslot, Question } from '@berth/engine';

/** One fact of a question, by its pattern, and the question with other values for it: forgotten, and then known otherwise. */
export interface FactChange {
  readonly pointer: string;
  readonly others: readonly Question[];
}

type Change<T> = { readonly [K in keyof T]?: readonly T[K][] };

const MAPPING: Change<Mapping> = {
  offset: [0n, 0x2000n],
  size: [0x1000n],
  backing: [undefined, 'anonymous', 'file', 'hugetlb', 'devdax', 'secretmem', 'guest-memfd', 'device'],
  vmFlags: [
    undefined,
    [],
    ['pfnmap', 'io', 'shared'],
    ['pfnmap', 'cow'],
    ['mixedmap', 'allow-any-uncached'],
    ['mte-allowed'],
  ],
  memoryType: [undefined, 'normal', 'normal-nc', 'device-nGnRE'],
  kernelMapped: [undefined, true, false],
  protection: ['rw', 'r', 'none'],
  access: [undefined, [], ['execute'], ['read', 'write', 'execute']],
  device: [undefined, 'gpu0', 'nobody'],
  region: [undefined, 4, 9],
};

const SLOT: Change<Memslot> = {
  slot: [0, 7, 32767, 65536],
  gpa: [0n, 0x1000n, 2n ** 40n, 2n ** 63n],
  size: [0n, 0x1000n, 0x3001n, 2n ** 44n],
  flags: [undefined, [], ['log-dirty-pages'], ['readonly'], ['guest-memfd'], ['guest-memfd', 'readonly']],
  mappings: [undefined, []],
  mappingsAtFault: [undefined, []],
};

/** What says where the GIC virtual CPU interface of a guest is. */
const GICV: Change<NonNullable<Manifest['vcpu']>> = {
  gic: [undefined, 'v2', 'v3'],
  gicvGpa: [undefined, 0x4000_1000n],
};

const VM: Change<NonNullable<Manifest['vm']>> = {
  type: [undefined, 'normal', 'protected', 'realm'],
  ipaBits: [undefined, 0, 31, 36, 52],
  mte: [undefined, true, false],
  enabledCapabilities: [undefined, [], ['KVM_CAP_ARM_WRITABLE_IMP_ID_REGS'], ['KVM_CAP_NEW']],
};

/** What tells of each capability that a VMM enables. */
export const ENABLED_CAPABILITIES: readonly string[] = [
  'KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2',
  'KVM_CAP_ARM_NISV_TO_USER',
  'KVM_CAP_HALT_POLL',
  'KVM_CAP_ARM_SYSTEM_SUSPEND',
  'KVM_CAP_DIRTY_LOG_RING_ACQ_REL',
  'KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP',
  'KVM_CAP_ARM_WRITABLE_IMP_ID_REGS',
  'KVM_CAP_ARM_SEA_TO_USER',
  'KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES',
];

const CAPABILITIES: Readonly<Record<string, readonly (Capability | undefined)[]>> = {
  KVM_CAP_ARM_VM_IPA_SIZE: [undefined, { system: 36, vm: 36 }, { system: 52 }],
  KVM_CAP_ARM_MTE: [undefined, { system: 0 }, { vm: 1 }],
  KVM_CAP_USER_MEMORY2: [undefined, { system: 0 }],
  ...Object.fromEntries(ENABLED_CAPABILITIES.map((name) => [name, [undefined, { vm: 0 }, { vm: 1 }]])),
};

const REGISTERS: Readonly<Record<string, readonly (bigint | undefined)[]>> = {
  ID_AA64MMFR2_EL1: [undefined, 0n, 1n << 40n],
  CTR_EL0: [undefined, 0n, 3n << 28n],
  ID_AA64PFR0_EL1: [undefined, 0n, 0x11n],
};

/** Every fact of a question that is not evidence of the generation, with other values for each. */
export function changesOf(question: Question): readonly FactChange[] {
  return [...ofManifest(question), ...ofSlots(question), ...ofHost(question), ...ofRegistration(question)];
}

function ofManifest(question: Question): readonly FactChange[] {
  const manifest = (given: Partial<Manifest>): Question => ({
    ...question,
    manifest: { ...question.manifest, ...given },
  });
  const at = (key: keyof Manifest, values: readonly unknown[]): FactChange => ({
    pointer: `/manifest/${key}`,
    others: values.map((value) => manifest({ [key]: value })),
  });
  return [
    at('arch', [undefined, 'riscv64']),
    at('host', [undefined, 'host-b']),
    at('runId', [undefined, 'run-2']),
    at('memslots', [undefined, []]),
    at('devices', [undefined, [], [{ name: 'gpu0', vendorDevice: '10de:2345' }]]),
    at('vcpu', [undefined, { count: 4 }]),
    at('vmm', [undefined, { name: 'qemu' }]),
    ...entries(GICV).map(([key, values]) => ({
      pointer: `/manifest/vcpu/${key}`,
      others: values.map((value) => manifest({ vcpu: { ...question.manifest.vcpu, [key]: value } })),
    })),
    ...entries(VM).map(([key, values]) => ({
      pointer: `/manifest/vm/${key}`,
      others: values.map((value) => manifest({ vm: { ...question.manifest.vm, [key]: value } })),
    })),
  ];
}

function ofSlots(question: Question): readonly FactChange[] {
  const memslots = question.manifest.memslots ?? [];
  const put = (index: number, given: Partial<Memslot>): Question => ({
    ...question,
    manifest: {
      ...question.manifest,
      memslots: memslots.map((slot, at) => (at === index ? { ...slot, ...given } : slot)),
    },
  });
  return memslots.flatMap((slot, index) => [
    ...entries(SLOT).map(([key, values]) => ({
      pointer: `/manifest/memslots/*/${key}`,
      others: values.map((value) => put(index, { [key]: value })),
    })),
    ...(['mappings', 'mappingsAtFault'] as const).flatMap((field) =>
      ofMappings(slot, field, (given) => put(index, given)),
    ),
  ]);
}

function ofMappings(
  slot: Memslot,
  field: 'mappings' | 'mappingsAtFault',
  put: (given: Partial<Memslot>) => Question,
): readonly FactChange[] {
  const mappings = slot[field] ?? [];
  return mappings.flatMap((_, index) =>
    entries(MAPPING).map(([key, values]) => ({
      pointer: `/manifest/memslots/*/${field}/*/${key}`,
      others: values.map((value) =>
        put({ [field]: mappings.map((mapping, at) => (at === index ? { ...mapping, [key]: value } : mapping)) }),
      ),
    })),
  );
}

function ofHost(question: Question): readonly FactChange[] {
  const { target } = question;
  const host = (given: Partial<Fingerprint>): Question => ({ ...question, target: { ...target, ...given } });
  const at = (
    pointer: string,
    values: readonly unknown[],
    change: (value: never) => Partial<Fingerprint>,
  ): FactChange => ({
    pointer: `/fingerprint/${pointer}`,
    others: values.map((value) => host(change(value as never))),
  });
  return [
    at('arch', [undefined, 'riscv64'], (arch) => ({ arch })),
    at('machineId', [undefined, 'machine-a'], (machineId) => ({ machineId })),
    at('bootId', [undefined, 'boot-2'], (bootId) => ({ bootId })),
    at('kernel/pageSize', [undefined, 16384, 65536], (pageSize) => ({ kernel: { ...target.kernel, pageSize } })),
    at('cpu/fwb', [undefined, true, false], (fwb) => ({ cpu: { ...target.cpu, fwb } })),
    at('cpu/dic', [undefined, true, false], (dic) => ({ cpu: { ...target.cpu, dic } })),
    at('cpu/idc', [undefined, true, false], (idc) => ({ cpu: { ...target.cpu, idc } })),
    at('cpu/midr', [undefined, [1n]], (midr) => ({ cpu: { ...target.cpu, midr } })),
    at('kvm/mode', [undefined, 'nvhe', 'protected'], (mode) => ({ kvm: { ...target.kvm, mode } })),
    at('kvm/gic', [undefined, ['v3']], (gic) => ({ kvm: { ...target.kvm, gic } })),
    at('cca/rmm', [undefined, '1.0'], (rmm) => ({ cca: { ...target.cca, rmm } })),
    at('cca/realmMigration', [undefined, true, false], (realmMigration) => ({
      cca: { ...target.cca, realmMigration },
    })),
    at('devices', DEVICES, (devices) => ({ devices })),
    ...Object.entries(CAPABILITIES).map(([name, values]) =>
      at(`kvm/capabilities/${name}`, values, (value) => ({
        kvm: { ...target.kvm, capabilities: without(target.kvm?.capabilities, name, value) },
      })),
    ),
    ...Object.entries(REGISTERS).map(([name, values]) =>
      at(`cpu/idRegisters/${name}`, values, (value) => ({
        cpu: { ...target.cpu, idRegisters: without(target.cpu?.idRegisters, name, value) },
      })),
    ),
  ];
}

const DEVICES: readonly Fingerprint['devices'][] = [
  undefined,
  [],
  [{ vendorDevice: '10de:2342', regions: [{ index: 4, vmFlags: ['pfnmap'], memoryType: 'normal' }] }],
  [{ vendorDevice: '10de:2342', regions: [{ index: 4, vmFlags: ['io'], memoryType: 'normal-nc' }] }],
  [
    {
      vendorDevice: '10de:2342',
      regions: [{ index: 4, vmFlags: ['pfnmap', 'allow-any-uncached'], memoryType: 'normal-nc' }],
    },
  ],
];

const CAP_243 = 'KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED';

/** Facts of a source of which much is known, that others of it may contradict. */
function ofSource(question: Question): readonly FactChange[] {
  const { source } = question;
  if (source?.kvm === undefined) return [];
  const put = (given: Partial<Fingerprint>): Question => ({ ...question, source: { ...source, ...given } });
  const at = (pointer: string, others: readonly Question[]): FactChange => ({
    pointer: `/sourceFingerprint/${pointer}`,
    others,
  });
  const cpu = (given: Fingerprint['cpu']) => put({ cpu: { ...source.cpu, ...given } });
  const register = (name: string, values: readonly bigint[]) =>
    at(
      `cpu/idRegisters/${name}`,
      values.map((value) => cpu({ idRegisters: without(source.cpu?.idRegisters, name, value) })),
    );
  const answers = (name: string, values: readonly (Capability | undefined)[]) =>
    at(
      `kvm/capabilities/${name}`,
      values.map((value) =>
        put({ kvm: { ...source.kvm, capabilities: without(source.kvm?.capabilities, name, value) } }),
      ),
    );
  return [
    at(
      'cpu/dic',
      [true, false].map((dic) => cpu({ dic })),
    ),
    at(
      'cpu/idc',
      [true, false].map((idc) => cpu({ idc })),
    ),
    register('ID_AA64MMFR2_EL1', [0n, 1n << 40n]),
    register('CTR_EL0', [0n, 3n << 28n]),
    at(
      'kernel/release',
      ['6.1.0', '7.2.0'].map((release) => put({ kernel: { ...source.kernel, release } })),
    ),
    answers(CAP_243, [{ system: 0, vm: 0 }, { system: 'EINVAL', vm: 1 }, undefined]),
    answers('KVM_CAP_GUEST_MEMFD', [{ vm: 0 }, { vm: 1 }]),
    answers('KVM_CAP_GUEST_MEMFD_FLAGS', [{ vm: 3 }, undefined]),
  ];
}

function ofRegistration(question: Question): readonly FactChange[] {
  const { registered } = question;
  const source = ['machine-a', 'machine-b', undefined].map(
    (machineId): Question => ({ ...question, source: { ...question.source, machineId } }),
  );
  const facts: readonly FactChange[] = [
    { pointer: '/sourceFingerprint/machineId', others: source },
    ...ofSource(question),
  ];
  if (registered === undefined) return facts;
  const at = (key: string, values: readonly string[]): FactChange => ({
    pointer: `/registered/${key}`,
    others: values.map((value) => ({ ...question, registered: { ...registered, [key]: value } })),
  });
  return [
    ...facts,
    at('host', ['host-c']),
    at('state', ['active', 'cordoned', 'maintenance', 'retired']),
    at('freshness', ['fresh', 'stale', 'expired']),
  ];
}

function entries<T>(changes: Change<T>): readonly (readonly [string, readonly unknown[]])[] {
  return Object.entries(changes) as [string, readonly unknown[]][];
}

function without<T>(
  map: ReadonlyMap<string, T> | undefined,
  key: string,
  value: T | undefined,
): ReadonlyMap<string, T> {
  const changed = new Map(map);
  changed.delete(key);
  if (value !== undefined) changed.set(key, value);
  return changed;
}
