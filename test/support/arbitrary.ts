import {
  ACCESSES,
  BACKINGS,
  type Capability,
  type Fingerprint,
  type Manifest,
  type Mapping,
  MEMORY_TYPES,
  type Memslot,
  PROTECTIONS,
  SLOT_FLAGS,
  VM_FLAGS,
} from '@berth/engine';
import fc from 'fast-check';

/** Releases on each side of every border, with what their kernels answer for the capabilities that tell the generation. */
const RELEASES = [
  '5.14.0',
  '6.1.0',
  '6.2.1',
  '6.8.12',
  '6.9.1',
  '6.12.107',
  '6.16.3',
  '6.17.0',
  '6.18.4',
  '7.0.14',
  '7.1.2',
  '7.2.13',
];

const PAGE_SIZES = [4096, 16384, 65536] as const;

function capabilitiesOf(
  release: string,
  fwb: boolean,
  dic: boolean,
  ipaLimit: number,
  mte: boolean,
): Map<string, Capability> {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  const at = major * 100 + minor;
  const both = (value: number): Capability => ({ system: value, vm: value });
  return new Map<string, Capability>([
    [
      'KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED',
      at >= 617 ? { system: 'EINVAL', vm: fwb && dic ? 1 : 0 } : { system: 0, vm: 0 },
    ],
    ['KVM_CAP_GUEST_MEMFD', both(at >= 618 ? 1 : 0)],
    ['KVM_CAP_ARM_VM_IPA_SIZE', both(ipaLimit)],
    ['KVM_CAP_ARM_MTE', both(mte ? 1 : 0)],
  ]);
}

/** A host of which everything is known that memory decides by, and which contradicts itself nowhere. */
export const knownHost: fc.Arbitrary<Fingerprint> = fc
  .record({
    release: fc.constantFrom(...RELEASES),
    pageSize: fc.constantFrom(...PAGE_SIZES),
    fwb: fc.boolean(),
    dic: fc.boolean(),
    mode: fc.constantFrom('vhe' as const, 'nvhe' as const, 'protected' as const),
    ipaLimit: fc.constantFrom(36, 40, 44, 48, 52),
    mte: fc.boolean(),
  })
  .map(({ release, pageSize, fwb, dic, mode, ipaLimit, mte }) => ({
    arch: 'aarch64',
    kernel: { release, pageSize },
    cpu: { fwb, dic, idc: dic },
    // A pKVM host offers MTE to no VM.
    kvm: { mode, capabilities: capabilitiesOf(release, fwb, dic, ipaLimit, mte && mode !== 'protected') },
    devices: [],
  }));

type Kind = Pick<Mapping, 'backing' | 'vmFlags' | 'memoryType' | 'kernelMapped'>;

/** Mappings that VMs have: semantics 8.4. */
const KINDS: readonly Kind[] = [
  { backing: 'anonymous', vmFlags: ['cow', 'mte-allowed'], memoryType: 'normal', kernelMapped: true },
  { backing: 'memfd', vmFlags: ['shared', 'mte-allowed'], memoryType: 'normal', kernelMapped: true },
  { backing: 'hugetlb', vmFlags: ['hugetlb', 'shared'], memoryType: 'normal', kernelMapped: true },
  {
    backing: 'vfio',
    vmFlags: ['pfnmap', 'io', 'shared', 'allow-any-uncached'],
    memoryType: 'device-nGnRnE',
    kernelMapped: false,
  },
  { backing: 'vfio', vmFlags: ['pfnmap', 'io', 'shared'], memoryType: 'normal', kernelMapped: false },
  { backing: 'devdax', vmFlags: ['shared'], memoryType: 'normal', kernelMapped: false },
  { backing: 'device', vmFlags: ['pfnmap', 'shared'], memoryType: 'normal', kernelMapped: true },
];

const anyKind: fc.Arbitrary<Kind> = fc.record({
  backing: fc.constantFrom(...BACKINGS),
  vmFlags: fc.subarray([...VM_FLAGS]),
  memoryType: fc.constantFrom(...MEMORY_TYPES),
  kernelMapped: fc.boolean(),
});

const mapping = (offset: bigint, size: bigint): fc.Arbitrary<Mapping> =>
  fc
    .record({
      kind: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...KINDS) }, { weight: 1, arbitrary: anyKind }),
      protection: fc.oneof(
        { weight: 12, arbitrary: fc.constant('rw' as const) },
        { weight: 1, arbitrary: fc.constantFrom(...PROTECTIONS) },
      ),
      access: fc.option(fc.subarray([...ACCESSES]), { nil: undefined, freq: 2 }),
    })
    .map(({ kind, ...rest }) => ({ offset, size, ...kind, ...rest }));

/** Up to three VMAs in order, some of them with a hole between. */
function mappingsUnder(size: bigint): fc.Arbitrary<readonly Mapping[]> {
  const third = size / 3n;
  const whole = mapping(0n, size).map((one) => [one]);
  const parts = fc
    .tuple(mapping(0n, third), mapping(third, third), mapping(third * 2n, size - third * 2n), fc.subarray([0, 1, 2]))
    .map(([a, b, c, kept]) => [a, b, c].filter((_, index) => kept.includes(index)));
  return fc.oneof({ weight: 4, arbitrary: whole }, { weight: 1, arbitrary: parts });
}

const GPAS = [0n, 0x1000n, 0x40000000n, 0x40001000n, 0x8000000000n, 0xfffff00000n, 0xffffffff000n, 2n ** 64n - 0x1000n];
const SIZES = [0n, 0x1000n, 0x3000n, 0x10000n, 0x200000n, 0x40003000n, 0x400000000n, 0x80000000000n];

const memslot: fc.Arbitrary<Memslot> = fc
  .record({
    slot: fc.oneof(
      { weight: 20, arbitrary: fc.nat(12) },
      { weight: 1, arbitrary: fc.constantFrom(32767, 65536, 4294967295) },
    ),
    gpa: fc.oneof(
      { weight: 12, arbitrary: fc.nat(60).map((n) => 0x40000000n + BigInt(n) * 0x10000000n) },
      { weight: 1, arbitrary: fc.constantFrom(...GPAS) },
    ),
    size: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0x30000n) },
      { weight: 1, arbitrary: fc.constantFrom(...SIZES) },
    ),
    flags: fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray([...SLOT_FLAGS]) }),
    replaced: fc.nat(7).map((n) => n === 0),
  })
  .chain(({ slot, gpa, size, flags, replaced }) =>
    fc
      .record({
        mappings: mappingsUnder(size),
        mappingsAtFault: replaced ? mappingsUnder(size) : fc.constant(undefined),
      })
      .map((under) => ({ slot, gpa, size, flags, ...under })),
  );

/** A VM of which everything is known that memory decides by. */
export const knownVm: fc.Arbitrary<Manifest> = fc.record({
  arch: fc.constant('aarch64'),
  vm: fc.record({
    type: fc.oneof(
      { weight: 6, arbitrary: fc.constant('normal' as const) },
      { weight: 1, arbitrary: fc.constant('protected' as const) },
    ),
    ipaBits: fc.oneof(
      { weight: 6, arbitrary: fc.constant(36) },
      { weight: 1, arbitrary: fc.constantFrom(0, 31, 40, 44, 48) },
    ),
    mte: fc.nat(3).map((n) => n === 0),
  }),
  memslots: fc.array(memslot, { maxLength: 3 }),
  devices: fc.constant([]),
});
