import { compareKernels, type KernelVersion } from '../kernel-release.js';

/** A pseudo-register by which KVM tells what firmware it plays to a guest: linux arch/arm64/include/uapi/asm/kvm.h. */
export interface FirmwareRegister {
  readonly name: string;
  /** As KVM_GET_REG_LIST lists it. */
  readonly id: bigint;
  /** Does the host's value, its default and its most, cover the guest's? */
  readonly covers: (host: bigint, guest: bigint) => boolean;
}

const FW = 0x6030_0000_0014_0000n;
const FW_FEAT_BMAP = 0x6030_0000_0016_0000n;

const subset = (host: bigint, guest: bigint) => (guest & ~host) === 0n;
const LEVEL = 0xfn;
const level = (host: bigint, guest: bigint) => (guest & LEVEL) <= (host & LEVEL);
// KVM knows two levels of workaround 2: not available (0, 1), and available or not required (2, 3).
const half = (host: bigint, guest: bigint) => (guest & LEVEL) < 2n || (host & LEVEL) >= 2n;

export const PSCI_VERSION: FirmwareRegister = {
  name: 'KVM_REG_ARM_PSCI_VERSION',
  id: FW,
  covers: (host, guest) => guest <= host,
};

export const FIRMWARE_REGISTERS: readonly FirmwareRegister[] = [
  PSCI_VERSION,
  { name: 'KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1', id: FW | 1n, covers: level },
  { name: 'KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2', id: FW | 2n, covers: half },
  { name: 'KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3', id: FW | 3n, covers: level },
  { name: 'KVM_REG_ARM_STD_BMAP', id: FW_FEAT_BMAP, covers: subset },
  { name: 'KVM_REG_ARM_STD_HYP_BMAP', id: FW_FEAT_BMAP | 1n, covers: subset },
  { name: 'KVM_REG_ARM_VENDOR_HYP_BMAP', id: FW_FEAT_BMAP | 2n, covers: subset },
  { name: 'KVM_REG_ARM_VENDOR_HYP_BMAP_2', id: FW_FEAT_BMAP | 3n, covers: subset },
];

/** The newest PSCI that each kernel read knows, as major << 16 | minor: 6.1 and 6.12 know 1.1, 7.2 knows 1.3. */
const PSCI_1_1 = 0x1_0001n;
const PSCI_1_3 = 0x1_0003n;
const LAST_READ_WITH_1_1: KernelVersion = [6, 12];
const FIRST_READ_WITH_1_3: KernelVersion = [7, 2];

/** Does a kernel of this release know the version? `undefined`: it was not read. */
export function knowsPsci(release: KernelVersion | undefined, version: bigint): boolean | undefined {
  if (version <= PSCI_1_1) return true;
  if (release === undefined) return undefined;
  if (compareKernels(release, LAST_READ_WITH_1_1) <= 0) return false;
  const beside = compareKernels(release, FIRST_READ_WITH_1_3);
  if (beside >= 0 && version <= PSCI_1_3) return true;
  return beside === 0 ? false : undefined;
}

const listed = new WeakMap<ReadonlyMap<string, bigint>, readonly FirmwareRegister[]>();

/** Those that a document lists: most list none. Worked out once a document. */
export function firmwareOf(registers: ReadonlyMap<string, bigint> | undefined): readonly FirmwareRegister[] {
  if (registers === undefined) return NONE;
  const found = listed.get(registers) ?? FIRMWARE_REGISTERS.filter(({ name }) => registers.has(name));
  listed.set(registers, found);
  return found;
}

const NONE: readonly FirmwareRegister[] = [];
