import { readFileSync } from 'node:fs';
import {
  type Capability,
  contradictionsOf,
  decide,
  type Fingerprint,
  factsOf,
  type GenerationId,
  generationsOf,
  type Reason,
} from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { aHost, aManifest, aQuestion, aSlot } from '../support/builders.js';
import { RECORDED_HOSTS, recordedFingerprint } from '../support/recorded.js';

/** What one capability answers on one file descriptor, where, and what that tells. */
interface CapabilityVector {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly capability: string;
  readonly number: number;
  readonly fd: 'system' | 'vm';
  readonly answer: number | string;
  /** The recorded hosts that answer so; null where none was asked, and `unrecorded` says why. */
  readonly where: {
    readonly generations: readonly GenerationId[];
    readonly fwb?: boolean;
    readonly dic?: boolean;
  } | null;
  readonly unrecorded?: string;
  /** What a fingerprint with this answer and nothing else tells; null is unknown. */
  readonly tells: { readonly candidates: readonly GenerationId[]; readonly cacheablePfnmap: boolean | null };
  /** Slot ids on both sides of the limit that the answer is. */
  readonly slots?: { readonly taken: number; readonly refused: number; readonly reason: Reason };
}

const VECTORS: readonly CapabilityVector[] = JSON.parse(
  readFileSync(new URL('capability/cp.json', import.meta.url), 'utf8'),
);

const HOSTS = RECORDED_HOSTS.map(recordedFingerprint);

function isAt(host: Fingerprint, { generations, fwb, dic }: NonNullable<CapabilityVector['where']>): boolean {
  const { known } = generationsOf(host);
  const facts = factsOf(host);
  return (
    known !== null &&
    generations.includes(known) &&
    (fwb === undefined || facts.fwb === fwb) &&
    (dic === undefined || facts.dic === dic)
  );
}

const answered = ({ fd, answer }: CapabilityVector): Capability => ({ [fd]: answer });

function knowing(vector: CapabilityVector, given: Fingerprint = {}): Fingerprint {
  return { ...given, kvm: { capabilities: new Map([[vector.capability, answered(vector)]]) } };
}

describe.each(VECTORS)('$id $title', (vector) => {
  const { capability, fd, answer, where, tells, slots } = vector;

  it('is what the recorded kernels answer', () => {
    if (where === null) {
      expect(vector.unrecorded).toMatch(/\.$/);
      return;
    }
    const asked = HOSTS.filter((host) => isAt(host, where)).map(
      (host) => host.kvm?.capabilities?.get(capability)?.[fd],
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked)).toEqual(new Set([answer]));
  });

  it('tells so much of the kernel and the hardware, and no more', () => {
    const host = knowing(vector);
    expect(generationsOf(host).candidates).toEqual(tells.candidates);
    expect(factsOf(host).cacheablePfnmap ?? null).toBe(tells.cacheablePfnmap);
  });

  it('is the limit that slots meet', () => {
    if (slots === undefined) return;
    const asks = (slot: number) => decide(aQuestion({ manifest: aManifest({ memslots: [aSlot({ slot })] }) }));
    expect(asks(slots.taken).wouldFail).toBeNull();
    expect(asks(slots.refused).findings.map(({ reason }) => reason)).toContain(slots.reason);
  });
});

describe('the answer of a protected VM', () => {
  it('contradicts FWB and DIC beside that of the system fd, so that nothing rests on it', () => {
    const cap243: Capability = { system: 'EINVAL', vm: 0 };
    const host = aHost({ cap243 });
    expect(contradictionsOf(host)).toHaveLength(1);
    expect(factsOf(host).cacheablePfnmap).toBeUndefined();
  });
});

describe('the vectors', () => {
  it('are CP01 to CP08', () => {
    const ids = [...new Set(VECTORS.map(({ id }) => id))];
    expect(ids).toEqual(Array.from({ length: 8 }, (_, at) => `CP0${at + 1}`));
  });

  it('say where it was read', () => {
    for (const { source } of VECTORS) expect(source).toMatch(/^linux /);
  });
});
