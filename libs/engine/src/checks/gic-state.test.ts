import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aCpuQuestion } from '../../../../test/support/builders-cpu.js';

const iidr = (guest: bigint | undefined, host?: bigint) =>
  aCpuQuestion({ registers: { GICD_IIDR: guest } }, { registers: { GICD_IIDR: host } });

describe('gic-revision', () => {
  const ID = 'gic-revision';

  it('says yes to revisions 2 and 3 of KVM, whatever the target has', () => {
    for (const guest of [0x4b00_243bn, 0x4b00_343bn, undefined])
      for (const host of [0x4b00_343bn, undefined]) expect(said(ID, iidr(guest, host))).toBe('pass');
  });

  it('says no to others, and to the GIC of something else', () => {
    expect(failsWith(iidr(0x4b00_143bn))).toBe('state-load GIC_STATE_UNSUPPORTED EINVAL refused - -');
    for (const guest of [0x4b00_043bn, 0x4b00_443bn, 0x0200_243bn]) expect(said(ID, iidr(guest))).toBe('reject');
  });
});

describe('gic-direct-sgis', () => {
  const ID = 'gic-direct-sgis';
  const CAP = 1n << 8n;
  const GUEST = '/manifest/vcpu/idRegisters/GICD_TYPER2';
  const HOST = '/fingerprint/cpu/idRegisters/GICD_TYPER2';
  const RELEASE = '/fingerprint/kernel/release';
  const asks = (guest: bigint | undefined, host: bigint | undefined, release: string | undefined = '7.2.13') =>
    aCpuQuestion({ registers: { GICD_TYPER2: guest } }, { registers: { GICD_TYPER2: host }, release });
  const unread = (guest: bigint | undefined, host: bigint | undefined) =>
    aCpuQuestion({ registers: { GICD_TYPER2: guest } }, { registers: { GICD_TYPER2: host }, release: undefined });

  it('says yes to equal values, and where nobody lists it', () => {
    for (const value of [0n, CAP, undefined])
      for (const question of [asks(value, value), asks(value, value, '6.1.0'), unread(value, value)])
        expect(said(ID, question)).toBe('pass');
  });

  it('says no where the guest was told of what the target does not have, on every kernel', () => {
    expect(failsWith(asks(CAP, 0n))).toBe('state-load GIC_STATE_UNSUPPORTED EINVAL refused - -');
    expect(said(ID, asks(CAP, 0n, '6.1.0'))).toBe('reject');
    expect(said(ID, unread(CAP, 0n))).toBe('reject');
    expect(said(ID, asks(1n, CAP))).toBe('reject');
  });

  it('says yes where the target has more since 6.17, and no before', () => {
    expect([said(ID, asks(0n, CAP, '6.17.0')), said(ID, asks(0n, CAP, '6.16.9'))]).toEqual(['pass', 'reject']);
    expect(missingOf(ID, unread(0n, CAP))).toEqual([RELEASE]);
  });

  it('does not know with a side missing, where that side counts', () => {
    expect(missingOf(ID, asks(CAP, undefined))).toEqual([HOST]);
    expect(missingOf(ID, asks(undefined, 0n))).toEqual([GUEST]);
    expect(missingOf(ID, asks(undefined, CAP, '6.12.0'))).toEqual([GUEST]);
    expect(missingOf(ID, asks(0n, undefined, '6.12.0'))).toEqual([HOST]);
    expect([said(ID, asks(undefined, CAP)), said(ID, asks(0n, undefined))]).toEqual(['pass', 'pass']);
  });
});
