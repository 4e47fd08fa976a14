// Questions about CPU state, on top of `builders`. By default both sides have the same registers, GIC, counter and register
// list, and nothing is against the VM; a test says only what differs.
import type { Fingerprint, Kvm, Manifest, Phase, Question, Vcpu } from '@berth/engine';
import { aHost, aManifest, type HostGiven } from './builders.js';

export const CPU_PHASES: readonly Phase[] = ['vcpu', 'state-load'];

export type Registers = Readonly<Record<string, bigint | undefined>>;

/** What a 7.2 host with FWB and DIC offers a plain vCPU. */
export const REGISTERS = {
  CTR_EL0: 0xb444c004n,
  ID_AA64PFR0_EL1: 0x1101001021110222n,
  ID_AA64PFR1_EL1: 0x21n,
  ID_AA64MMFR0_EL1: 0x2100032310201126n,
  ID_AA64MMFR1_EL1: 0x10112010312122n,
  ID_AA64MMFR2_EL1: 0x1221011110011011n,
  ID_AA64MMFR3_EL1: 0n,
  ID_AA64ISAR0_EL1: 0x1221111110212120n,
  ID_AA64ISAR1_EL1: 0x111211100211002n,
  ID_AA64ISAR2_EL1: 0x110012n,
} as const satisfies Registers;

/** The same register with another value in one field. */
export function withField(register: bigint, shift: number, value: bigint, width = 4): bigint {
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(shift);
  return (register & ~mask) | (value << BigInt(shift));
}

export const MIDR = 0x410fd490n;
export const LIST = { digest: `sha256:${'1'.repeat(64)}` } as const;

export interface CpuHostGiven extends HostGiven {
  readonly registers?: Registers;
  readonly midr?: readonly bigint[];
  readonly masks?: Registers;
  readonly sanitised?: Registers;
  readonly idc?: boolean;
  readonly kvm?: Partial<Kvm>;
}

export function aCpuHost(asked: CpuHostGiven = {}): Fingerprint {
  const { registers, midr, masks, sanitised, idc, kvm, ...given } = asked;
  const values: Registers = { ...REGISTERS, ...registers };
  const host = aHost({ fwb: isSet(values.ID_AA64MMFR2_EL1, 40n), dic: isSet(values.CTR_EL0, 29n), ...given });
  return {
    ...host,
    cpu: {
      ...host.cpu,
      ...(idc === undefined ? {} : { idc }),
      midr: midr ?? [MIDR],
      idRegisters: mapOf(values),
      ...(sanitised === undefined ? {} : { sanitisedIdRegisters: mapOf(sanitised) }),
    },
    kvm: {
      ...host.kvm,
      gic: ['v3'],
      counterFrequency: 1_000_000_000,
      registerList: LIST,
      ...kvm,
      capabilities: host.kvm?.capabilities,
      ...(masks === undefined ? {} : { writableMasks: mapOf(masks) }),
    },
  };
}

/** FWB and DIC are what the registers say, and there where these are not known. */
function isSet(register: bigint | undefined, shift: bigint): boolean {
  return register === undefined || ((register >> shift) & 1n) === 1n;
}

export interface CpuVmGiven extends Omit<Partial<Vcpu>, 'idRegisters'> {
  readonly registers?: Registers;
  readonly enabledCapabilities?: readonly string[];
}

export function aCpuVm({ registers, enabledCapabilities, ...vcpu }: CpuVmGiven = {}): Manifest {
  return {
    ...aManifest({ enabledCapabilities }),
    vcpu: {
      count: 4,
      gic: 'v3',
      midr: MIDR,
      counterFrequency: 1_000_000_000,
      registerList: LIST,
      idRegisters: mapOf({ ...REGISTERS, ...registers }),
      ...vcpu,
    },
  };
}

/** Leaves out what is given as `undefined`. */
function mapOf(registers: Registers): ReadonlyMap<string, bigint> {
  return new Map(Object.entries(registers).filter((entry): entry is [string, bigint] => entry[1] !== undefined));
}

export function aCpuQuestion(vm: CpuVmGiven = {}, host: CpuHostGiven = {}, given: Partial<Question> = {}): Question {
  return { manifest: aCpuVm(vm), target: aCpuHost(host), phases: CPU_PHASES, ...given };
}
