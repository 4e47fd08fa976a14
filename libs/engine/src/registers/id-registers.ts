import { type Field, field } from './field.js';

export interface IdRegister {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Must be known for a yes; the others are compared where somebody lists them. */
  readonly required: boolean;
}

const ALWAYS = { fixed: 'always' } as const;

/** MPAM was hidden in 6.13, and in older kernels by backports. */
const HIDDEN = { fixed: 'always', excepted: { kind: 'hidden', shownUntil: undefined } } as const;
/** Shown by 6.12 and hidden by 6.16, as recorded: linux 9d6745572899 "KVM: arm64: Hide ID_AA64MMFR2_EL1.NV from guest and userspace". */
const HIDDEN_AFTER_6_12 = { fixed: 'always', excepted: { kind: 'hidden', shownUntil: [6, 12] } } as const;
/** linux "KVM: arm64: Make MTE_frac masking conditional on MTE capability" (6.16). */
const MTE_FRAC = { fixed: 'always', excepted: { kind: 'mte-frac', shownSince: [6, 16] }, feature: 'mte' } as const;
const PTRAUTH = { fixed: 'always', feature: 'ptrauth' } as const;

/**
 * The ID registers that KVM lets a VMM restore. Positions, signs and directions: linux arch/arm64/tools/sysreg and
 * arch/arm64/kernel/cpufeature.c; what is fixed: the masks in arch/arm64/kvm/sys_regs.c, of which semantics 7.1 has the table.
 * A field that an older kernel does not list is zero there, so that its rule comes to the same.
 */
export const ID_REGISTERS: readonly IdRegister[] = [
  {
    name: 'ID_AA64PFR0_EL1',
    required: true,
    fields: [
      field('CSV3', 60, { early: true }),
      field('CSV2', 56, { early: true }),
      field('RME', 52),
      field('DIT', 48),
      field('AMU', 44, ALWAYS),
      field('MPAM', 40, HIDDEN),
      field('SEL2', 36),
      field('SVE', 32, { fixed: 'always', feature: 'sve' }),
      field('RAS', 28),
      field('GIC', 24),
      field('AdvSIMD', 20, { fixed: 'always', signed: true }),
      field('FP', 16, { fixed: 'always', signed: true }),
      field('EL3', 12),
      field('EL2', 8),
      field('EL1', 4),
      field('EL0', 0),
    ],
  },
  {
    name: 'ID_AA64PFR1_EL1',
    required: true,
    fields: [
      field('PFAR', 60, ALWAYS),
      field('DF2', 56),
      field('MTEX', 52, ALWAYS),
      field('THE', 48, ALWAYS),
      field('GCS', 44, ALWAYS),
      field('MTE_frac', 40, MTE_FRAC),
      field('NMI', 36, ALWAYS),
      field('CSV2_frac', 32),
      field('RNDR_trap', 28, ALWAYS),
      field('SME', 24, ALWAYS),
      field('MPAM_frac', 16, HIDDEN),
      field('RAS_frac', 12),
      field('MTE', 8, { fixed: 'always', feature: 'mte' }),
      field('SSBS', 4),
      field('BT', 0),
    ],
  },
  {
    name: 'ID_AA64DFR0_EL1',
    required: false,
    fields: [
      field('HPMN0', 60, ALWAYS),
      field('ExtTrcBuff', 56, ALWAYS),
      field('BRBE', 52, ALWAYS),
      field('MTPMU', 48, { fixed: 'always', signed: true }),
      field('TraceBuffer', 44, ALWAYS),
      field('TraceFilt', 40, ALWAYS),
      field('DoubleLock', 36, { signed: true }),
      field('PMSVer', 32, ALWAYS),
      field('CTX_CMPs', 28, ALWAYS),
      field('SEBEP', 24, ALWAYS),
      field('WRPs', 20),
      field('PMSS', 16, ALWAYS),
      field('BRPs', 12, ALWAYS),
      // KVM takes the lower of two versions here, although the host's own table says that they must be equal.
      field('PMUVer', 8, { signed: true, early: true, feature: 'pmu' }),
      field('TraceVer', 4, ALWAYS),
      field('DebugVer', 0),
    ],
  },
  {
    name: 'ID_AA64ISAR0_EL1',
    required: true,
    fields: [
      field('RNDR', 60),
      field('TLB', 56),
      field('TS', 52),
      field('FHM', 48),
      field('DP', 44),
      field('SM4', 40),
      field('SM3', 36),
      field('SHA3', 32),
      field('RDM', 28),
      field('TME', 24),
      field('ATOMIC', 20),
      field('CRC32', 16),
      field('SHA2', 12),
      field('SHA1', 8),
      field('AES', 4),
    ],
  },
  {
    name: 'ID_AA64ISAR1_EL1',
    required: true,
    fields: [
      field('LS64', 60),
      field('XS', 56),
      field('I8MM', 52),
      field('DGH', 48),
      field('BF16', 44),
      field('SPECRES', 40),
      field('SB', 36),
      field('FRINTTS', 32),
      field('GPI', 28, PTRAUTH),
      field('GPA', 24, PTRAUTH),
      field('LRCPC', 20),
      field('FCMA', 16),
      field('JSCVT', 12),
      field('API', 8, { ...PTRAUTH, safe: 'exact' }),
      field('APA', 4, { ...PTRAUTH, safe: 'exact' }),
      field('DPB', 0),
    ],
  },
  {
    name: 'ID_AA64ISAR2_EL1',
    required: true,
    fields: [
      field('ATS1A', 60),
      field('LUT', 56),
      field('CSSC', 52),
      field('RPRFM', 48),
      field('PRFMSLC', 40),
      field('SYSINSTR_128', 36),
      field('SYSREG_128', 32),
      field('CLRBHB', 28),
      field('PAC_frac', 24),
      field('BC', 20),
      field('MOPS', 16),
      field('APA3', 12, { ...PTRAUTH, safe: 'exact' }),
      field('GPA3', 8, PTRAUTH),
      field('RPRES', 4),
      field('WFxT', 0),
    ],
  },
  {
    name: 'ID_AA64MMFR0_EL1',
    required: true,
    fields: [
      field('ECV', 60),
      field('FGT', 56),
      field('EXS', 44),
      field('TGRAN4_2', 40, { safe: 'exact', safeValue: 1 }),
      field('TGRAN64_2', 36, { safe: 'exact', safeValue: 1 }),
      field('TGRAN16_2', 32, { safe: 'exact', safeValue: 1 }),
      field('TGRAN4', 28, { signed: true }),
      field('TGRAN64', 24, { signed: true }),
      field('TGRAN16', 20),
      field('BIGENDEL0', 16),
      field('SNSMEM', 12),
      field('BIGEND', 8),
      field('ASIDBITS', 4, { fixed: 'now' }),
      field('PARANGE', 0),
    ],
  },
  {
    name: 'ID_AA64MMFR1_EL1',
    required: true,
    fields: [
      field('ECBHB', 60),
      field('CMOW', 56),
      field('TIDCP1', 52),
      field('nTLBPA', 48),
      field('AFP', 44),
      field('HCX', 40),
      field('ETS', 36),
      field('TWED', 32),
      field('XNX', 28, ALWAYS),
      field('SpecSEI', 24, { safe: 'higher' }),
      field('PAN', 20),
      field('LO', 16),
      field('HPDS', 12),
      field('VH', 8, ALWAYS),
      field('VMIDBits', 4, ALWAYS),
      field('HAFDBS', 0),
    ],
  },
  {
    name: 'ID_AA64MMFR2_EL1',
    required: true,
    fields: [
      field('E0PD', 60),
      field('EVT', 56, ALWAYS),
      field('BBM', 52),
      field('TTL', 48),
      field('FWB', 40, { fixed: 'always', apart: true }),
      field('IDS', 36, ALWAYS),
      field('AT', 32),
      field('ST', 28),
      field('NV', 24, HIDDEN_AFTER_6_12),
      field('CCIDX', 20, ALWAYS),
      field('VARange', 16),
      field('IESB', 12),
      field('LSM', 8),
      field('UAO', 4),
      field('CnP', 0),
    ],
  },
  {
    name: 'ID_AA64MMFR3_EL1',
    required: true,
    fields: [
      field('Spec_FPACC', 60, ALWAYS),
      field('ADERR', 56, ALWAYS),
      field('SDERR', 52, ALWAYS),
      field('ANERR', 44, ALWAYS),
      field('SNERR', 40, ALWAYS),
      field('D128_2', 36, ALWAYS),
      field('D128', 32, ALWAYS),
      field('MEC', 28, ALWAYS),
      field('AIE', 24, ALWAYS),
      field('S2POE', 20, ALWAYS),
      field('S1POE', 16),
      field('S2PIE', 12, ALWAYS),
      field('S1PIE', 8),
      field('SCTLRX', 4),
      field('TCRX', 0),
    ],
  },
];

/** The cache type register: it has spans of its own, and comes after the ID registers. */
export const CTR_EL0: IdRegister = {
  name: 'CTR_EL0',
  required: true,
  fields: [
    field('TminLine', 32, { width: 6, fixed: 'always' }),
    field('DIC', 29, { width: 1 }),
    field('IDC', 28, { width: 1 }),
    field('CWG', 24, ALWAYS),
    field('ERG', 20, ALWAYS),
    field('DminLine', 16),
    // PIPT is 3 and VIPT is 2: a guest that takes PIPT for VIPT invalidates too much, and nothing else.
    field('L1Ip', 14, { width: 2, safe: 'exact', safeValue: 2 }),
    field('IminLine', 0),
  ],
};
