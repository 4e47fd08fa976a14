import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import { aHost, aManifest, aQuestion, onBoth } from '../../../../test/support/builders.js';
import type { Capability } from '../model/fingerprint.js';

const ID = 'enabled-capabilities';
const WRITABLE = 'KVM_CAP_ARM_WRITABLE_IMP_ID_REGS';
const SEA = 'KVM_CAP_ARM_SEA_TO_USER';
const CAPS = '/fingerprint/kvm/capabilities';

function asks(enabledCapabilities: readonly string[] | undefined, answers: Readonly<Record<string, Capability>> = {}) {
  const host = aHost();
  const capabilities = new Map([...(host.kvm?.capabilities ?? []), ...Object.entries(answers)]);
  return aQuestion({
    manifest: aManifest({ enabledCapabilities }),
    target: { ...host, kvm: { ...host.kvm, capabilities } },
  });
}

describe(ID, () => {
  it('says yes where the host offers them, and where none are enabled or listed', () => {
    expect(said(ID, asks([WRITABLE, SEA], { [WRITABLE]: onBoth(1), [SEA]: { vm: 1 } }))).toBe('pass');
    expect(said(ID, asks([]))).toBe('pass');
    expect(said(ID, asks(undefined, { [WRITABLE]: onBoth(0) }))).toBe('pass');
  });

  it('says no where it does not', () => {
    const question = asks([WRITABLE, SEA], { [WRITABLE]: onBoth(0) });
    expect(failsWith(question)).toBe('vm CAPABILITY_UNSUPPORTED EINVAL refused - -');
    expect(findingsOf(ID, question)[0]).toMatchObject({ actual: { capabilities: [WRITABLE] } });
  });

  it('does not know where the host was not asked, or could not be', () => {
    expect(missingOf(ID, asks([WRITABLE, SEA], { [SEA]: onBoth(1) }))).toEqual([`${CAPS}/${WRITABLE}`]);
    expect(missingOf(ID, asks([WRITABLE], { [WRITABLE]: onBoth(1), [SEA]: onBoth(0) }))).toEqual([]);
    expect(missingOf(ID, asks([WRITABLE], { [WRITABLE]: { vm: 'EINVAL' } }))).toEqual([`${CAPS}/${WRITABLE}`]);
  });

  it('asks of the sizes of blocks where the capability itself would say what was set', () => {
    const chunk = 'KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE';
    const sizes = 'KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES';
    expect(said(ID, asks([chunk], { [chunk]: onBoth(0), [sizes]: onBoth(0x4020_1000) }))).toBe('pass');
    expect(said(ID, asks([chunk], { [chunk]: onBoth(0), [sizes]: onBoth(0) }))).toBe('reject');
    expect(missingOf(ID, asks([chunk]))).toEqual([`${CAPS}/${sizes}`]);
  });

  it('leaves MTE to its own check, and does not know what the rulebook does not describe', () => {
    expect(said(ID, asks(['KVM_CAP_ARM_MTE'], { KVM_CAP_ARM_MTE: onBoth(0) }))).toBe('pass');
    expect(missingOf(ID, asks(['KVM_CAP_NEW'], { KVM_CAP_NEW: onBoth(1) }))).toEqual(['/rulebook/KVM_CAP_NEW']);
  });
});
