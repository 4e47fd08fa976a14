import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import { aHost } from '../../../../test/support/builders.js';
import { aCpuQuestion, REGISTERS, withField } from '../../../../test/support/builders-cpu.js';

const MMFR2 = 'ID_AA64MMFR2_EL1';
const fwb = (value: bigint) => ({ registers: { [MMFR2]: withField(REGISTERS[MMFR2], 40, value) } });
const gone = { registers: { [MMFR2]: undefined } };

describe('id-register-fwb', () => {
  it.each(['6.1.0', '6.8.1', '6.12.0', '6.17.0', '7.0.14', '7.2.13', undefined])(
    'says no both ways on %s',
    (release) => {
      for (const [guest, host] of [
        [0n, 1n],
        [1n, 0n],
      ] as const) {
        const question = aCpuQuestion(fwb(guest), { release, ...fwb(host) });
        expect(failsWith(question)).toBe('state-load FWB_MISMATCH EINVAL refused - -');
        expect(findingsOf('id-register-fwb', question)[0]).toMatchObject({
          actual: { register: MMFR2, field: 'FWB', guest: Number(guest), host: Number(host) },
          sourceOutcome: 'resumed',
        });
      }
    },
  );

  it('says so in words that name the side', () => {
    const [lost] = findingsOf('id-register-fwb', aCpuQuestion(fwb(1n), fwb(0n)));
    const [gained] = findingsOf('id-register-fwb', aCpuQuestion(fwb(0n), fwb(1n)));
    expect(lost?.message).toContain('the guest has FWB and the target has not');
    expect(gained?.message).toContain('the target has FWB and the guest has not');
  });

  it('is not said twice: the check of the register leaves FWB out', () => {
    expect(said('id-register-aa64mmfr2', aCpuQuestion(fwb(1n), fwb(0n)))).toBe('pass');
  });

  it('says no even with a mask that has the field', () => {
    const masks = { [MMFR2]: 2n ** 64n - 1n };
    expect(said('id-register-fwb', aCpuQuestion(fwb(0n), { masks, ...fwb(1n) }))).toBe('reject');
  });

  it('goes by the facts alone where no register is known', () => {
    const host = { ...gone, fwb: false };
    const from = (source: boolean) => aCpuQuestion(gone, host, { source: aHost({ fwb: source }) });
    expect(said('id-register-fwb', from(true))).toBe('reject');
    expect(said('id-register-fwb', from(false))).toBe('pass');
    expect(said('id-register-fwb', aCpuQuestion(fwb(1n), host))).toBe('reject');
  });

  it('believes the guest more than the host it runs on', () => {
    const question = aCpuQuestion(fwb(1n), fwb(1n), { source: aHost({ fwb: false }) });
    expect(said('id-register-fwb', question)).toBe('pass');
  });

  it('says yes where both have it and where neither has', () => {
    expect(said('id-register-fwb', aCpuQuestion(fwb(1n), fwb(1n)))).toBe('pass');
    expect(said('id-register-fwb', aCpuQuestion(fwb(0n), fwb(0n)))).toBe('pass');
  });

  it('does not know without a side', () => {
    expect(missingOf('id-register-fwb', aCpuQuestion(gone, fwb(1n)))).toEqual([`/manifest/vcpu/idRegisters/${MMFR2}`]);
    const host = { ...gone, fwb: undefined, cap243: undefined };
    expect(missingOf('id-register-fwb', aCpuQuestion(fwb(1n), host))).toEqual(['/fingerprint/cpu/fwb']);
    expect(said('id-register-fwb', aCpuQuestion(gone, host))).toBe('unknown');
  });
});
