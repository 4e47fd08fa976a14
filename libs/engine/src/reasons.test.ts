import { describe, expect, it } from 'vitest';
import { CHECKS } from './checks.js';
import { REASONS } from './model/reason.js';
import { REASON_CARDS } from './reasons.js';

describe('reason cards', () => {
  it.each(REASONS)('%s says what it means, what to do, and which checks give it', (reason) => {
    const card = REASON_CARDS[reason];
    expect(card.reason).toBe(reason);
    expect(card.title).toMatch(/^[a-zA-Z].*[^.]$/);
    expect(card.meaning).toMatch(/\.$/);
    expect(card.remedy).toMatch(/\.$/);
    expect(card.checks).toEqual(CHECKS.filter((check) => check.reason === reason).map(({ id }) => id));
    expect(card.checks).not.toEqual([]);
  });

  it('name one phase for all checks of a reason', () => {
    for (const check of CHECKS) expect(REASON_CARDS[check.reason].phase, check.id).toBe(check.phase);
  });

  it('have codes that clients can keep', () => {
    for (const reason of REASONS) expect(reason).toMatch(/^[A-Z][A-Z0-9_]{0,62}$/);
  });
});
