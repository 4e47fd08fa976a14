import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aHost, aManifest, aQuestion } from '../../../../test/support/builders.js';

describe('arch-supported', () => {
  it.each(['x86_64', 'riscv64', 'armv7l', 'AARCH64', ''])('says no to %j, even for a VM of it', (arch) => {
    const question = aQuestion({ manifest: aManifest({ arch }), target: aHost({ arch }) });
    expect(failsWith(question)).toBe('vm ARCH_UNSUPPORTED EINVAL refused - -');
  });

  it('says yes to aarch64', () => {
    expect(said('arch-supported', aQuestion())).toBe('pass');
  });

  it('does not know without the architecture', () => {
    const question = aQuestion({ target: aHost({ arch: undefined }) });
    expect(said('arch-supported', question)).toBe('unknown');
    expect(missingOf('arch-supported', question)).toEqual(['/fingerprint/arch']);
  });
});
