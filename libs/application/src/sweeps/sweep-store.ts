import type { Freshness, HostState, Outcome, Phase, Policy, WouldFail } from '@berth/engine';
import type { SelectedVm } from './selector.js';
import type { SweepJob } from './sweep-job.js';

export type SweepState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface SweepRecord {
  readonly id: string;
  readonly state: SweepState;
  readonly policy: Policy;
  readonly phases: readonly Phase[] | undefined;
  readonly progress: { readonly done: number; readonly total: number };
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Why it failed. */
  readonly failure: string | undefined;
  readonly createdAt: Date;
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
}

export interface SweepResult {
  readonly vm: string;
  readonly target: string;
  readonly outcome: Outcome;
  readonly wouldFail: WouldFail | null;
  readonly vmRevision: number;
  readonly hostRevision: number;
  readonly evaluatedAt: Date;
}

export type NewSweepResult = Omit<SweepResult, 'evaluatedAt'>;

/** Which chunk of which sweep. */
export type ChunkRef = Omit<SweepJob, 'v'>;

/** A chunk that somebody is about to work on. */
export interface OpenChunk {
  readonly policy: Policy;
  readonly phases: readonly Phase[] | undefined;
  readonly vms: readonly SelectedVm[];
  readonly targets: readonly string[];
  /** Of the rows that operators added to the catalogue; undefined where none were. */
  readonly catalogue: string | undefined;
  /** How often work on it has begun, this time included. */
  readonly started: number;
}

export interface SweptVm {
  readonly revision: number;
  readonly digest: string;
  /** Where it runs now. */
  readonly host: string | undefined;
}

export interface SweptHost {
  readonly revision: number;
  readonly digest: string;
  readonly state: HostState;
  readonly freshness: Freshness;
}

export interface SweepStore {
  find(fleet: string, id: string): Promise<SweepRecord | undefined>;
  /** In order of VM, then target, after the pair `after`. */
  results(
    fleet: string,
    id: string,
    outcome: Outcome | undefined,
    after: { vm: string; target: string },
    limit: number,
  ): Promise<readonly SweepResult[]>;

  /** Notes that work on the chunk begins; undefined when it is done, or its sweep has ended. Many may begin it at once. */
  begin(ref: ChunkRef): Promise<OpenChunk | undefined>;
  vms(fleet: string, names: readonly string[]): Promise<ReadonlyMap<string, SweptVm>>;
  hosts(fleet: string, names: readonly string[]): Promise<ReadonlyMap<string, SweptHost>>;
  /**
   * One statement: flips the chunk from open to done, and only if it did, keeps the results, adds to the sweep's counters and
   * ends the sweep with its last chunk. `gone` pairs are taken off the total. False when the chunk was not open any more.
   */
  complete(ref: ChunkRef, results: readonly NewSweepResult[], gone: number): Promise<boolean>;
  /** Notes a failure of the chunk; with the `limit`-th, or at once where that is 0, the sweep has failed. True when it has. */
  fail(ref: ChunkRef, why: string, limit: number): Promise<boolean>;

  /** Open chunks that nobody has sent or begun for `ageMs`; they count as sent from now on. */
  lost(ageMs: number, limit: number): Promise<readonly ChunkRef[]>;
}
