// Questions of CPU state that little or nothing is against, and that a fact or two would turn.
import type { Question } from '@berth/engine';
import { aCpuQuestion, LIST, MIDR, REGISTERS, withField } from '../support/builders-cpu.js';

const PTRAUTH = { ID_AA64ISAR1_EL1: withField(REGISTERS.ID_AA64ISAR1_EL1, 4, 1n) };
const APA3 = { ID_AA64ISAR2_EL1: withField(REGISTERS.ID_AA64ISAR2_EL1, 12, 1n) };

/** What shows SVE, MTE, pointer authentication and a PMU. */
const FEATURES = {
  ...PTRAUTH,
  ID_AA64PFR0_EL1: withField(REGISTERS.ID_AA64PFR0_EL1, 32, 1n),
  ID_AA64PFR1_EL1: withField(REGISTERS.ID_AA64PFR1_EL1, 8, 2n),
  ID_AA64DFR0_EL1: 0x106n,
};
const NO_PMU = { ID_AA64DFR0_EL1: 6n };

/** In each register one field in which the guest was told of less: taken where it is writable. */
const LESS = {
  CTR_EL0: withField(REGISTERS.CTR_EL0, 16, 3n),
  ID_AA64PFR0_EL1: withField(REGISTERS.ID_AA64PFR0_EL1, 48, 0n),
  ID_AA64PFR1_EL1: withField(REGISTERS.ID_AA64PFR1_EL1, 4, 1n),
  ID_AA64DFR0_EL1: 6n,
  ID_AA64ISAR0_EL1: withField(REGISTERS.ID_AA64ISAR0_EL1, 4, 1n),
  ID_AA64ISAR1_EL1: withField(REGISTERS.ID_AA64ISAR1_EL1, 0, 1n),
  ID_AA64ISAR2_EL1: withField(REGISTERS.ID_AA64ISAR2_EL1, 0, 1n),
  ID_AA64MMFR0_EL1: withField(REGISTERS.ID_AA64MMFR0_EL1, 0, 5n),
  ID_AA64MMFR1_EL1: withField(REGISTERS.ID_AA64MMFR1_EL1, 0, 1n),
  ID_AA64MMFR2_EL1: withField(REGISTERS.ID_AA64MMFR2_EL1, 0, 0n),
  ID_AA64MMFR3_EL1: 0n,
} as const;

/** linux arch/arm64/include/uapi/asm/kvm.h: KVM_REG_ARM_FW and KVM_REG_ARM_FW_FEAT_BMAP. */
const FIRMWARE = {
  KVM_REG_ARM_PSCI_VERSION: 0x1_0001n,
  KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1: 1n,
  KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2: 2n,
  KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3: 1n,
  KVM_REG_ARM_STD_BMAP: 1n,
  KVM_REG_ARM_STD_HYP_BMAP: 1n,
  KVM_REG_ARM_VENDOR_HYP_BMAP: 1n,
  KVM_REG_ARM_VENDOR_HYP_BMAP_2: 1n,
} as const;

const NO_REGISTERS = { registerList: { ...LIST, ids: [] } };
const PTRAUTH_OFFERED = { KVM_CAP_ARM_PTRAUTH_ADDRESS: 1, KVM_CAP_ARM_PTRAUTH_GENERIC: 1 };

const WRITABLE_IDS = 'KVM_CAP_ARM_WRITABLE_IMP_ID_REGS';

/** Fields that KVM shows no guest any more, in a guest that was told of them. */
const HIDDEN = {
  ID_AA64MMFR2_EL1: withField(REGISTERS.ID_AA64MMFR2_EL1, 24, 15n),
  ID_AA64PFR0_EL1: withField(REGISTERS.ID_AA64PFR0_EL1, 40, 15n),
  ID_AA64PFR1_EL1: withField(REGISTERS.ID_AA64PFR1_EL1, 16, 15n),
};

export const CPU_QUESTIONS: readonly Question[] = [
  aCpuQuestion(),
  aCpuQuestion({ registers: LESS }, { registers: { ID_AA64DFR0_EL1: 7n, ID_AA64MMFR3_EL1: 1n } }),
  aCpuQuestion({ registers: NO_PMU }, { registers: FEATURES }),
  aCpuQuestion({ registers: FEATURES }, { registers: NO_PMU }),
  aCpuQuestion(
    { registers: FEATURES, sveVectorLengths: [16] },
    { registers: FEATURES, capabilities: PTRAUTH_OFFERED, kvm: { sveVectorLengths: [16] } },
  ),
  aCpuQuestion({ registers: PTRAUTH }, { registers: { ...PTRAUTH, ...APA3 } }),
  aCpuQuestion({ registers: { ...PTRAUTH, ...APA3 } }, { registers: PTRAUTH }),
  ...Object.entries(FIRMWARE).flatMap(([name, value]) => [
    aCpuQuestion({ registers: { [name]: value } }, { registers: { [name]: value }, kvm: NO_REGISTERS }),
    aCpuQuestion({ registers: { [name]: value } }, { kvm: NO_REGISTERS }),
    aCpuQuestion({ registers: { [name]: value + 1n } }, { registers: { [name]: 0n } }),
  ]),
  aCpuQuestion({ midr: MIDR + 1n }, { capabilities: { [WRITABLE_IDS]: 1 } }),
  aCpuQuestion(
    { registers: { REVIDR_EL1: 1n } },
    { registers: { REVIDR_EL1: 2n }, capabilities: { [WRITABLE_IDS]: 1 } },
  ),
  aCpuQuestion({}, { midr: [MIDR, MIDR + 1n], capabilities: { [WRITABLE_IDS]: 0 } }),
  aCpuQuestion({ midr: MIDR + 1n }, { registers: { MIDR_EL1: MIDR }, capabilities: { [WRITABLE_IDS]: 0 } }),
  aCpuQuestion({ registers: HIDDEN }),
  aCpuQuestion({ registers: { CLIDR_EL1: 0n } }, { registers: { CLIDR_EL1: 1n } }),
  aCpuQuestion({ registers: { CLIDR_EL1: 0n } }, { registers: { CLIDR_EL1: 1n }, release: '6.1.0' }),
  aCpuQuestion({ registers: { GICD_TYPER2: 0n, GICD_IIDR: 0x4b00_343bn } }, { registers: { GICD_TYPER2: 0x100n } }),
  aCpuQuestion({ hasEl2: true }, { capabilities: { KVM_CAP_ARM_EL2: 1 } }),
  aCpuQuestion({ registers: { ID_AA64MMFR2_EL1: undefined } }, {}, { source: { cpu: { fwb: true } } }),
];
