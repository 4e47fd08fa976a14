import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aHost, aManifest, aQuestion, aSlot, GIB, type HostGiven } from '../../../../test/support/builders.js';

const ending = (end: bigint, ipaBits: number | undefined, host: HostGiven = {}) =>
  aQuestion({ manifest: aManifest({ ipaBits, memslots: [aSlot({ gpa: end - GIB })] }), target: aHost(host) });

const END = 2n ** 40n;
const pkvm = (given: HostGiven = {}): HostGiven => ({ mode: 'protected', mte: false, ...given });
const NO = 'memslot SLOT_BEYOND_IPA EFAULT refused 0 -';
const LIMIT = '/fingerprint/kvm/capabilities/KVM_CAP_ARM_VM_IPA_SIZE';

describe('slot-within-ipa', () => {
  it('says no from the first page beyond the IPA size on', () => {
    expect(failsWith(ending(END + 0x1000n, 40))).toBe(NO);
    expect(said('slot-within-ipa', ending(END, 40))).toBe('pass');
    expect(said('slot-within-ipa', ending(END + 0x1000n, 41))).toBe('pass');
  });

  it('takes 0 for the default of 40 bits', () => {
    expect(failsWith(ending(END + 0x1000n, 0))).toBe(NO);
    expect(said('slot-within-ipa', ending(END, 0))).toBe('pass');
  });

  it('has nothing to do with the limit of a host that is no pKVM host', () => {
    expect(said('slot-within-ipa', ending(END + 0x1000n, 40, { ipaLimit: 52 }))).toBe('reject');
    expect(said('slot-within-ipa', ending(END, 40, { ipaLimit: undefined }))).toBe('pass');
  });

  it('counts the limit of a pKVM host instead, but for the oldest generation', () => {
    expect(said('slot-within-ipa', ending(END + 0x1000n, 40, pkvm()))).toBe('pass');
    expect(said('slot-within-ipa', ending(2n ** 48n + 0x1000n, 40, pkvm()))).toBe('reject');
    expect(said('slot-within-ipa', ending(END + 0x1000n, 40, pkvm({ generation: 'device-only' })))).toBe('reject');
  });

  it.each([
    ['the size', ending(END, undefined), ['/manifest/vm/ipaBits']],
    ['the limit of a pKVM host', ending(END, 40, pkvm({ ipaLimit: undefined })), [LIMIT]],
    ['the mode, where it decides', ending(END + 0x1000n, 40, { mode: undefined }), ['/fingerprint/kvm/mode']],
    [
      'the mode and the limit',
      ending(END, 40, { mode: undefined, ipaLimit: undefined }),
      [LIMIT, '/fingerprint/kvm/mode'],
    ],
  ])('does not know without %s', (_what, question, missing) => {
    expect(said('slot-within-ipa', question)).toBe('unknown');
    expect(missingOf('slot-within-ipa', question)).toEqual(missing);
  });

  it('needs no mode where both sizes answer alike', () => {
    expect(said('slot-within-ipa', ending(END, 40, { mode: undefined }))).toBe('pass');
    expect(said('slot-within-ipa', ending(2n ** 48n + 0x1000n, 40, { mode: undefined }))).toBe('reject');
  });
});
