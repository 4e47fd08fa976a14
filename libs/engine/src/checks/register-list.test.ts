import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion } from '../../../../test/support/builders-cpu.js';
import type { RegisterList } from '../model/manifest.js';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

const ask = (guest: RegisterList | undefined, host: RegisterList | undefined) =>
  aCpuQuestion({ registerList: guest }, { kvm: { registerList: host } });

const MISSING = 'register-list-missing';
const EXTRA = 'register-list-extra';

describe('register lists', () => {
  it('with equal digests need nothing more', () => {
    for (const id of [MISSING, EXTRA]) expect(said(id, ask({ digest: A }, { digest: A }))).toBe('pass');
  });

  it('say no where the target lacks one', () => {
    const question = ask({ digest: A, ids: [1n, 2n, 3n] }, { digest: B, ids: [3n] });
    expect(failsWith(question)).toBe('state-load REGISTER_NOT_LISTED ENOENT refused - -');
    expect(findingsOf(MISSING, question)[0]).toMatchObject({ actual: { count: 2, registers: ['0x1', '0x2'] } });
    expect(findingsOf(MISSING, question)[0]?.message).toContain('2 registers of the guest');
    expect(findingsOf(MISSING, ask({ ids: [1n] }, { ids: [] }))[0]?.message).toContain('a register of the guest');
  });

  it('warn where the target alone has one', () => {
    const question = ask({ ids: [1n] }, { ids: [1n, 2n] });
    expect(said(MISSING, question)).toBe('pass');
    expect(said(EXTRA, question)).toBe('warn');
    expect(findingsOf(EXTRA, question)[0]?.actual).toEqual({ count: 1, registers: ['0x2'] });
    expect(failsWith(question)).toBe('nothing fails');
  });

  it('with the same registers say yes, whatever the digests', () => {
    for (const id of [MISSING, EXTRA])
      expect(said(id, ask({ digest: A, ids: [2n, 1n] }, { digest: B, ids: [1n, 2n] }))).toBe('pass');
  });

  it('show the first registers only', () => {
    const ids = Array.from({ length: 40 }, (_, at) => BigInt(at));
    expect(findingsOf(MISSING, ask({ ids }, { ids: [] }))[0]?.actual).toMatchObject({
      count: 40,
      registers: { length: 16 },
    });
  });

  it.each([
    [{ digest: A }, undefined, ['/fingerprint/kvm/registerList/digest']],
    [undefined, { digest: A }, ['/manifest/vcpu/registerList/digest']],
    [undefined, undefined, ['/fingerprint/kvm/registerList/digest', '/manifest/vcpu/registerList/digest']],
    [{ digest: A }, { digest: B }, ['/fingerprint/kvm/registerList/ids', '/manifest/vcpu/registerList/ids']],
    [{ digest: A, ids: [1n] }, { digest: B }, ['/fingerprint/kvm/registerList/ids']],
    [{ ids: [1n] }, { digest: B }, ['/manifest/vcpu/registerList/digest']],
  ])('do not tell, case %#', (guest, host, missing) => {
    expect(missingOf(MISSING, ask(guest, host))).toEqual(missing);
    expect(said(EXTRA, ask(guest, host))).toBe('pass');
  });
});
