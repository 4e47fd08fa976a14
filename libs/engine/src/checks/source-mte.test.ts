import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aDeviceQuestion } from '../../../../test/support/builders-devices.js';
import type { Question } from '../model/question.js';

const ID = 'source-mte';

function asks(mte: boolean | undefined, name: string | undefined = 'qemu'): Question {
  const question = aDeviceQuestion({ phases: ['source'], vm: { devices: [], mappings: [], mte } });
  return { ...question, manifest: { ...question.manifest, vmm: { name } } };
}

describe(ID, () => {
  it('says no to a VM with MTE under QEMU', () => {
    const no = 'source MTE_MIGRATION_BLOCKED no errno refused - -';
    expect(failsWith(asks(true))).toBe(no);
    expect(failsWith(asks(true, 'qemu-kvm'))).toBe(no);
  });

  it('says yes to a VM without, whatever runs it', () => {
    expect(said(ID, asks(false))).toBe('pass');
    expect(said(ID, { ...asks(false), manifest: { ...asks(false).manifest, vmm: undefined } })).toBe('pass');
  });

  it('does not know without either fact, nor what another VMM does', () => {
    expect(missingOf(ID, asks(undefined))).toEqual(['/manifest/vm/mte']);
    expect(missingOf(ID, { ...asks(true), manifest: { ...asks(true).manifest, vmm: undefined } })).toEqual([
      '/manifest/vmm/name',
    ]);
    expect(said(ID, asks(true, 'crosvm'))).toBe('unknown');
    expect(missingOf(ID, asks(true, 'crosvm'))).toEqual(['/rulebook/vmm']);
  });
});
