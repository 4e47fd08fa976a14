import { readFileSync } from 'node:fs';
import type { MemslotRow, Question, Suppositions } from '@berth/engine';
import { fingerprintOf, manifestOf } from './recorded.js';
import { VECTOR_PHASES } from './vectors.js';

export type PolicyVectorExpected = Pick<
  MemslotRow,
  'registration' | 'errno' | 'fault' | 'faultErrno' | 'stage2' | 'cacheMaintenance'
> & {
  readonly generation: string;
  readonly outcome: string;
  /** Of what would fail first. */
  readonly reason: string | null;
  /** Those that the policy's findings name, whatever their severity. */
  readonly hazards: readonly string[];
};

/** One slot under one policy. `slot` and `slotAtFault` name kinds of memory. */
export interface PolicyVector {
  readonly id: string;
  readonly title: string;
  readonly policy: NonNullable<Question['policy']>;
  readonly fingerprint: string;
  readonly slot: string;
  readonly slotAtFault?: string;
  readonly proposal?: Suppositions;
  readonly expect: PolicyVectorExpected;
}

interface PolicyVectors {
  readonly slots: Readonly<Record<string, object>>;
  readonly vectors: readonly PolicyVector[];
}

const HERE = new URL('../vectors/', import.meta.url);
const { slots, vectors }: PolicyVectors = JSON.parse(readFileSync(new URL('policy/pv.json', HERE), 'utf8'));

export const POLICY_VECTORS: readonly PolicyVector[] = vectors;

const SIZE = '0x40000000';
const under = (kind: string) => [{ offset: '0x0', size: SIZE, ...slots[kind], access: ['write'] }];

export function policyVectorQuestion({ policy, fingerprint, slot, slotAtFault, proposal }: PolicyVector): Question {
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
