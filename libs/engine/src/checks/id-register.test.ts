import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion, type CpuHostGiven, REGISTERS, withField } from '../../../../test/support/builders-cpu.js';
import { decide } from '../decide.js';
import { ID_REGISTERS } from '../registers/id-registers.js';
import { ctrEl0, idRegisters } from './id-register.js';

type Name = keyof typeof REGISTERS;

const checkOf = (name: string) => (name === 'CTR_EL0' ? 'ctr-el0' : `id-register-${name.slice(3, -4).toLowerCase()}`);

/** The guest has one value in a field, the host another. */
function differing(name: Name, shift: number, guest: bigint, host: bigint, on: CpuHostGiven = {}) {
  const value = REGISTERS[name];
  return aCpuQuestion(
    { registers: { [name]: withField(value, shift, guest) } },
    { ...on, registers: { [name]: withField(value, shift, host), ...on.registers } },
  );
}

const ask = (...given: Parameters<typeof differing>) => said(checkOf(given[0]), differing(...given));

describe.each([...idRegisters, ctrEl0].map(({ id }) => ({ id })))('$id', ({ id }) => {
  const name = (id === 'ctr-el0' ? 'CTR_EL0' : `ID_${id.slice(12).toUpperCase()}_EL1`) as Name;

  it('says yes to equal values, on every kernel', () => {
    for (const release of ['6.1.0', '6.8.1', '6.12.0', '7.0.0', '7.2.13', undefined])
      expect(said(id, aCpuQuestion({}, { release }))).toBe('pass');
  });

  it('does not know with a side missing', () => {
    const value = 0x1n;
    const [guest, host] = [`/manifest/vcpu/idRegisters/${name}`, `/fingerprint/cpu/idRegisters/${name}`];
    const known = { registers: { [name]: value } };
    const gone = { registers: { [name]: undefined } };
    expect(missingOf(id, aCpuQuestion(known, gone))).toEqual([host]);
    expect(missingOf(id, aCpuQuestion(gone, known))).toEqual([guest]);
    expect(said(id, aCpuQuestion(known, gone))).toBe('unknown');
    const required = name in REGISTERS;
    expect(missingOf(id, aCpuQuestion(gone, gone))).toEqual(required ? [host, guest].sort() : []);
  });
});

describe('a field that may be lower', () => {
  it('is refused where the guest has more', () => {
    const question = differing('ID_AA64ISAR0_EL1', 60, 1n, 0n);
    expect(failsWith(question)).toBe('state-load ID_REGISTER_MISMATCH EINVAL refused - -');
    expect(findingsOf('id-register-aa64isar0', question)[0]).toMatchObject({
      actual: {
        register: 'ID_AA64ISAR0_EL1',
        fields: [{ field: 'RNDR', guest: 1, host: 0, direction: 'higher' }],
      },
      sourceOutcome: 'resumed',
      message: 'KVM_SET_ONE_REG refuses ID_AA64ISAR0_EL1: RNDR is 1 in the guest and 0 on the host.',
    });
  });

  it('is taken where the guest has less, since 7.1', () => {
    expect(ask('ID_AA64ISAR0_EL1', 60, 0n, 1n)).toBe('pass');
    expect(ask('ID_AA64ISAR0_EL1', 60, 0n, 1n, { release: '7.1.0' })).toBe('pass');
  });

  it('is not known to be taken before, where the mask was not read, and refused where nothing is writable', () => {
    const mask = ['/fingerprint/kvm/writableMasks/ID_AA64ISAR0_EL1'];
    for (const release of ['6.2.0', '6.8.1', '6.12.0', '7.0.14'])
      expect(missingOf('id-register-aa64isar0', differing('ID_AA64ISAR0_EL1', 60, 0n, 1n, { release }))).toEqual(mask);
    expect(ask('ID_AA64ISAR0_EL1', 60, 0n, 1n, { release: '6.1.176' })).toBe('reject');
    const unknown = differing('ID_AA64ISAR0_EL1', 60, 0n, 1n, { release: undefined });
    expect(missingOf('id-register-aa64isar0', unknown)).toEqual(['/fingerprint/kernel/release', ...mask]);
  });

  it('is refused on every kernel where the guest has more: writable or not, none takes it', () => {
    for (const release of ['6.1.0', '6.2.0', '6.12.0', '7.0.14', '7.3.0', undefined])
      expect(ask('ID_AA64ISAR0_EL1', 60, 1n, 0n, { release })).toBe('reject');
  });
});

describe('directions', () => {
  it.each([
    // SpecSEI: the guest must expect what the host may do.
    ['ID_AA64MMFR1_EL1', 24, 1n, 0n, 'pass'],
    ['ID_AA64MMFR1_EL1', 24, 0n, 1n, 'reject'],
    // TGRAN4_2 must be equal, or 1: not supported at stage 2.
    ['ID_AA64MMFR0_EL1', 40, 1n, 2n, 'pass'],
    ['ID_AA64MMFR0_EL1', 40, 2n, 1n, 'reject'],
    ['ID_AA64MMFR0_EL1', 40, 2n, 3n, 'reject'],
    // TGRAN4 is signed: 0xf says that there is none.
    ['ID_AA64MMFR0_EL1', 28, 0xfn, 0n, 'pass'],
    ['ID_AA64MMFR0_EL1', 28, 0n, 0xfn, 'reject'],
    ['ID_AA64MMFR0_EL1', 28, 0n, 1n, 'pass'],
    // TGRAN16 is not.
    ['ID_AA64MMFR0_EL1', 20, 0xfn, 0n, 'reject'],
    ['ID_AA64PFR0_EL1', 60, 0n, 1n, 'pass'],
    ['ID_AA64PFR0_EL1', 60, 1n, 0n, 'reject'],
    ['ID_AA64MMFR3_EL1', 8, 0n, 1n, 'pass'],
  ] as const)('%s at bit %i: guest %s on host %s: %s', (name, shift, guest, host, answer) => {
    expect(ask(name, shift, guest, host)).toBe(answer);
  });
});

describe('fields that are in no writable mask', () => {
  it.each([
    ['ID_AA64MMFR2_EL1', 56, 'EVT'],
    ['ID_AA64MMFR2_EL1', 36, 'IDS'],
    ['ID_AA64MMFR2_EL1', 20, 'CCIDX'],
    ['ID_AA64MMFR1_EL1', 28, 'XNX'],
    ['ID_AA64MMFR1_EL1', 8, 'VH'],
    ['ID_AA64MMFR1_EL1', 4, 'VMIDBits'],
    ['ID_AA64PFR0_EL1', 20, 'AdvSIMD'],
    ['ID_AA64PFR0_EL1', 16, 'FP'],
    ['ID_AA64PFR0_EL1', 44, 'AMU'],
    ['ID_AA64PFR1_EL1', 24, 'SME'],
    ['ID_AA64PFR1_EL1', 44, 'GCS'],
    ['ID_AA64PFR1_EL1', 36, 'NMI'],
    ['ID_AA64PFR1_EL1', 48, 'THE'],
    ['ID_AA64PFR1_EL1', 60, 'PFAR'],
    ['ID_AA64PFR1_EL1', 28, 'RNDR_trap'],
    ['ID_AA64MMFR3_EL1', 24, 'AIE'],
  ] as const)('%s at bit %i, %s: refused both ways on every kernel', (name, shift, field) => {
    for (const release of ['6.1.0', '6.8.1', '7.0.14', '7.2.13', undefined])
      for (const [guest, host] of [
        [1n, 2n],
        [2n, 1n],
      ] as const) {
        const question = differing(name, shift, guest, host, { release });
        expect(said(checkOf(name), question)).toBe('reject');
        expect(JSON.stringify(findingsOf(checkOf(name), question)[0]?.actual)).toContain(field);
      }
  });

  it('are fixed since some kernel: ASIDBITS', () => {
    expect(ask('ID_AA64MMFR0_EL1', 4, 0n, 2n)).toBe('reject');
    expect(ask('ID_AA64MMFR0_EL1', 4, 0n, 2n, { release: '6.8.1' })).toBe('unknown');
  });

  it('are every bit that no field has', () => {
    expect(ask('ID_AA64ISAR0_EL1', 0, 1n, 0n)).toBe('reject');
    expect(ask('ID_AA64ISAR0_EL1', 0, 0n, 1n)).toBe('reject');
    expect(ask('ID_AA64ISAR0_EL1', 0, 0n, 1n, { release: '6.12.0' })).toBe('unknown');
    expect(ask('ID_AA64ISAR0_EL1', 0, 0n, 1n, { release: '6.1.0' })).toBe('reject');
    const masks = { ID_AA64ISAR0_EL1: 2n ** 64n - 1n };
    const inMask = differing('ID_AA64ISAR0_EL1', 0, 0n, 1n, { masks });
    expect(missingOf('id-register-aa64isar0', inMask)).toEqual(['/rulebook/ID_AA64ISAR0_EL1']);
  });

  it('are all named in one finding', () => {
    const value = withField(withField(REGISTERS.ID_AA64MMFR1_EL1, 28, 0n), 4, 0n);
    const [finding, ...more] = findingsOf(
      'id-register-aa64mmfr1',
      aCpuQuestion({ registers: { ID_AA64MMFR1_EL1: value } }),
    );
    expect(more).toEqual([]);
    expect(finding?.actual.fields).toEqual([
      { field: 'XNX', guest: 0, host: 1, direction: 'lower' },
      { field: 'VMIDBits', guest: 0, host: 2, direction: 'lower' },
    ]);
  });
});

describe('masks that were probed', () => {
  it('outrank the release', () => {
    const masks = { ID_AA64ISAR0_EL1: 0xfn << 60n };
    for (const release of ['6.1.0', '6.12.0', '7.2.13', undefined]) {
      expect(ask('ID_AA64ISAR0_EL1', 60, 0n, 1n, { release, masks })).toBe('pass');
      expect(ask('ID_AA64ISAR0_EL1', 60, 1n, 0n, { release, masks })).toBe('reject');
      expect(ask('ID_AA64ISAR0_EL1', 56, 0n, 1n, { release, masks })).toBe('reject');
    }
  });

  it('let a field differ only where all of it is writable', () => {
    expect(ask('ID_AA64ISAR0_EL1', 60, 0n, 1n, { masks: { ID_AA64ISAR0_EL1: 0x7n << 60n } })).toBe('reject');
  });
});

describe('what was not read in full', () => {
  it.each([
    ['ID_AA64PFR0_EL1', 60],
    ['ID_AA64PFR0_EL1', 56],
  ] as const)('6.1: %s at bit %i is not known', (name, shift) => {
    for (const [guest, host] of [
      [0n, 1n],
      [1n, 0n],
    ] as const) {
      const question = differing(name, shift, guest, host, { release: '6.1.0' });
      expect(missingOf(checkOf(name), question)).toEqual([`/fingerprint/kvm/writableMasks/${name}`]);
    }
    expect(ask(name, shift, 1n, 0n, { release: undefined })).toBe('unknown');
  });
});

describe('fields that KVM hides and takes as older kernels gave them', () => {
  const HIDDEN = [
    ['ID_AA64MMFR2_EL1', 24, 'NV'],
    ['ID_AA64PFR0_EL1', 40, 'MPAM'],
    ['ID_AA64PFR1_EL1', 16, 'MPAM_frac'],
  ] as const;

  it.each(HIDDEN)('%s at bit %i, %s: taken where the hardware has that value', (name, shift) => {
    const own = (value: bigint) => ({ sanitised: { [name]: value << BigInt(shift) } });
    expect(ask(name, shift, 2n, 0n, own(2n))).toBe('pass');
    expect(ask(name, shift, 2n, 0n, own(1n))).toBe('reject');
    expect(ask(name, shift, 1n, 0n, own(2n))).toBe('reject');
    expect(ask(name, shift, 2n, 0n, { ...own(2n), release: undefined })).toBe('pass');
  });

  it.each(HIDDEN)('%s at bit %i, %s: not known where nobody says what the hardware has', (name, shift) => {
    for (const release of ['6.16.0', '7.2.13', undefined])
      expect(missingOf(checkOf(name), differing(name, shift, 2n, 0n, { release }))).toEqual([
        `/fingerprint/cpu/sanitisedIdRegisters/${name}`,
      ]);
  });

  it.each(HIDDEN)('%s at bit %i, %s: refused where the host shows it, and on 6.1', (name, shift) => {
    expect(ask(name, shift, 2n, 0n, { release: '6.1.0', sanitised: { [name]: 2n << BigInt(shift) } })).toBe('reject');
    expect(ask(name, shift, 0n, 2n)).toBe('reject');
    expect(ask(name, shift, 0n, 2n, { release: '6.12.0' })).toBe('reject');
  });

  it('NV is shown up to 6.12, so that a zero there is one', () => {
    expect(ask('ID_AA64MMFR2_EL1', 24, 2n, 0n, { release: '6.12.107' })).toBe('reject');
    expect(ask('ID_AA64MMFR2_EL1', 24, 2n, 0n, { release: '6.13.0' })).toBe('unknown');
    expect(ask('ID_AA64PFR0_EL1', 40, 2n, 0n, { release: '6.12.107' })).toBe('unknown');
  });
});

describe('features that a VMM asks for', () => {
  const PFR1 = 'ID_AA64PFR1_EL1';

  it('are no difference where the guest has none of it', () => {
    expect(ask('ID_AA64PFR0_EL1', 32, 0n, 1n)).toBe('pass');
    expect(ask(PFR1, 8, 0n, 2n)).toBe('pass');
    expect(ask('ID_AA64ISAR1_EL1', 4, 0n, 1n)).toBe('pass');
  });

  it('are judged by the capability where there is one value of it: SVE', () => {
    expect(ask('ID_AA64PFR0_EL1', 32, 1n, 0n)).toBe('pass');
  });

  it('are not known where the host was read without: MTE, pointer authentication, PMU', () => {
    expect(missingOf('id-register-aa64pfr1', differing(PFR1, 8, 2n, 0n))).toEqual([
      `/fingerprint/cpu/idRegisters/${PFR1}`,
    ]);
    expect(ask('ID_AA64ISAR1_EL1', 4, 1n, 0n)).toBe('unknown');
    const pmu = aCpuQuestion({ registers: { ID_AA64DFR0_EL1: 0x600n } }, { registers: { ID_AA64DFR0_EL1: 0n } });
    expect(said('id-register-aa64dfr0', pmu)).toBe('unknown');
  });

  it('are compared where both have it', () => {
    expect(ask(PFR1, 8, 2n, 3n)).toBe('reject');
    expect(ask(PFR1, 8, 3n, 2n)).toBe('reject');
    expect(ask('ID_AA64ISAR1_EL1', 4, 1n, 2n)).toBe('reject');
    const qarma5 = { ID_AA64ISAR1_EL1: withField(REGISTERS.ID_AA64ISAR1_EL1, 4, 1n) };
    const qarma3 = { ID_AA64ISAR2_EL1: withField(REGISTERS.ID_AA64ISAR2_EL1, 12, 1n) };
    const question = aCpuQuestion({ registers: qarma5 }, { registers: qarma3 });
    expect(said('id-register-aa64isar1', question)).toBe('reject');
    expect(said('id-register-aa64isar2', question)).toBe('reject');
  });

  it('are not known where a register that would tell is not', () => {
    const guest = { ID_AA64ISAR1_EL1: REGISTERS.ID_AA64ISAR1_EL1, ID_AA64ISAR2_EL1: undefined };
    const host = { ID_AA64ISAR1_EL1: withField(REGISTERS.ID_AA64ISAR1_EL1, 4, 1n) };
    expect(missingOf('id-register-aa64isar1', aCpuQuestion({ registers: guest }, { registers: host }))).toEqual([
      '/manifest/vcpu/idRegisters/ID_AA64ISAR2_EL1',
    ]);
    const turned = aCpuQuestion({ registers: host }, { registers: guest });
    expect(missingOf('id-register-aa64isar1', turned)).toEqual(['/fingerprint/cpu/idRegisters/ID_AA64ISAR2_EL1']);
  });

  it('of a PMU: the version may be lower, and 0xf is none', () => {
    const pmu = (guest: bigint, host: bigint, release = '7.2.13') =>
      said(
        'id-register-aa64dfr0',
        aCpuQuestion(
          { registers: { ID_AA64DFR0_EL1: guest << 8n } },
          { release, registers: { ID_AA64DFR0_EL1: host << 8n } },
        ),
      );
    expect([pmu(4n, 6n), pmu(6n, 4n), pmu(0xfn, 6n), pmu(4n, 6n, '6.1.0')]).toEqual([
      'pass',
      'reject',
      'pass',
      'unknown',
    ]);
  });

  it('of MTE: kernels since 6.16 tell MTE_frac, and take the zero that was given before', () => {
    const frac = (guest: bigint, host: bigint, release: string | undefined = '7.2.13') =>
      said(
        'id-register-aa64pfr1',
        aCpuQuestion({ registers: { [PFR1]: guest } }, { release, registers: { [PFR1]: host } }),
      );
    expect(frac(0x200n, 0xf00_0000_0200n)).toBe('pass');
    expect(frac(0x200n, 0xf00_0000_0200n, '6.16.0')).toBe('pass');
    expect(frac(0x200n, 0xf00_0000_0200n, '6.15.0')).toBe('reject');
    expect(frac(0xf00_0000_0200n, 0x200n)).toBe('reject');
    // With MTE3 the field says nothing, and a host that has asynchronous faults shows them.
    expect(frac(0x300n, 0xf00_0000_0300n)).toBe('reject');
    expect(frac(0x200n, 0x100_0000_0200n)).toBe('reject');
    const registers = { [PFR1]: 0xf00_0000_0200n };
    const unread = aCpuQuestion({ registers: { [PFR1]: 0x200n } }, { registers, release: undefined });
    expect(missingOf('id-register-aa64pfr1', unread)).toEqual(['/fingerprint/kernel/release']);
  });
});

describe('ctr-el0', () => {
  const CTR = 'CTR_EL0';
  const ctr = (shift: number, width: number, guest: bigint, host: bigint, on: CpuHostGiven = {}) =>
    said(
      'ctr-el0',
      aCpuQuestion(
        { registers: { [CTR]: withField(REGISTERS[CTR], shift, guest, width) } },
        { ...on, registers: { [CTR]: withField(REGISTERS[CTR], shift, host, width) } },
      ),
    );

  it.each([
    ['DIC', 29, 1],
    ['IDC', 28, 1],
    ['DminLine', 16, 4],
    ['IminLine', 0, 4],
  ])('%s may be lower since 6.12', (_, shift, width) => {
    for (const release of ['6.12.0', '6.13.1', '6.14.0', '7.2.13'])
      expect([ctr(shift, width, 0n, 1n, { release }), ctr(shift, width, 1n, 0n, { release })]).toEqual([
        'pass',
        'reject',
      ]);
    for (const release of ['6.9.0', '6.11.9', undefined])
      expect([ctr(shift, width, 0n, 1n, { release }), ctr(shift, width, 1n, 0n, { release })]).toEqual([
        'unknown',
        'reject',
      ]);
    for (const release of ['6.1.0', '6.8.12'])
      expect([ctr(shift, width, 0n, 1n, { release }), ctr(shift, width, 1n, 0n, { release })]).toEqual([
        'reject',
        'reject',
      ]);
  });

  it('L1Ip may be VIPT on a PIPT host since 6.14', () => {
    expect([ctr(14, 2, 2n, 3n), ctr(14, 2, 3n, 2n), ctr(14, 2, 1n, 3n)]).toEqual(['pass', 'reject', 'reject']);
    expect([ctr(14, 2, 2n, 3n, { release: '6.14.0' }), ctr(14, 2, 2n, 3n, { release: '6.13.0' })]).toEqual([
      'pass',
      'reject',
    ]);
  });

  it.each([
    ['CWG', 24],
    ['ERG', 20],
  ])('%s must be equal', (_, shift) => {
    for (const release of ['6.1.0', '6.10.0', '6.12.0', '7.2.13', undefined])
      expect([ctr(shift, 4, 3n, 4n, { release }), ctr(shift, 4, 4n, 3n, { release })]).toEqual(['reject', 'reject']);
  });
});

describe('the table', () => {
  it('has each bit of a register in one field at most', () => {
    for (const { name, fields } of ID_REGISTERS) {
      const bits = fields.reduce((sum, { mask }) => sum + mask, 0n);
      const union = fields.reduce((all, { mask }) => all | mask, 0n);
      expect(bits, name).toBe(union);
      expect(union < 2n ** 64n, name).toBe(true);
      expect(fields.map(({ shift }) => shift)).toEqual(fields.map(({ shift }) => shift).sort((a, b) => Number(b - a)));
    }
  });

  it('does not believe a register that another fact contradicts', () => {
    const question = aCpuQuestion({}, { dic: false, cap243: undefined });
    expect(missingOf('ctr-el0', question)).toEqual(['/fingerprint/cpu/idRegisters/CTR_EL0']);
    expect(decide(question).outcome).toBe('indeterminate');
  });
});
