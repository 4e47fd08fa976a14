import type {
  IssuedTicket,
  LockedMigration,
  MigrationNames,
  MigrationReport,
  MigrationSnapshot,
  MigrationStatements,
  MigrationStep,
  Move,
  NewMigration,
  OpenRef,
} from '@berth/application';
import type { Link } from '../database/link.js';
import { type MigrationRow, printPrediction, printVerdictText } from './migration-rows.js';
import { readSnapshot } from './migration-snapshot.js';
import {
  ADD_REPORT,
  ADD_STEP,
  HOLD_BEATS,
  HOLD_HOSTS,
  INSERT,
  IS_NAMED,
  LOCK,
  MOVE,
  NAMES,
  OPEN_OF,
  REISSUE,
} from './migration-sql.js';
import { withHistory } from './read-migrations.js';

interface LockedRow extends MigrationRow {
  readonly expired: boolean;
  readonly overdue: boolean;
}

export class PgMigrationStatements implements MigrationStatements {
  constructor(
    private readonly link: Link,
    private readonly factTtlMilliseconds: number,
  ) {}

  names(fleet: string, id: string): Promise<MigrationNames | undefined> {
    return this.link.row<MigrationNames & object>(NAMES, [fleet, id]);
  }

  async holdHosts(fleet: string, hosts: readonly string[]): Promise<void> {
    await this.link.touch(HOLD_HOSTS, [fleet, hosts]);
    await this.link.touch(HOLD_BEATS, [fleet, hosts]);
  }

  async lock(fleet: string, id: string): Promise<LockedMigration | undefined> {
    const row = await this.link.row<LockedRow>(LOCK, [fleet, id]);
    const [record] = row === undefined ? [] : await withHistory(this.link, fleet, [row]);
    return row === undefined || record === undefined
      ? undefined
      : { ...record, expired: row.expired, overdue: row.overdue };
  }

  openOf(fleet: string, vm: string): Promise<OpenRef | undefined> {
    return this.link.row<OpenRef & object>(OPEN_OF, [fleet, vm]);
  }

  async isNamed(fleet: string, host: string): Promise<boolean> {
    return (await this.link.touch(IS_NAMED, [fleet, host])) > 0;
  }

  snapshot(fleet: string, vm: string, target: string): Promise<MigrationSnapshot> {
    return readSnapshot(this.link, fleet, vm, target, this.factTtlMilliseconds);
  }

  async insert(fleet: string, migration: NewMigration): Promise<boolean> {
    const { id, vm, source, target, policy } = migration;
    return (await this.link.touch(INSERT, [fleet, id, vm, source, target, policy, ...issuedValues(migration)])) === 1;
  }

  async move(fleet: string, id: string, move: Move): Promise<boolean> {
    const { from, to, moment, deadlineMilliseconds = null, refusal } = move;
    const verdict = refusal === undefined ? null : printVerdictText(refusal);
    return (await this.link.touch(MOVE, [fleet, id, from, to, moment, deadlineMilliseconds, verdict])) === 1;
  }

  async reissue(fleet: string, id: string, issued: IssuedTicket): Promise<void> {
    await this.link.touch(REISSUE, [fleet, id, ...issuedValues(issued)]);
  }

  async addStep(fleet: string, id: string, step: Omit<MigrationStep, 'at'>): Promise<void> {
    await this.link.touch(ADD_STEP, [fleet, id, step.from, step.to, step.trigger, step.by, step.why]);
  }

  async addReport(fleet: string, id: string, report: Omit<MigrationReport, 'at'>): Promise<void> {
    const { side, outcome, phase = null, errno = null, slot = null, reason = null, raw = null, accepted, by } = report;
    await this.link.touch(ADD_REPORT, [fleet, id, side, outcome, phase, errno, slot, reason, raw, accepted, by]);
  }
}

/** From the VM's revision to the expiry, in the order of INSERT and REISSUE. */
function issuedValues({ pins, prediction, ticket, ticketDigest, expiresAt }: IssuedTicket): readonly unknown[] {
  const ofVm = [pins.vmRevision, pins.manifest, pins.runId ?? null];
  const ofTarget = [pins.hostRevision, pins.fingerprint, pins.bootId ?? null];
  const ofRules = [pins.generation, pins.rulebook, pins.catalogue ?? null];
  return [...ofVm, ...ofTarget, ...ofRules, printPrediction(prediction), ticket, ticketDigest, expiresAt];
}
