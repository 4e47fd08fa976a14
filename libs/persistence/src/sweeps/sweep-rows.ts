import type { NewSweepResult, OpenChunk, SweepRecord, SweepResult, SweepState } from '@berth/application';
import type {
  Errno,
  Failure,
  Freshness,
  HostState,
  Outcome,
  Phase,
  Policy,
  Reason,
  SourceOutcome,
  WouldFail,
} from '@berth/engine';
import { orUndefined } from '../database/or-undefined.js';

export interface SweepRow {
  readonly id: string;
  readonly state: SweepState;
  readonly policy: Policy;
  readonly phases: readonly Phase[];
  readonly total: number;
  readonly done: number;
  readonly compatible: number;
  readonly incompatible: number;
  readonly indeterminate: number;
  readonly failure: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

export interface ResultRow {
  readonly vm: string;
  readonly target: string;
  readonly outcome: Outcome;
  readonly phase: Phase | null;
  readonly reason: Reason | null;
  readonly failure: Failure | null;
  readonly errno: Errno | null;
  readonly slot: number | null;
  readonly mapping: number | null;
  readonly source_outcome: SourceOutcome | null;
  readonly vm_revision: number;
  readonly host_revision: number;
  readonly evaluated_at: Date;
}

export interface ChunkRow {
  readonly vms: readonly string[];
  readonly vm_hosts: readonly (string | null)[];
  readonly targets: readonly string[];
  readonly started: number;
  readonly policy: Policy;
  readonly phases: readonly Phase[];
  readonly catalogue: string | null;
}

export interface VmRow {
  readonly name: string;
  readonly revision: number;
  readonly digest: string;
  readonly host: string | null;
}

export interface HostRow {
  readonly name: string;
  readonly revision: number;
  readonly digest: string;
  readonly state: HostState;
  readonly freshness: Freshness;
}

const phasesOf = (phases: readonly Phase[]): readonly Phase[] | undefined => (phases.length === 0 ? undefined : phases);

export function sweepRecord(row: SweepRow): SweepRecord {
  const { id, state, policy, done, total, compatible, incompatible, indeterminate } = row;
  return {
    id,
    state,
    policy,
    phases: phasesOf(row.phases),
    progress: { done, total },
    counts: { compatible, incompatible, indeterminate },
    failure: orUndefined(row.failure),
    createdAt: row.created_at,
    startedAt: orUndefined(row.started_at),
    finishedAt: orUndefined(row.finished_at),
  };
}

export function openChunk(row: ChunkRow): OpenChunk {
  const { targets, started, policy } = row;
  const vms = row.vms.map((name, index) => ({ name, host: orUndefined(row.vm_hosts[index] ?? null) }));
  return { vms, targets, started, policy, phases: phasesOf(row.phases), catalogue: orUndefined(row.catalogue) };
}

export function sweepResult(row: ResultRow): SweepResult {
  const { vm, target, outcome, vm_revision, host_revision, evaluated_at } = row;
  return {
    vm,
    target,
    outcome,
    wouldFail: wouldFail(row),
    vmRevision: vm_revision,
    hostRevision: host_revision,
    evaluatedAt: evaluated_at,
  };
}

function wouldFail(row: ResultRow): WouldFail | null {
  const { phase, reason, failure, errno, slot, mapping, source_outcome: sourceOutcome } = row;
  if (phase === null || reason === null || failure === null || sourceOutcome === null) return null;
  return { phase, reason, slot, mapping, errno, failure, sourceOutcome };
}

/** The results by column, as the statement that keeps them wants them. */
export function resultColumns(results: readonly NewSweepResult[]): readonly (readonly unknown[])[] {
  const column = (of: (result: NewSweepResult) => unknown): readonly unknown[] =>
    results.map((result) => of(result) ?? null);
  return [
    column((result) => result.vm),
    column((result) => result.target),
    column((result) => result.outcome),
    column((result) => result.wouldFail?.phase),
    column((result) => result.wouldFail?.reason),
    column((result) => result.wouldFail?.failure),
    column((result) => result.wouldFail?.errno),
    column((result) => result.wouldFail?.slot),
    column((result) => result.wouldFail?.mapping),
    column((result) => result.wouldFail?.sourceOutcome),
    column((result) => result.vmRevision),
    column((result) => result.hostRevision),
  ];
}
