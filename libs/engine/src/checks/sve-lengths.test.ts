import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion, REGISTERS, withField } from '../../../../test/support/builders-cpu.js';

const PFR0 = 'ID_AA64PFR0_EL1';
const SVE = withField(REGISTERS[PFR0], 32, 1n);

function ask(
  guest: readonly number[] | undefined,
  host: readonly number[] | undefined,
  pfr0: bigint | undefined = SVE,
) {
  return aCpuQuestion(
    { registers: { [PFR0]: pfr0 }, sveVectorLengths: guest },
    { capabilities: { KVM_CAP_ARM_SVE: 1 }, kvm: { sveVectorLengths: host } },
  );
}

describe('sve-lengths', () => {
  it.each([
    [[16, 32], [16, 32, 64], 'pass'],
    [[32, 16], [64, 32, 16], 'pass'],
    [[16], [16], 'pass'],
    [[16, 64], [16, 32, 64], 'reject'],
    [[16, 32], [16], 'reject'],
    [[16, 32], [16, 64], 'reject'],
    [[16], [], 'reject'],
  ] as const)('guest %j on host %j: %s', (guest, host, answer) => {
    expect(said('sve-lengths', ask(guest, host))).toBe(answer);
  });

  it('names the errno, and what is left out or invented', () => {
    expect(failsWith(ask([16, 64], [16, 32, 64]))).toBe('vcpu SVE_LENGTHS_MISMATCH EINVAL refused - -');
    expect(findingsOf('sve-lengths', ask([16, 64], [16, 32]))[0]?.message).toContain(
      'the host lacks 64; the guest leaves out 32',
    );
  });

  it('asks nothing of a guest without SVE', () => {
    expect(said('sve-lengths', ask(undefined, undefined, REGISTERS[PFR0]))).toBe('pass');
    expect(said('sve-lengths', ask([], undefined, REGISTERS[PFR0]))).toBe('pass');
  });

  it('does not know without a side', () => {
    const [guest, host] = ['/manifest/vcpu/sveVectorLengths', '/fingerprint/kvm/sveVectorLengths'];
    expect(missingOf('sve-lengths', ask(undefined, [16]))).toEqual([guest]);
    expect(missingOf('sve-lengths', ask([], [16]))).toEqual([guest]);
    expect(missingOf('sve-lengths', ask([16], undefined))).toEqual([host]);
    const untold = aCpuQuestion({ registers: { [PFR0]: undefined } }, { kvm: { sveVectorLengths: [16] } });
    expect(missingOf('sve-lengths', untold)).toEqual([`/manifest/vcpu/idRegisters/${PFR0}`, guest]);
  });
});
