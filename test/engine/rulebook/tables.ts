// Questions that go through the engine's tables, row by row: each driver of the catalogue, each field of a register.
import { BUILT_IN_ROWS, type Fingerprint, isMappingRow, type Mapping, type Question } from '@berth/engine';
import { aHost, GIB } from '../../support/builders.js';
import {
  aCpuQuestion,
  type CpuHostGiven,
  LIST,
  REGISTERS,
  type Registers,
  withField,
} from '../../support/builders-cpu.js';
import { aDeviceVm, aHostDevice, DEVICE_AND_MEMORY } from '../../support/builders-devices.js';

const MODEL = '1d0f:efa0';
/** One beyond what any driver has, and none. */
const REGIONS = [undefined, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** The hosts on which a driver's memory fares differently. */
const HOSTS: readonly ((driver: string) => Fingerprint)[] = [
  (driver) => aHost({ devices: [aHostDevice({ vendorDevice: MODEL, driver, migration: {}, regions: undefined })] }),
  (driver) => aHost({ fwb: false, devices: [aHostDevice({ vendorDevice: MODEL, driver, regions: undefined })] }),
  (driver) => aHost({ generation: 'normal-nc', devices: [aHostDevice({ vendorDevice: MODEL, driver })] }),
  (driver) => aHost({ generation: 'device-only', devices: undefined, vmm: { name: driver } }),
];

/** A VM that owns a device of each driver and says nothing of its memory but the region. */
export function driverQuestions(): ReadonlyMap<string, readonly Question[]> {
  const drivers = BUILT_IN_ROWS.flatMap((row) => (isMappingRow(row) ? row.drivers : [row.driver]));
  return new Map([...new Set(drivers), 'acme_vfio_pci'].map((driver) => [driver, questionsOf(driver)]));
}

function questionsOf(driver: string): readonly Question[] {
  const asked = REGIONS.flatMap((region) =>
    HOSTS.flatMap((host) =>
      [memoryOf(region), { ...memoryOf(region), memoryType: 'normal' as const }].map((mapping) =>
        questionOf(driver, mapping, host(driver)),
      ),
    ),
  );
  return [...asked, ...asked.map(({ source: _, ...question }) => question)];
}

function memoryOf(region: number | undefined): Mapping {
  return { offset: 0n, size: GIB, protection: 'rw', device: 'one', region };
}

function questionOf(driver: string, mapping: Mapping, target: Fingerprint): Question {
  const device = { vendorDevice: MODEL, driver };
  const manifest = aDeviceVm({
    devices: [
      { name: 'one', ...device },
      { name: 'two', ...device },
    ],
    mappings: [mapping],
  });
  return { manifest, target, source: target, phases: DEVICE_AND_MEMORY };
}

const OTHERS = { ID_AA64DFR0_EL1: 0x6n } as const;
const ALL: Registers = { ...REGISTERS, ...OTHERS };

/** What the guest has and what the host has, in one field and nowhere else. */
const VALUES = [
  [0n, 1n],
  [1n, 0n],
  [1n, 2n],
  [2n, 1n],
  [3n, 2n],
  [7n, 8n],
  [8n, 7n],
  [0n, 8n],
  [8n, 12n],
  [12n, 8n],
  [15n, 0n],
  [0n, 15n],
] as const;
const SHIFTS = Array.from({ length: 16 }, (_, at) => at * 4);
const RELEASES = ['6.1.0', '6.12.0', '7.2.13', undefined] as const;

/** Around each border of what kernels let a VMM write. */
const BORDERS = [
  '0.0.1',
  '6.2.0',
  '6.3.0',
  '6.8.0',
  '6.9.0',
  '6.11.0',
  '6.13.0',
  '6.14.0',
  '6.16.0',
  '7.0.0',
  '7.1.0',
] as const;
const LESS = [0n, 1n] as const;
/** Of the I-cache policies, VIPT in the guest and PIPT on the host: CTR_EL0.L1Ip begins in the middle of four bits. */
const PIPT = [8n, 12n] as const;
const EVERY_BIT = 2n ** 64n - 1n;

/** Each field of each register, more and less on one side than on the other. */
export function registerQuestions(): ReadonlyMap<string, readonly Question[]> {
  const ofFields = Object.keys(ALL).map((register) => [register, fieldQuestions(register)] as const);
  const ofFirmware = [...FIRMWARE].map(([name, id]) => [name, firmwareQuestions(name, id)] as const);
  return new Map([...ofFields, ['ID_AA64PFR1_EL1 with MTE', mteQuestions()], ...ofFirmware]);
}

/** As KVM_GET_REG_LIST lists them: linux arch/arm64/include/uapi/asm/kvm.h. */
const FIRMWARE: ReadonlyMap<string, bigint> = new Map([
  ['KVM_REG_ARM_PSCI_VERSION', 0x6030_0000_0014_0000n],
  ['KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1', 0x6030_0000_0014_0001n],
  ['KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2', 0x6030_0000_0014_0002n],
  ['KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3', 0x6030_0000_0014_0003n],
  ['KVM_REG_ARM_STD_BMAP', 0x6030_0000_0016_0000n],
  ['KVM_REG_ARM_STD_HYP_BMAP', 0x6030_0000_0016_0001n],
  ['KVM_REG_ARM_VENDOR_HYP_BMAP', 0x6030_0000_0016_0002n],
  ['KVM_REG_ARM_VENDOR_HYP_BMAP_2', 0x6030_0000_0016_0003n],
]);
const FIRMWARE_VALUES = [0n, 1n, 2n, 3n, 0x12n, 0x10000n, 0x10001n, 0x10002n, 0x10003n, 0x10004n] as const;
const PSCI_RELEASES = ['6.1.0', '6.11.0', '6.12.0', '6.13.0', '7.1.0', '7.2.13', '7.3.0', undefined] as const;

/** Each value of a firmware register beside each other, and beside hosts that do not tell theirs. */
function firmwareQuestions(name: string, id: bigint): readonly Question[] {
  const asked = (guest: bigint, host: CpuHostGiven) => aCpuQuestion({ registers: { [name]: guest } }, host);
  return FIRMWARE_VALUES.flatMap((guest) => [
    ...FIRMWARE_VALUES.map((host) => asked(guest, { registers: { [name]: host } })),
    ...PSCI_RELEASES.map((release) => asked(guest, { release })),
    ...[id - 1n, id, id + 1n].map((listed) => asked(guest, { kvm: { registerList: { ...LIST, ids: [listed] } } })),
  ]);
}

/** Asynchronous faults of MTE2 are told apart in a field of their own, which kernels before 6.16 did not show. */
function mteQuestions(): readonly Question[] {
  const values = [0n, 1n, 2n, 3n].flatMap((mte) => [0n, 1n, 14n, 15n].map((frac) => mteRegister(mte, frac)));
  const hosts = [mteRegister(2n, 15n), mteRegister(3n, 15n), mteRegister(2n, 0n), mteRegister(1n, 15n)];
  return hosts.flatMap((host) =>
    values.flatMap((guest) =>
      ['6.1.0', '6.12.0', '6.15.0', '6.16.0', '7.2.13', undefined].map((release) =>
        aCpuQuestion({ registers: { ID_AA64PFR1_EL1: guest } }, { registers: { ID_AA64PFR1_EL1: host }, release }),
      ),
    ),
  );
}

function mteRegister(mte: bigint, frac: bigint): bigint {
  return withField(withField(REGISTERS.ID_AA64PFR1_EL1, 8, mte), 40, frac);
}

function fieldQuestions(register: string): readonly Question[] {
  const everywhere = SHIFTS.flatMap((shift) =>
    VALUES.flatMap((values) => RELEASES.map((release) => fieldQuestion(register, shift, values, release))),
  );
  const atBorders = BORDERS.flatMap((release) =>
    SHIFTS.flatMap((shift) => [LESS, PIPT].map((values) => fieldQuestion(register, shift, values, release))),
  );
  const writable = SHIFTS.flatMap((shift) =>
    VALUES.flatMap((values) =>
      ['7.2.13', undefined].map((release) =>
        fieldQuestion(register, shift, values, release, { [register]: EVERY_BIT }),
      ),
    ),
  );
  return [...everywhere, ...atBorders, ...writable];
}

function fieldQuestion(
  register: string,
  shift: number,
  [guest, host]: readonly [bigint, bigint],
  release: string | undefined,
  masks?: Registers,
): Question {
  const having = (value: bigint) => ({ ...OTHERS, [register]: withField(ALL[register] ?? 0n, shift, value) });
  const probed = masks === undefined ? {} : { masks };
  return aCpuQuestion({ registers: having(guest) }, { registers: having(host), release, ...probed });
}
