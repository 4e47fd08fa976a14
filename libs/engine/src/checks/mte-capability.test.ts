import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aHost, aManifest, aQuestion } from '../../../../test/support/builders.js';

const asks = (vm: boolean | undefined, host: boolean | undefined) =>
  aQuestion({ manifest: aManifest({ mte: vm }), target: aHost({ mte: host }) });

describe('mte-capability', () => {
  it('says no where the host does not offer it', () => {
    expect(failsWith(asks(true, false))).toBe('vm MTE_UNSUPPORTED EINVAL refused - -');
  });

  it.each([
    [true, true],
    [false, false],
    [false, undefined],
    [undefined, true],
  ])('says yes with VM %s and host %s', (vm, host) => {
    expect(said('mte-capability', asks(vm, host))).toBe('pass');
  });

  it.each([
    [true, undefined, ['/fingerprint/kvm/capabilities/KVM_CAP_ARM_MTE']],
    [undefined, false, ['/manifest/vm/mte']],
    [undefined, undefined, ['/fingerprint/kvm/capabilities/KVM_CAP_ARM_MTE', '/manifest/vm/mte']],
  ])('does not know with VM %s and host %s', (vm, host, missing) => {
    expect(said('mte-capability', asks(vm, host))).toBe('unknown');
    expect(missingOf('mte-capability', asks(vm, host))).toEqual(missing);
  });
});
