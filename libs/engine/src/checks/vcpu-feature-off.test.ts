import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion, REGISTERS, withField } from '../../../../test/support/builders-cpu.js';

const ID = 'vcpu-feature-off';
const PFR0 = 'ID_AA64PFR0_EL1';
const PFR1 = 'ID_AA64PFR1_EL1';
const extra = {
  [PFR0]: withField(REGISTERS[PFR0], 32, 1n),
  [PFR1]: withField(REGISTERS[PFR1], 8, 2n),
};

describe(ID, () => {
  it('warns where the registers of the host show what the guest lacks', () => {
    const question = aCpuQuestion({}, { registers: extra });
    expect(said(ID, question)).toBe('warn');
    expect(findingsOf(ID, question)[0]?.actual).toEqual({ features: ['SVE', 'MTE'] });
    expect(failsWith(question)).toBe('nothing fails');
  });

  it('is quiet where the guest has it, where the host has not, and where a side is not known', () => {
    expect(said(ID, aCpuQuestion())).toBe('pass');
    expect(said(ID, aCpuQuestion({ registers: extra, sveVectorLengths: [16] }, { registers: extra }))).toBe('pass');
    expect(said(ID, aCpuQuestion({ registers: { [PFR0]: undefined } }, { registers: { [PFR0]: extra[PFR0] } }))).toBe(
      'pass',
    );
    expect(said(ID, aCpuQuestion({}, { registers: { [PFR0]: undefined } }))).toBe('pass');
  });
});
