import type { Side } from '@berth/engine';
import { calibrate } from '../calibration/calibrate.js';
import type { Caller } from '../caller.js';
import { noteDrift } from '../drift/note-drift.js';
import type { Tx } from '../ports/unit-of-work.js';
import { actorOf } from './actor.js';
import type { RawTextHeard, ReportAnswer, ReportRequest } from './answers.js';
import { changeState } from './change-state.js';
import { done, type Held } from './held-migration.js';
import type { MigrationReport, ReportOutcome } from './migration.js';
import type { LockedMigration } from './migration-statements.js';
import { readRawText } from './raw-text.js';

/** One side says what became of the migration. */
export async function reportOutcome(tx: Tx, caller: Caller, held: Held, request: ReportRequest): Promise<ReportAnswer> {
  switch (held.migration.state) {
    case 'in-flight':
      return reportInFlight(tx, caller, held, request);
    case 'unreported':
      return reportUnreported(tx, caller, held, request);
    case 'landed':
    case 'aborted':
      return reportAfterEnd(tx, caller, held.migration, request);
    default:
      return { kind: 'not-in-flight', state: held.migration.state };
  }
}

async function reportInFlight(tx: Tx, caller: Caller, held: Held, request: ReportRequest): Promise<ReportAnswer> {
  const heard = await record(tx, caller, held.migration, request, true);
  const { side, outcome } = request;
  return { ...(await conclude(tx, caller, held, outcome, `the ${side} reported ${outcome}`)), heard };
}

/** Late, so that one word is not enough: both sides have to say the same. */
async function reportUnreported(tx: Tx, caller: Caller, held: Held, request: ReportRequest): Promise<ReportAnswer> {
  const { migration } = held;
  const before = lastWords(migration.reports);
  if (before[request.side] === request.outcome) return { kind: 'done', migration };
  const heard = await record(tx, caller, migration, request, true);
  const { source, target }: LastWords = { ...before, [request.side]: request.outcome };
  if (source === undefined || source !== target) {
    const { vm } = migration;
    await tx.audit.write(caller, 'migration.report', migration.id, {
      vm,
      side: request.side,
      outcome: request.outcome,
    });
    return { ...(await done(tx, caller.fleet, migration.id)), heard };
  }
  return { ...(await conclude(tx, caller, held, source, `both sides reported ${source}`)), heard };
}

async function conclude(
  tx: Tx,
  caller: Caller,
  { migration, vm }: Held,
  outcome: ReportOutcome,
  why: string,
): Promise<ReportAnswer> {
  const { fleet } = caller;
  if (!(await changeState(tx, caller, migration, { trigger: outcome, why })))
    throw new Error(`migration \`${migration.id}\` moved on under its lock`);
  if (outcome === 'landed') {
    if (vm === undefined) throw new Error(`VM \`${migration.vm}\` is gone from under its open migration`);
    const revision = await tx.vms.place(fleet, migration.vm, vm.revision, migration.target);
    const data = { vm: migration.vm, revision, from: migration.source, to: migration.target };
    await tx.events.emit(fleet, { type: 'vm.relocated', subject: `vms/${migration.vm}`, data });
    const before = { digest: vm.digest, host: migration.source };
    await noteDrift(tx, fleet, { kind: 'vm', name: migration.vm, before });
  }
  return compared(tx, fleet, migration.id);
}

/** As it stands after its end, beside what was predicted of it. */
async function compared(tx: Tx, fleet: string, id: string): Promise<ReportAnswer> {
  const ended = await done(tx, fleet, id);
  return { kind: 'done', ...(await calibrate(tx, fleet, ended.migration)) };
}

/** What comes after the end is kept, once for each side and outcome, and changes nothing: what contradicts the end is for a person to look at. */
async function reportAfterEnd(
  tx: Tx,
  caller: Caller,
  migration: LockedMigration,
  request: ReportRequest,
): Promise<ReportAnswer> {
  const accepted = (migration.state === 'landed') === (request.outcome === 'landed');
  const isKept = migration.reports.some(({ side, outcome }) => side === request.side && outcome === request.outcome);
  const conflict = { kind: 'report-conflict', state: migration.state } as const;
  if (isKept) return accepted ? { kind: 'done', migration } : conflict;
  const heard = await record(tx, caller, migration, request, accepted);
  const { side, outcome } = request;
  await tx.audit.write(caller, 'migration.report', migration.id, { vm: migration.vm, side, outcome, accepted });
  return accepted ? { ...(await compared(tx, caller.fleet, migration.id)), heard } : { ...conflict, heard };
}

/** What the reporter says itself outranks what its raw text is taken for. */
async function record(
  tx: Tx,
  caller: Caller,
  { id }: LockedMigration,
  { side, outcome, raw, ...said }: ReportRequest,
  accepted: boolean,
): Promise<RawTextHeard | undefined> {
  const read = outcome === 'failed' && raw !== undefined ? readRawText(raw) : undefined;
  await tx.migrations.addReport(caller.fleet, id, {
    side,
    outcome,
    phase: said.phase ?? read?.phase,
    errno: said.errno ?? read?.errno,
    slot: said.slot ?? read?.slot,
    reason: read?.reason,
    raw,
    accepted,
    by: actorOf(caller),
  });
  if (outcome === 'landed' || raw === undefined) return undefined;
  return read === undefined ? 'unknown' : 'known';
}

type LastWords = Readonly<Partial<Record<Side, ReportOutcome>>>;

/** The last that each side has said. */
export function lastWords(reports: readonly Pick<MigrationReport, 'side' | 'outcome'>[]): LastWords {
  return Object.fromEntries(reports.map(({ side, outcome }) => [side, outcome]));
}
