import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aDeviceQuestion } from '../../../../test/support/builders-devices.js';
import type { Vcpu } from '../model/manifest.js';
import type { Question } from '../model/question.js';

const ID = 'source-nested';
const HCR_EL2 = 0x6030_0000_0013_e088n;
const SCTLR_EL1 = 0x6030_0000_0013_c080n;

function asks(vcpu: Vcpu | undefined, name: string | undefined = 'qemu'): Question {
  const question = aDeviceQuestion({ phases: ['source'], vm: { devices: [], mappings: [] } });
  return { ...question, manifest: { ...question.manifest, vcpu, vmm: { name } } };
}

describe(ID, () => {
  it('says no to a guest with EL2 under QEMU, stated or shown by its registers', () => {
    expect(failsWith(asks({ hasEl2: true }))).toBe('source NESTED_VM_NOT_MIGRATABLE no errno refused - -');
    expect(said(ID, asks({ registerList: { ids: [SCTLR_EL1, HCR_EL2] } }))).toBe('reject');
    expect(said(ID, asks({ hasEl2: false, registerList: { ids: [HCR_EL2] } }))).toBe('reject');
  });

  it('says yes to a guest without, and to a manifest that does not speak of it', () => {
    for (const vcpu of [{ hasEl2: false }, {}, undefined, { registerList: { ids: [SCTLR_EL1] } }])
      expect(said(ID, asks(vcpu))).toBe('pass');
  });

  it('is not misled by ID_AA64PFR0_EL1.EL2, which guests without EL2 are shown too', () => {
    expect(said(ID, asks({ idRegisters: new Map([['ID_AA64PFR0_EL1', 0x1101001021110222n]]) }))).toBe('pass');
  });

  it('does not know without the VMM, nor what another VMM does', () => {
    const untold = asks({ hasEl2: true });
    expect(missingOf(ID, { ...untold, manifest: { ...untold.manifest, vmm: undefined } })).toEqual([
      '/manifest/vmm/name',
    ]);
    expect(missingOf(ID, asks({ hasEl2: true }, 'crosvm'))).toEqual(['/rulebook/vmm']);
  });
});
