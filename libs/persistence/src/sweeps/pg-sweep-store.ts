import type {
  ChunkRef,
  NewSweepResult,
  OpenChunk,
  SweepRecord,
  SweepResult,
  SweepStore,
  SweptHost,
  SweptVm,
} from '@berth/application';
import type { Outcome } from '@berth/engine';
import type { Link } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import {
  type ChunkRow,
  type HostRow,
  openChunk,
  type ResultRow,
  resultColumns,
  type SweepRow,
  sweepRecord,
  sweepResult,
  type VmRow,
} from './sweep-rows.js';
import { ALL_RESULTS, BEGIN, COMPLETE, FAIL, FIND, HOSTS, LOST, RESULTS_BY_OUTCOME, VMS } from './sweep-sql.js';

export class PgSweepStore implements SweepStore {
  /** `factTtl`: for how many milliseconds facts hold of a host that never sent a heartbeat. */
  constructor(
    private readonly link: Link,
    private readonly factTtl: number,
  ) {}

  async find(fleet: string, id: string): Promise<SweepRecord | undefined> {
    const row = await this.link.row<SweepRow>(FIND, [fleet, id]);
    return row === undefined ? undefined : sweepRecord(row);
  }

  async results(
    fleet: string,
    id: string,
    outcome: Outcome | undefined,
    after: { vm: string; target: string },
    limit: number,
  ): Promise<readonly SweepResult[]> {
    const values = [fleet, id, after.vm, after.target, limit];
    const rows = await (outcome === undefined
      ? this.link.rows<ResultRow>(ALL_RESULTS, values)
      : this.link.rows<ResultRow>(RESULTS_BY_OUTCOME, [...values, outcome]));
    return rows.map(sweepResult);
  }

  async begin(ref: ChunkRef): Promise<OpenChunk | undefined> {
    const row = await this.link.row<ChunkRow>(BEGIN, keyOf(ref));
    return row === undefined ? undefined : openChunk(row);
  }

  async vms(fleet: string, names: readonly string[]): Promise<ReadonlyMap<string, SweptVm>> {
    const rows = await this.link.rows<VmRow>(VMS, [fleet, names]);
    return new Map(
      rows.map(({ name, revision, digest, host }) => [name, { revision, digest, host: orUndefined(host) }]),
    );
  }

  async hosts(fleet: string, names: readonly string[]): Promise<ReadonlyMap<string, SweptHost>> {
    const rows = await this.link.rows<HostRow>(HOSTS, [fleet, names, this.factTtl]);
    return new Map(
      rows.map(({ name, revision, digest, state, freshness }) => [name, { revision, digest, state, freshness }]),
    );
  }

  async complete(ref: ChunkRef, results: readonly NewSweepResult[], gone: number): Promise<boolean> {
    return (await this.link.touch(COMPLETE, [...keyOf(ref), ...resultColumns(results), gone])) === 1;
  }

  async fail(ref: ChunkRef, why: string, limit: number): Promise<boolean> {
    return (await this.link.touch(FAIL, [...keyOf(ref), why, limit])) === 1;
  }

  lost(ageMs: number, limit: number): Promise<readonly ChunkRef[]> {
    return this.link.rows<ChunkRef>(LOST, [ageMs, limit]);
  }
}

const keyOf = (ref: ChunkRef): readonly unknown[] => [ref.fleet, ref.sweep, ref.chunk];
