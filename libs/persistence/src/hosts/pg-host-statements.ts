import type {
  FingerprintSubmission,
  HeartBeat,
  HostChange,
  HostStatements,
  LockedHost,
  Observation,
} from '@berth/application';
import type { HostState } from '@berth/engine';
import { hostClassValues } from '../classes/class-values.js';
import { printLabels, readLabels } from '../database/labels.js';
import type { Link } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import { partsOf } from '../documents/parts-of.js';
import {
  ADVANCE,
  AGREE,
  CHANGE,
  CONTEND,
  HAS_VMS,
  HEAR,
  INSERT,
  LAST_HEARD,
  LOCK,
  OBSERVE,
  REMOVE,
  RENEW,
} from './host-sql.js';

interface LockedRow {
  readonly revision: number;
  readonly digest: string;
  readonly state: string;
  readonly labels: unknown;
  readonly machine_id: string | null;
  readonly boot_id: string | null;
  readonly contender: string | null;
  readonly collected_at: Date;
}

interface HeardRow {
  readonly heard_boot_id: string;
  readonly heard_digest: string;
}

interface ObservedRow extends LockedRow {
  readonly name: string | null;
  readonly server_time: Date;
  readonly ahead: boolean;
  readonly place: 'older' | 'equal' | 'newer' | null;
}

const lockedHost = (row: LockedRow, heard: HeardRow | undefined): LockedHost => ({
  revision: row.revision,
  digest: row.digest,
  state: row.state as HostState,
  labels: readLabels(row.labels),
  machineId: orUndefined(row.machine_id),
  bootId: orUndefined(row.boot_id),
  heardBootId: heard?.heard_boot_id,
  heardDigest: heard?.heard_digest,
  contender: orUndefined(row.contender),
  collectedAt: row.collected_at,
});

export class PgHostStatements implements HostStatements {
  constructor(private readonly link: Link) {}

  async lock(fleet: string, host: string): Promise<LockedHost | undefined> {
    const row = await this.link.row<LockedRow>(LOCK, [fleet, host]);
    return row === undefined ? undefined : lockedHost(row, await this.lastHeard(fleet, host));
  }

  async observe(fleet: string, host: string, collectedAt: string): Promise<Observation> {
    const row = await this.link.row<ObservedRow>(OBSERVE, [fleet, host, collectedAt]);
    if (row === undefined) throw new Error('an observation without a row');
    const { server_time: serverTime, ahead, place } = row;
    if (place === null) return { serverTime, ahead };
    return { serverTime, ahead, stored: { host: lockedHost(row, await this.lastHeard(fleet, host)), versus: place } };
  }

  private lastHeard(fleet: string, host: string): Promise<HeardRow | undefined> {
    return this.link.row<HeardRow>(LAST_HEARD, [fleet, host]);
  }

  async insert(fleet: string, host: string, submission: FingerprintSubmission): Promise<number | undefined> {
    const row = await this.link.row<{ revision: number }>(INSERT, [fleet, host, ...valuesOf(submission)]);
    return row?.revision;
  }

  async advance(fleet: string, host: string, revision: number, submission: FingerprintSubmission): Promise<number> {
    const row = await this.link.row<{ revision: number }>(ADVANCE, [fleet, host, ...valuesOf(submission), revision]);
    if (row === undefined) throw new Error(`host \`${host}\` moved on from revision ${revision} under its lock`);
    return row.revision;
  }

  async renew(fleet: string, host: string, submission: FingerprintSubmission): Promise<void> {
    const { provenance } = partsOf(submission.document);
    const { machineId = null } = submission.facts;
    await this.link.touch(RENEW, [fleet, host, submission.collectedAt, provenance, machineId]);
  }

  async hear(fleet: string, host: string, beat: HeartBeat): Promise<void> {
    await this.link.touch(HEAR, [fleet, host, beat.bootId, beat.digest]);
  }

  async change(fleet: string, host: string, change: HostChange): Promise<void> {
    const labels = change.labels === undefined ? null : printLabels(change.labels);
    await this.link.touch(CHANGE, [fleet, host, change.state ?? null, labels]);
    if (change.machineId !== undefined) await this.link.touch(AGREE, [fleet, host, change.machineId]);
  }

  async contend(fleet: string, host: string, machineId: string): Promise<boolean> {
    return (await this.link.touch(CONTEND, [fleet, host, machineId])) === 1;
  }

  async hasVms(fleet: string, host: string): Promise<boolean> {
    return (await this.link.touch(HAS_VMS, [fleet, host])) > 0;
  }

  async remove(fleet: string, host: string): Promise<void> {
    await this.link.touch(REMOVE, [fleet, host]);
  }
}

/** $3 to $11 of INSERT and ADVANCE. */
function valuesOf(submission: FingerprintSubmission): readonly unknown[] {
  const { digest, facts, collectedAt } = submission;
  const { content, provenance } = partsOf(submission.document);
  const identity = [facts.machineId ?? null, facts.bootId ?? null];
  return [digest, content, provenance, ...identity, collectedAt, ...hostClassValues(facts)];
}
