import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aBar, aManifest, aQuestion, aSlot, registeredAs } from '../../../../test/support/builders.js';
import { decide } from '../decide.js';
import { FRESHNESS } from '../model/question.js';

const STALE = FRESHNESS.filter((freshness) => freshness !== 'fresh');

describe('freshness', () => {
  it.each(STALE)('does not know with facts that are %s', (freshness) => {
    const question = aQuestion({ registered: registeredAs({ freshness }) });
    expect(said('freshness', question)).toBe('unknown');
    expect(missingOf('freshness', question)).toEqual(['/fingerprint']);
    expect(decide(question)).toMatchObject({ outcome: 'indeterminate', wouldFail: null });
  });

  it('lets facts that are not fresh support a no', () => {
    const manifest = aManifest({ memslots: [aSlot({ flags: ['log-dirty-pages'], mappings: [aBar()] })] });
    const question = aQuestion({ manifest, registered: registeredAs({ freshness: 'expired' }) });
    expect(failsWith(question)).toBe('memslot PFNMAP_DIRTY_LOG EINVAL refused 0 0');
  });

  it('says yes to fresh facts, and to a document that nobody registered', () => {
    expect(said('freshness', aQuestion({ registered: registeredAs() }))).toBe('pass');
    expect(said('freshness', aQuestion())).toBe('pass');
  });
});
