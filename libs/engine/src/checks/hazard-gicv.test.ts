import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import { aManifest, aMapping, aQuestion, aSlot } from '../../../../test/support/builders.js';
import type { Vcpu } from '../model/manifest.js';

const ID = 'hazard-gicv';
const GICV = 0x801_0000n;

/** A slot of two mappings, a page each, with a page between. */
function asks(gpa: bigint, vcpu: Vcpu = { gic: 'v2', gicvGpa: GICV }) {
  const page = 0x1000n;
  const mappings = [aMapping({ size: page }), aMapping({ offset: 2n * page, size: page })];
  return aQuestion({ manifest: { ...aManifest({ memslots: [aSlot({ gpa, size: 3n * page, mappings })] }), vcpu } });
}

describe(ID, () => {
  it('says no to a mapping over the interface, and names that mapping alone', () => {
    const question = asks(GICV - 0x1000n);
    expect(failsWith(question)).toBe('fault SLOT_OVER_GICV no errno silent 0 1');
    expect(findingsOf(ID, question).map(({ mapping, actual }) => [mapping, actual])).toEqual([
      [1, { gicv: '0x8010000', mapping: '0x8011000-0x8011fff' }],
    ]);
    expect(said(ID, asks(GICV + 0x1000n))).toBe('reject');
    expect(said(ID, { ...asks(GICV), policy: 'kernel' })).toBe('warn');
  });

  it('takes it for two pages of 4 KiB', () => {
    const at = (offset: bigint) => {
      const mappings = [aMapping({ offset, size: 0x1000n })];
      const manifest = aManifest({ memslots: [aSlot({ gpa: GICV, size: 0x4000n, mappings })] });
      return said(ID, aQuestion({ manifest: { ...manifest, vcpu: { gic: 'v2', gicvGpa: GICV } } }));
    };
    expect([at(0x1fffn), at(0x2000n)]).toEqual(['reject', 'pass']);
  });

  it('says yes beside it, and to a slot whose hole is there', () => {
    for (const gpa of [GICV - 0x3000n, GICV + 0x2000n]) expect(said(ID, asks(gpa))).toBe('pass');
    const hole = [aMapping({ size: 0x1000n }), aMapping({ offset: 0x3000n, size: 0x1000n })];
    const around = aManifest({ memslots: [aSlot({ gpa: GICV - 0x1000n, size: 0x4000n, mappings: hole })] });
    expect(said(ID, aQuestion({ manifest: { ...around, vcpu: { gic: 'v2', gicvGpa: GICV } } }))).toBe('pass');
  });

  it('says yes to guests of another GIC, and to a manifest that does not say where it is', () => {
    expect(said(ID, asks(GICV, { gic: 'v3', gicvGpa: GICV }))).toBe('pass');
    expect(said(ID, asks(GICV, { gic: 'v2' }))).toBe('pass');
  });

  it('does not know without the model of the GIC', () => {
    expect(missingOf(ID, asks(GICV, { gicvGpa: GICV }))).toEqual(['/manifest/vcpu/gic']);
    expect(said(ID, asks(GICV + 0x2000n, { gicvGpa: GICV }))).toBe('pass');
  });
});
