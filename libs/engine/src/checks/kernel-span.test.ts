import { describe, expect, it } from 'vitest';
import { missingOf, said } from '../../../../test/support/ask.js';
import { ALL_GENERATIONS, aHost, aQuestion, onBoth } from '../../../../test/support/builders.js';
import { decide } from '../decide.js';

describe('kernel-span', () => {
  it.each(['5.13.19', '5.10.0', '4.19.0'])(
    'does not know what a %s kernel does, however much was probed',
    (release) => {
      const bare = aHost({ release, cap243: undefined, guestMemfd: undefined });
      const probed = aHost({ release, cap243: onBoth(0), guestMemfd: onBoth(0) });
      for (const target of [bare, probed]) {
        const question = aQuestion({ target });
        expect(said('kernel-span', question)).toBe('unknown');
        expect(missingOf('kernel-span', question)).toEqual(['/fingerprint/kernel/release']);
        expect(decide(question)).toMatchObject({ outcome: 'indeterminate', generation: null });
      }
    },
  );

  it('believes a backport that was probed more than the release', () => {
    const target = aHost({ release: '5.10.0', cap243: { system: 'EINVAL', vm: 1 }, guestMemfd: onBoth(0) });
    expect(said('kernel-span', aQuestion({ target }))).toBe('pass');
    expect(decide(aQuestion({ target })).generation).toBe('cacheable-pfnmap');
  });

  it.each(ALL_GENERATIONS)('says yes to %s', (generation) => {
    expect(said('kernel-span', aQuestion({ target: aHost({ generation }) }))).toBe('pass');
  });

  it('is another doubt than not knowing the kernel: what all generations agree on is answered', () => {
    const target = aHost({ release: undefined, cap243: undefined, guestMemfd: undefined });
    expect(said('kernel-span', aQuestion({ target }))).toBe('pass');
  });
});
