import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aHost, aManifest, aQuestion, aSlot, type HostGiven } from '../../../../test/support/builders.js';

const asks = (ipaBits: number | undefined, host: HostGiven = {}) =>
  aQuestion({ manifest: aManifest({ ipaBits, memslots: [aSlot({ gpa: 0n })] }), target: aHost(host) });

const pkvm = (ipaLimit: number | undefined): HostGiven => ({ mode: 'protected', mte: false, ipaLimit });

describe('ipa-size', () => {
  it.each([
    [49, 48],
    [31, 48],
    [1, 48],
    [64, 52],
  ])('says no to %i bits where the limit is %i', (ipaBits, ipaLimit) => {
    expect(failsWith(asks(ipaBits, { ipaLimit }))).toBe('vm IPA_SIZE_UNSUPPORTED EINVAL refused - -');
  });

  it.each([
    [32, 32],
    [48, 48],
    [40, 52],
  ])('says yes to %i bits where the limit is %i', (ipaBits, ipaLimit) => {
    expect(said('ipa-size', asks(ipaBits, { ipaLimit }))).toBe('pass');
  });

  it('takes 0 for the default of 40 bits, which a smaller limit refuses', () => {
    expect(said('ipa-size', asks(0, { ipaLimit: 40 }))).toBe('pass');
    expect(failsWith(asks(0, { ipaLimit: 36 }))).toBe('vm IPA_SIZE_UNSUPPORTED EINVAL refused - -');
  });

  it('lets a pKVM host ignore the size asked for, but for the oldest generation', () => {
    expect(said('ipa-size', asks(52, pkvm(48)))).toBe('pass');
    expect(said('ipa-size', asks(52, { ...pkvm(48), generation: 'device-only' }))).toBe('reject');
  });

  it.each([
    [undefined, {}, ['/manifest/vm/ipaBits']],
    [40, { ipaLimit: undefined }, ['/fingerprint/kvm/capabilities/KVM_CAP_ARM_VM_IPA_SIZE']],
    [52, { mode: undefined }, ['/fingerprint/kvm/mode']],
  ] as const)('does not know with %s bits and %j', (ipaBits, host, missing) => {
    expect(said('ipa-size', asks(ipaBits, host))).toBe('unknown');
    expect(missingOf('ipa-size', asks(ipaBits, host))).toEqual(missing);
  });

  it('needs no mode for a size that fits', () => {
    expect(said('ipa-size', asks(40, { mode: undefined }))).toBe('pass');
  });

  it('takes a limit of 0 or an errno for no answer', () => {
    expect(said('ipa-size', asks(40, { ipaLimit: 0 }))).toBe('unknown');
  });
});
