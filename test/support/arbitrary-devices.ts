import type {
  DeviceMigration,
  DeviceRegion,
  Fingerprint,
  HostDevice,
  Manifest,
  Mapping,
  MemoryType,
  Memslot,
  VmDevice,
} from '@berth/engine';
import fc from 'fast-check';
import { knownHost } from './arbitrary.js';
import { aSlot, GIB } from './builders.js';
import { BAR_REGION, CACHEABLE_REGION } from './builders-devices.js';

/** A kind of device as its driver shows it, in documents that contradict neither each other nor the catalogue. */
interface Kind {
  readonly vendorDevice: string;
  readonly driver: string;
  /** What its driver may or may not offer; the rest it never does. */
  readonly offers: readonly (keyof DeviceMigration)[];
  readonly regions: readonly DeviceRegion[];
  /** Is the type of its memory its own affair, so that it may differ between hosts? */
  readonly free: boolean;
}

const RESERVED: DeviceRegion = { ...BAR_REGION, index: 2, memoryType: 'normal-nc' };
const ALL: readonly (keyof DeviceMigration)[] = ['stopCopy', 'p2p', 'preCopy', 'dirtyTracking'];

const NIC: Kind = {
  vendorDevice: '15b3:101e',
  driver: 'mlx5_vfio_pci',
  offers: ALL,
  regions: [BAR_REGION],
  free: false,
};

const KINDS: readonly Kind[] = [
  NIC,
  { ...NIC, vendorDevice: '15b3:1021' },
  {
    vendorDevice: '19e5:a251',
    driver: 'hisi_acc_vfio_pci',
    offers: ['stopCopy', 'preCopy', 'dirtyTracking'],
    regions: [{ ...BAR_REGION, index: 2 }],
    free: false,
  },
  { vendorDevice: '8086:1572', driver: 'vfio-pci', offers: [], regions: [BAR_REGION], free: false },
  {
    vendorDevice: '10de:2342',
    driver: 'nvgrace_gpu_vfio_pci',
    offers: [],
    regions: [BAR_REGION, RESERVED, CACHEABLE_REGION],
    free: false,
  },
  { vendorDevice: '1d0f:efa0', driver: 'acme_vfio_pci', offers: ALL, regions: [CACHEABLE_REGION], free: true },
];

/** Migratable ones come often, or few VMs would get a yes. */
const kind: fc.Arbitrary<Kind> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...KINDS.filter(({ offers }) => offers.length === ALL.length)) },
  { weight: 1, arbitrary: fc.constantFrom(...KINDS) },
);

const mostly = fc.nat(11).map((n) => n > 0);

const TYPES: readonly MemoryType[] = ['normal', 'normal', 'normal', 'normal-nc', 'device-nGnRnE'];

function typedRegions({ regions, free }: Kind): fc.Arbitrary<readonly DeviceRegion[]> {
  if (!free) return fc.constant(regions);
  return fc.constantFrom(...TYPES).map((memoryType) => regions.map((region) => ({ ...region, memoryType })));
}

function hostDevice(of: Kind): fc.Arbitrary<HostDevice> {
  const offered = (feature: keyof DeviceMigration) => (of.offers.includes(feature) ? mostly : fc.constant(false));
  return fc
    .record({
      migration: fc.record({
        stopCopy: offered('stopCopy'),
        p2p: offered('p2p'),
        preCopy: offered('preCopy'),
        dirtyTracking: offered('dirtyTracking'),
      }),
      regions: typedRegions(of),
      // Left to the host's own driver: no VM can have it.
      taken: fc.nat(15).map((n) => n === 0),
    })
    .map(({ migration, regions, taken }) => ({
      vendorDevice: of.vendorDevice,
      driver: taken ? 'acme_host' : of.driver,
      migration: taken ? { stopCopy: false, p2p: false, preCopy: false, dirtyTracking: false } : migration,
      regions,
    }));
}

const mapping = ({ index: region, vmFlags, memoryType }: DeviceRegion, device: string): Mapping => ({
  offset: 0n,
  size: GIB,
  backing: 'vfio',
  vmFlags,
  memoryType,
  kernelMapped: false,
  protection: 'rw',
  device,
  region,
});

function slotOf(region: DeviceRegion, device: string, at: number): Memslot {
  return aSlot({ slot: at, gpa: BigInt(at + 1) * GIB, mappings: [mapping(region, device)] });
}

interface Owned {
  readonly device: VmDevice;
  readonly regions: readonly DeviceRegion[];
}

const owned = (kinds: readonly Kind[]): fc.Arbitrary<readonly Owned[]> =>
  fc.tuple(...kinds.map(typedRegions)).map((typed) =>
    kinds.map(({ vendorDevice, driver }, at) => ({
      device: { name: `dev${at}`, vendorDevice, driver },
      regions: typed[at] ?? [],
    })),
  );

function manifestOf(devices: readonly Owned[], vmm: string, viommu: boolean | undefined, mte: boolean): Manifest {
  const pieces = devices.flatMap(({ device, regions }) => regions.map((region) => ({ region, name: device.name })));
  return {
    arch: 'aarch64',
    vm: { type: 'normal', ipaBits: 36, mte },
    memslots: [aSlot(), ...pieces.map(({ region, name }, at) => slotOf(region, name, at + 1))],
    devices: devices.map(({ device }, at) => ({ ...device, ...(at === 0 ? { viommu } : {}) })),
    vmm: { name: vmm },
  };
}

export interface DeviceWorld {
  readonly manifest: Manifest;
  readonly target: Fingerprint;
  readonly source: Fingerprint;
}

/** A VM with up to three devices, the host it runs on, and one that it could go to: everything known, and of one piece. */
export const deviceWorld: fc.Arbitrary<DeviceWorld> = fc.array(kind, { maxLength: 3 }).chain((kinds) =>
  fc
    .record({
      devices: owned(kinds),
      vmm: fc.constantFrom('qemu', 'qemu', 'qemu', 'cloud-hypervisor'),
      viommu: fc.constantFrom(undefined, undefined, undefined, false, true),
      containment: fc.constantFrom(undefined, true, false),
      mte: fc.nat(15).map((n) => n === 0),
      target: knownHost,
      source: knownHost,
      there: fc.tuple(...kinds.map(hostDevice)),
      present: fc.tuple(...kinds.map(() => mostly)),
      more: fc.array(kind.chain(hostDevice), { maxLength: 2 }),
      here: fc.tuple(...kinds.map((one) => hostDevice({ ...one, free: false }))),
    })
    .map(({ devices, vmm, viommu, containment, mte, target, source, there, present, more, here }) => ({
      manifest: manifestOf(devices, vmm, viommu, mte),
      target: {
        ...target,
        devices: [...there.filter((_, at) => present[at]), ...more],
        operator: { containment },
      },
      // The VM's own devices cannot be with another driver.
      source: { ...source, devices: here.map((device, at) => ({ ...device, driver: kinds[at]?.driver })) },
    })),
);

export const anotherDevice: fc.Arbitrary<Owned> = kind
  .chain((one) => owned([one]))
  .map(([one]) => ({ device: { name: 'more', ...one?.device }, regions: one?.regions ?? [] }))
  .map(({ device, regions }) => ({ device: { ...device, name: 'more' }, regions }));

/** The same VM with one device more, and its memory behind that of the others. */
export function withDevice(manifest: Manifest, { device, regions }: Owned): Manifest {
  const memslots = manifest.memslots ?? [];
  const more = regions.map((region, at) => slotOf(region, device.name, memslots.length + at + 1));
  return { ...manifest, memslots: [...memslots, ...more], devices: [...(manifest.devices ?? []), device] };
}
