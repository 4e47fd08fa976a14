import { readFileSync } from 'node:fs';
import { decide } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, manifestOf } from '../../support/recorded.js';
import { DEVICE_VECTORS, deviceVectorQuestion } from '../../support/vectors-devices.js';

const readJson = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

describe.each(DEVICE_VECTORS)('$id $title', (vector) => {
  const { outcome, wouldFail, findings, memslots, derived } = decide(deviceVectorQuestion(vector));
  const expected = vector.expect;

  it('comes to what is expected', () => {
    expect({ outcome, wouldFail }).toEqual({ outcome: expected.outcome, wouldFail: expected.wouldFail });
    if (expected.row !== undefined) expect(memslots.find(({ slot }) => slot === 1)).toMatchObject(expected.row);
  });

  it('warns, and doubts, of that and of nothing else', () => {
    const of = (asked: string) => findings.filter(({ severity }) => severity === asked);
    expect(of('warn').map(({ reason }) => reason)).toEqual(expected.warnings);
    expect([...new Set(of('unknown').flatMap(({ missing }) => missing))]).toEqual(expected.doubts);
  });

  it('says what it took from the catalogue', () => {
    if (expected.derived !== undefined) expect(derived?.map(({ at }) => at)).toEqual(expected.derived);
    for (const { from } of derived ?? []) expect(from).toMatch(/^catalogue /);
  });
});

describe('the GPU example', () => {
  it('is refused at the source, before all that its memory is asked', () => {
    const manifest = manifestOf(readJson('../../../examples/manifests/grace-gpu-vm.json'));
    const target = fingerprintOf(readJson('../../../examples/fingerprints/7.2.13-neoverse-n1.json'));
    const { wouldFail, findings, derived } = decide({ manifest, target });
    expect(wouldFail).toMatchObject({ phase: 'source', reason: 'DEVICE_NOT_MIGRATABLE', errno: 'ENOTTY' });
    const memory = findings.filter(({ slot, severity }) => slot === 3 && severity === 'reject');
    expect(memory.map(({ reason }) => reason)).toEqual(['CACHEABLE_PFNMAP_UNSUPPORTED']);
    expect(derived).toBeUndefined();
  });
});

describe('the device vectors', () => {
  it('have each an id of their own, and CV25 to CV28 among them', () => {
    const ids = DEVICE_VECTORS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['CV25', 'CV26', 'CV27', 'CV28', 'TV38', 'TV39', 'TV40']));
  });
});
