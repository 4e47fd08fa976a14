import { describe, expect, it } from 'vitest';
import { aHost, aManifest, aQuestion } from '../../../../test/support/builders.js';
import { decide } from '../decide.js';
import { PHASES, type Phase } from '../model/verdict.js';

const QEMU = { name: 'qemu', machineType: 'virt-11.0' };

const findings = (vm: object | undefined, host: object | undefined, phases: readonly Phase[] = PHASES) =>
  decide(aQuestion({ manifest: aManifest({ vmm: vm }), target: aHost({ vmm: host }), phases }))
    .findings.filter(({ check }) => check === 'same-vmm' || check === 'machine-type')
    .map(({ check, severity, missing }) => [check, severity, ...missing].join(' '));

describe('the VMM', () => {
  it('is the same and knows the machine type', () => {
    expect(findings(QEMU, { name: 'qemu', machineTypes: ['virt-11.0'] })).toEqual([]);
  });

  it('is another, or does not know the machine type', () => {
    expect(findings(QEMU, { name: 'cloud-hypervisor', machineTypes: ['virt-11.0'] })).toEqual(['same-vmm reject']);
    expect(findings(QEMU, { name: 'qemu', machineTypes: ['virt-2.6'] })).toEqual(['machine-type reject']);
    expect(findings(QEMU, { name: 'qemu', machineTypes: [] })).toEqual(['machine-type reject']);
  });

  it('is not known on one side or the other', () => {
    expect(findings(undefined, { name: 'qemu', machineTypes: ['virt-11.0'] })).toEqual([
      'same-vmm unknown /manifest/vmm/name',
      'machine-type unknown /manifest/vmm/machineType',
    ]);
    expect(findings(QEMU, undefined)).toEqual([
      'same-vmm unknown /fingerprint/vmm/name',
      'machine-type unknown /fingerprint/vmm/machineTypes',
    ]);
  });

  it('is not asked of a caller that asks some phases alone', () => {
    expect(findings(undefined, undefined, PHASES.slice(0, -1))).toEqual([]);
  });
});
