import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anotherDevice, deviceWorld, withDevice } from '../../../test/support/arbitrary-devices.js';
import { forgetful } from '../../../test/support/forget.js';
import { LAW_RUNS } from '../../../test/support/law-runs.js';
import { kernelAcceptsWhatStrictDoes, RANK, sameQuestionSameBytes } from '../../../test/support/laws.js';
import { BUILT_IN, driverRow } from './catalogue/catalogue.js';
import { decide } from './decide.js';
import type { Manifest, Mapping } from './model/manifest.js';
import type { Phase } from './model/verdict.js';

const PHASES: readonly Phase[] = ['source', 'vm', 'memslot', 'device', 'fault'];
const RUNS = 10_000;

const forgotten = deviceWorld.chain((full) =>
  fc.record({
    full: fc.constant({ ...full, phases: PHASES }),
    less: fc
      .record({
        manifest: fc.oneof(fc.constant(full.manifest), forgetful(full.manifest)),
        target: fc.oneof(fc.constant(full.target), forgetful(full.target)),
        source: fc.oneof(fc.constant(full.source), forgetful(full.source)),
      })
      .map((documents) => ({ ...documents, phases: PHASES })),
  }),
);

describe('laws of devices', () => {
  it('forgetting a fact never makes a yes, nor a no that is not one', () => {
    const seen = { compatible: 0, incompatible: 0, indeterminate: 0 };
    fc.assert(
      fc.property(forgotten, ({ full, less }) => {
        const known = decide(full).outcome;
        const { outcome } = decide(less);
        seen[known] += 1;
        if (outcome === 'compatible') expect(known).toBe('compatible');
        // Memory that no longer says whose it is is judged by its own facts, and those may be worse than the target's.
        if (outcome === 'incompatible' && namesItsDevices(less.manifest)) expect(known).toBe('incompatible');
      }),
      { numRuns: LAW_RUNS.forgetting.devices },
    );
    expect(Math.min(seen.compatible, seen.incompatible, seen.indeterminate)).toBeGreaterThan(RUNS / 50);
  });

  it('forgetting the source altogether never makes a yes of a VM with devices', () => {
    fc.assert(
      fc.property(deviceWorld, ({ manifest, target }) => {
        const { outcome } = decide({ manifest, target, phases: PHASES });
        if (manifest.devices?.length !== 0) expect(outcome).not.toBe('compatible');
      }),
      { numRuns: RUNS / 4 },
    );
  });

  it('names what is missing, and only when something is', () => {
    fc.assert(
      fc.property(forgotten, ({ less }) => {
        const { findings } = decide(less);
        const told = (asked: string) => findings.filter(({ severity }) => severity === asked);
        expect(told('unknown').filter(({ missing }) => missing.length === 0)).toEqual([]);
        expect(told('reject').filter(({ missing }) => missing.length > 0)).toEqual([]);
        expect(findings.flatMap(({ missing }) => missing).filter((pointer) => !pointer.startsWith('/'))).toEqual([]);
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it('one more device never improves an outcome', () => {
    fc.assert(
      fc.property(deviceWorld, anotherDevice, (world, more) => {
        const before = decide({ ...world, phases: PHASES }).outcome;
        const after = decide({ ...world, manifest: withDevice(world.manifest, more), phases: PHASES }).outcome;
        expect(RANK[after]).toBeLessThanOrEqual(RANK[before]);
      }),
      { numRuns: LAW_RUNS.oneMore.device },
    );
  });

  it('policy kernel accepts whatever strict accepts', () => {
    kernelAcceptsWhatStrictDoes(
      forgotten.map(({ less }) => less),
      LAW_RUNS.kernelAcceptsWhatStrictDoes.devices,
    );
  });

  it('the same question gives the same bytes, and asking changes nothing', () => {
    sameQuestionSameBytes(
      forgotten.map(({ less }) => less),
      LAW_RUNS.sameBytes.devices,
    );
  });

  it('what the catalogue tells need not be said, and is marked where it was not', () => {
    fc.assert(
      fc.property(deviceWorld, (world) => {
        const stated = decide({ ...world, phases: PHASES });
        const bare = decide({ ...world, manifest: withoutCatalogued(world.manifest), phases: PHASES });
        expect(stated.derived).toBeUndefined();
        expect([bare.outcome, bare.wouldFail, bare.memslots]).toEqual([
          stated.outcome,
          stated.wouldFail,
          stated.memslots,
        ]);
        const leftOut = (world.manifest.devices ?? []).some(({ driver }) => driverRow(BUILT_IN, driver) !== undefined);
        expect(bare.derived !== undefined).toBe(leftOut);
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it("a VM without devices does not mind the target's", () => {
    fc.assert(
      fc.property(deviceWorld, deviceWorld, ({ target, source }, { manifest }) => {
        const plain = { ...manifest, devices: [], memslots: (manifest.memslots ?? []).slice(0, 1) };
        const given = decide({ manifest: plain, target, source, phases: PHASES });
        const none = decide({ manifest: plain, target: { ...target, devices: undefined }, phases: PHASES });
        const reject = ({ severity }: { severity: string }) => severity !== 'warn';
        expect(given.findings.filter(reject)).toEqual(none.findings.filter(reject));
        expect(given.memslots).toEqual(none.memslots);
      }),
      { numRuns: RUNS / 4 },
    );
  });
});

function namesItsDevices({ memslots }: Manifest): boolean {
  const mappings = (memslots ?? []).flatMap((slot) => slot.mappings ?? []);
  return mappings.every(({ kernelMapped, device }) => kernelMapped === true || device !== undefined);
}

function withoutCatalogued(manifest: Manifest): Manifest {
  const drivers = new Map(manifest.devices?.map(({ name, driver }) => [name, driver]));
  const strip = (mapping: Mapping): Mapping => {
    const { vmFlags: _flags, memoryType: _type, kernelMapped: _mapped, ...rest } = mapping;
    return driverRow(BUILT_IN, drivers.get(mapping.device ?? '')) === undefined ? mapping : rest;
  };
  return {
    ...manifest,
    memslots: manifest.memslots?.map((slot) => ({ ...slot, mappings: slot.mappings?.map(strip) })),
  };
}
