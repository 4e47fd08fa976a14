// The questions for the checks of CPU state: on one side a fact is another than on the other side, and nothing else is.

import type { Said } from '../support/ask.js';
import {
  aCpuQuestion,
  type CpuHostGiven,
  type CpuVmGiven,
  LIST,
  MIDR,
  REGISTERS,
  type Registers,
  withField,
} from '../support/builders-cpu.js';
import type { Claim } from './claim.js';

function claim(check: string, vm: CpuVmGiven, host: CpuHostGiven, says: Exclude<Said, 'pass'> = 'reject'): Claim {
  return { check, says, question: aCpuQuestion(vm, host) };
}

const offering = (name: string, value: number): CpuHostGiven => ({ capabilities: { [name]: value } });
const PFR0 = REGISTERS.ID_AA64PFR0_EL1;
const ISAR1 = REGISTERS.ID_AA64ISAR1_EL1;
const SVE = { ID_AA64PFR0_EL1: withField(PFR0, 32, 1n) };
const PMU = { ID_AA64DFR0_EL1: 0x600n };

const VCPU: readonly Claim[] = [
  claim('vcpu-count', { count: 513 }, offering('KVM_CAP_MAX_VCPUS', 512)),
  claim('vcpu-el1-32bit', {}, offering('KVM_CAP_ARM_EL1_32BIT', 0)),
  claim('vcpu-pmu', { registers: PMU }, { registers: PMU, ...offering('KVM_CAP_ARM_PMU_V3', 0) }),
  claim(
    'vcpu-sve',
    { registers: SVE, sveVectorLengths: [16] },
    {
      registers: SVE,
      kvm: { sveVectorLengths: [16] },
      ...offering('KVM_CAP_ARM_SVE', 0),
    },
  ),
  claim(
    'vcpu-ptrauth',
    { registers: { ID_AA64ISAR1_EL1: withField(ISAR1, 4, 1n) } },
    {
      registers: { ID_AA64ISAR1_EL1: withField(ISAR1, 4, 1n) },
      ...offering('KVM_CAP_ARM_PTRAUTH_ADDRESS', 0),
    },
  ),
  claim('vcpu-el2', { hasEl2: true }, offering('KVM_CAP_ARM_EL2', 0)),
  claim('vcpu-feature-off', {}, { registers: SVE }, 'warn'),
  claim(
    'sve-lengths',
    { registers: SVE, sveVectorLengths: [16, 64] },
    {
      registers: SVE,
      kvm: { sveVectorLengths: [16, 32, 64] },
      ...offering('KVM_CAP_ARM_SVE', 1),
    },
  ),
  claim('gic-model', { gic: 'v2' }, {}),
  claim('counter-frequency', { counterFrequency: 25_000_000 }, {}),
];

/** The host has nothing where the guest has something that no writable mask has, or that must be less. */
const less = (check: string, guest: Registers, host: Registers): Claim =>
  claim(check, { registers: guest }, { registers: host });

const LOWER: readonly (readonly [check: string, register: keyof typeof REGISTERS, shift: number])[] = [
  ['id-register-aa64pfr0', 'ID_AA64PFR0_EL1', 48],
  ['id-register-aa64pfr1', 'ID_AA64PFR1_EL1', 4],
  ['id-register-aa64isar0', 'ID_AA64ISAR0_EL1', 60],
  ['id-register-aa64isar1', 'ID_AA64ISAR1_EL1', 52],
  ['id-register-aa64isar2', 'ID_AA64ISAR2_EL1', 16],
  ['id-register-aa64mmfr0', 'ID_AA64MMFR0_EL1', 56],
  ['id-register-aa64mmfr1', 'ID_AA64MMFR1_EL1', 28],
  ['id-register-aa64mmfr2', 'ID_AA64MMFR2_EL1', 56],
];

const STATE_LOAD: readonly Claim[] = [
  claim('gic-revision', { registers: { GICD_IIDR: 0x4b00_143bn } }, {}),
  less('gic-direct-sgis', { GICD_TYPER2: 0x100n }, { GICD_TYPER2: 0n }),
  claim('register-list-missing', { registerList: { ids: [1n, 2n] } }, { kvm: { registerList: { ids: [1n] } } }),
  claim('register-list-extra', { registerList: { ids: [1n] } }, { kvm: { registerList: { ids: [1n, 2n] } } }, 'warn'),
  less('id-register-fwb', {}, { ID_AA64MMFR2_EL1: withField(REGISTERS.ID_AA64MMFR2_EL1, 40, 0n) }),
  claim('midr', { midr: MIDR + 1n }, offering('KVM_CAP_ARM_WRITABLE_IMP_ID_REGS', 0)),
  claim(
    'midr-others',
    { registers: { REVIDR_EL1: 1n } },
    {
      registers: { REVIDR_EL1: 2n },
      ...offering('KVM_CAP_ARM_WRITABLE_IMP_ID_REGS', 0),
    },
  ),
  ...LOWER.map(([check, register, shift]) =>
    less(check, {}, { [register]: withField(REGISTERS[register], shift, 0n) }),
  ),
  less('id-register-aa64dfr0', { ID_AA64DFR0_EL1: 0x5006n }, { ID_AA64DFR0_EL1: 0x3006n }),
  less('id-register-aa64mmfr3', { ID_AA64MMFR3_EL1: 1n }, { ID_AA64MMFR3_EL1: 0n }),
  claim('clidr-el1', { registers: { CLIDR_EL1: 1n } }, { registers: { CLIDR_EL1: 2n }, release: '6.1.0' }),
  less('ctr-el0', {}, { CTR_EL0: withField(REGISTERS.CTR_EL0, 29, 0n, 1) }),
  claim(
    'id-register-others',
    { registers: { ID_AA64ZFR0_EL1: 1n } },
    {
      registers: { ID_AA64ZFR0_EL1: 2n },
      masks: { ID_AA64ZFR0_EL1: 0n },
    },
  ),
  claim(
    'firmware-register-known',
    { registers: { KVM_REG_ARM_STD_BMAP: 1n } },
    {
      kvm: { registerList: { ...LIST, ids: [1n] } },
    },
  ),
  claim('firmware-psci-version', { registers: { KVM_REG_ARM_PSCI_VERSION: 0x10004n } }, {}),
  less('firmware-value', { KVM_REG_ARM_STD_BMAP: 3n }, { KVM_REG_ARM_STD_BMAP: 1n }),
];

export const CPU_CORPUS: readonly Claim[] = [...VCPU, ...STATE_LOAD];
