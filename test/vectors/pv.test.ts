import { readFileSync } from 'node:fs';
import { decide, type MemslotRow, PROPOSALS, type Question, type Suppositions } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, manifestOf } from '../support/recorded.js';
import { VECTOR_PHASES } from '../support/vectors.js';

type Expected = Pick<MemslotRow, 'registration' | 'errno' | 'fault' | 'faultErrno' | 'stage2' | 'cacheMaintenance'> & {
  readonly generation: string;
  readonly outcome: string;
  /** Of what would fail first. */
  readonly reason: string | null;
  /** Those that the policy's findings name, whatever their severity. */
  readonly hazards: readonly string[];
};

/** One slot under one policy. `slot` and `slotAtFault` name kinds of memory. */
interface PolicyVector {
  readonly id: string;
  readonly title: string;
  readonly policy: NonNullable<Question['policy']>;
  readonly fingerprint: string;
  readonly slot: string;
  readonly slotAtFault?: string;
  readonly proposal?: Suppositions;
  readonly expect: Expected;
}

interface PolicyVectors {
  readonly slots: Readonly<Record<string, object>>;
  readonly vectors: readonly PolicyVector[];
}

const HERE = new URL('./', import.meta.url);
const { slots, vectors }: PolicyVectors = JSON.parse(readFileSync(new URL('policy/pv.json', HERE), 'utf8'));

const SIZE = '0x40000000';
const under = (kind: string) => [{ offset: '0x0', size: SIZE, ...slots[kind], access: ['write'] }];

function questionOf({ policy, fingerprint, slot, slotAtFault, proposal }: PolicyVector): Question {
  const manifest = manifestOf({
    schema: 'berth.manifest/1',
    arch: 'aarch64',
    vm: { type: 'normal', ipaBits: 40, mte: false },
    memslots: [
      {
        slot: 0,
        gpa: SIZE,
        size: SIZE,
        flags: [],
        mappings: under(slot),
        ...(slotAtFault === undefined ? {} : { mappingsAtFault: under(slotAtFault) }),
      },
    ],
    devices: [],
  });
  const target = fingerprintOf(JSON.parse(readFileSync(new URL(fingerprint, HERE), 'utf8')));
  return { manifest, target, policy, proposal, phases: VECTOR_PHASES };
}

function answerOf(question: Question): Expected {
  const { generation, outcome, wouldFail, findings, memslots } = decide(question);
  const [row] = memslots;
  if (row === undefined || generation === null) throw new Error('a vector has a slot and a known kernel');
  const { registration, errno, fault, faultErrno, stage2, cacheMaintenance } = row;
  const hazards = findings.flatMap(({ actual }) => (typeof actual['hazard'] === 'string' ? [actual['hazard']] : []));
  const reason = wouldFail?.reason ?? null;
  return { generation, registration, errno, fault, faultErrno, stage2, cacheMaintenance, outcome, reason, hazards };
}

describe.each(vectors)('$id $title ($policy)', (vector) => {
  it('is answered so', () => {
    expect(answerOf(questionOf(vector))).toEqual(vector.expect);
  });
});

describe('the policy vectors', () => {
  it('are PV01 to PV12, and each with an id of its own', () => {
    const ids = vectors.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const asked = Array.from({ length: 12 }, (_, at) => `PV${String(at + 1).padStart(2, '0')}`);
    expect(asked.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('ask every proposal', () => {
    expect(PROPOSALS.filter((proposal) => !vectors.some(({ policy }) => policy === proposal))).toEqual([]);
  });
});
