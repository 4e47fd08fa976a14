import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aHost, aManifest, aQuestion } from '../../../../test/support/builders.js';

const between = (vm: string | undefined, host: string | undefined) =>
  aQuestion({ manifest: aManifest({ arch: vm }), target: aHost({ arch: host }) });

describe('architecture', () => {
  it('says no to another architecture', () => {
    expect(failsWith(between('x86_64', 'aarch64'))).toBe('policy ARCH_MISMATCH no errno refused - -');
  });

  it('says yes to the same one', () => {
    expect(said('architecture', between('aarch64', 'aarch64'))).toBe('pass');
    expect(said('architecture', between('riscv64', 'riscv64'))).toBe('pass');
  });

  it.each([
    [undefined, 'aarch64', ['/manifest/arch']],
    ['aarch64', undefined, ['/fingerprint/arch']],
    [undefined, undefined, ['/fingerprint/arch', '/manifest/arch']],
  ])('does not know with %s on %s', (vm, host, missing) => {
    expect(said('architecture', between(vm, host))).toBe('unknown');
    expect(missingOf('architecture', between(vm, host))).toEqual(missing);
  });
});
