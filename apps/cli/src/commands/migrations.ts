import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import type { ApiAnswer, ApiCall } from '../api-client.js';
import { readBounded } from '../bounded-file.js';
import { EXIT, exitOf } from '../exit-code.js';
import { Failure } from '../failure.js';
import { isPassing } from '../is-passing.js';
import { type ListOptions, sayList } from '../listing.js';
import type { MigrationRead } from '../migration-types.js';
import { waitForMigration } from '../migration-wait.js';
import { PATHS } from '../paths.js';
import { readExpect, readPolicy } from '../question-options.js';
import { type Session, sayBody } from '../session.js';
import { withSuggestion } from '../suggest.js';
import { exitOfMigration, migrationCells, migrationLines } from '../views/migration-view.js';
import type { VerdictRead } from '../views/verdict-read.js';
import { verdictLines } from '../views/verdict-view.js';

const isJson = (session: Session): boolean => session.output === 'json' || session.output === 'ndjson';

function say(session: Session, { json, text }: Pick<ApiAnswer<MigrationRead>, 'json' | 'text'>): void {
  if (isJson(session)) sayBody(session, text);
  else if (session.output === 'name') session.say([json.id]);
  else session.say(migrationLines(session.style, json));
}

/** A refusal that is an answer: it has a verdict, and the exit code of one. */
function saidNo(session: Session, error: unknown): number {
  if (!(error instanceof Failure) || error.code !== 'NOT_COMPATIBLE' || error.body === undefined) throw error;
  const { verdict } = JSON.parse(error.body) as { readonly verdict: VerdictRead };
  const { basis } = verdict;
  if (isJson(session)) sayBody(session, error.body);
  else if (session.output !== 'name') {
    const subject = [
      `${basis.vm ?? '?'} r${basis.vmRevision ?? '?'}`,
      `→ ${basis.host ?? '?'} r${basis.hostRevision ?? '?'}`,
    ];
    session.say(verdictLines({ verdict, subject }, session.style));
  }
  if (verdict.wouldFail !== null) session.hint(`berth explain ${verdict.wouldFail.reason}`);
  return exitOf(verdict.outcome);
}

async function saveTicket(path: string | undefined, { id, ticket }: MigrationRead): Promise<void> {
  if (path === undefined) return;
  try {
    // Renamed when it is whole: a hook may read it at any moment.
    await writeFile(`${path}.new`, `${ticket}\n`);
    await rename(`${path}.new`, path);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'error';
    const cure = `the ticket is good all the same: \`berth migration get ${id} -o json\` shows it`;
    throw new Failure(`cannot write ${path}: ${why}`, { code: 'TICKET_NOT_SAVED', cause, cure });
  }
}

export interface MigrationOpenOptions {
  readonly policy?: string;
  readonly expect?: string;
  readonly idempotencyKey?: string;
  readonly saveTicket?: string;
  readonly wait?: boolean;
}

/** `berth migration open VM HOST`: with the exit code of a preflight, and of the end with `--wait`. */
export async function migrationOpen(
  session: Session,
  vm: string,
  host: string,
  options: MigrationOpenOptions,
): Promise<number> {
  const key = options.idempotencyKey ?? randomUUID();
  const body = { vm, target: host, policy: readPolicy(options.policy), expect: readExpect(options.expect) };
  const call: ApiCall = { method: 'POST', path: PATHS.migrations, body, headers: { 'idempotency-key': key } };
  const asked = [{ kind: 'vm', name: vm } as const, { kind: 'host', name: host } as const];
  try {
    const answer = await withSuggestion(session, asked, () => session.api().call<MigrationRead>(call));
    await saveTicket(options.saveTicket, answer.json);
    if (options.wait === true) return await get(session, answer.json.id);
    say(session, answer);
    return EXIT.ok;
  } catch (error) {
    return saidNo(session, unlessUnknown(error, key));
  }
}

/** Asking again with the key of the call whose answer was lost finds out what became of it. */
function unlessUnknown(error: unknown, key: string): unknown {
  if (!(error instanceof Failure) || !isPassing(error)) return error;
  const cure = `it may be open: ask again, the same way and with --idempotency-key ${key}, and there is one at most`;
  const { code, message, faults, body, cause } = error;
  return new Failure(message, { code, faults, body, cause, cure });
}

export interface MigrationVerifyOptions {
  readonly digest?: string;
  readonly bootId?: string;
  readonly ticket?: string;
  readonly saveTicket?: string;
}

const TICKET_BYTES = 16_384;

/** `berth migration verify ID`: what the target says of itself, on its behalf. */
export async function migrationVerify(session: Session, id: string, options: MigrationVerifyOptions): Promise<number> {
  const { digest, bootId } = options;
  const file =
    options.ticket === undefined ? undefined : await readBounded(session.terminal, options.ticket, TICKET_BYTES);
  const body = { digest, bootId, ticket: file?.toString('utf8').trim() };
  return act(session, { method: 'POST', path: PATHS.migrationAct(id, 'verify'), body }, options.saveTicket);
}

export const migrationStart = (session: Session, id: string): Promise<number> =>
  act(session, { method: 'POST', path: PATHS.migrationAct(id, 'start') });

export const migrationCancel = (session: Session, id: string): Promise<number> =>
  act(session, { method: 'POST', path: PATHS.migrationAct(id, 'cancel') });

async function act(session: Session, call: ApiCall, ticket?: string): Promise<number> {
  try {
    const answer = await session.api().call<MigrationRead>(call);
    await saveTicket(ticket, answer.json);
    say(session, answer);
    return EXIT.ok;
  } catch (error) {
    return saidNo(session, error);
  }
}

export interface MigrationReportOptions {
  readonly side: string;
  readonly phase?: string;
  readonly errno?: string;
  readonly slot?: string;
  readonly raw?: string;
}

const RAW_BYTES = 16_384;

/** `berth migration report ID landed|failed`: what became of it, as one side has it. */
export async function migrationReport(
  session: Session,
  id: string,
  outcome: string,
  options: MigrationReportOptions,
): Promise<number> {
  const { side, phase, errno } = options;
  const raw = options.raw === undefined ? undefined : await readBounded(session.terminal, options.raw, RAW_BYTES);
  const body = { side, outcome, phase, errno, slot: slotOf(options.slot), raw: raw?.toString('utf8') };
  return act(session, { method: 'POST', path: PATHS.migrationAct(id, 'report'), body });
}

function slotOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^(0|[1-9][0-9]{0,9})$/.test(text)) return Number(text);
  throw new Failure(`--slot ${text}: expected the number of a memslot`);
}

/** `berth migration get ID [--wait]`. */
export async function migrationGet(
  session: Session,
  id: string,
  options: { readonly wait?: boolean },
): Promise<number> {
  if (options.wait === true) return get(session, id);
  say(session, await session.api().call<MigrationRead>({ path: PATHS.migration(id) }));
  return EXIT.ok;
}

async function get(session: Session, id: string): Promise<number> {
  const answer = await waitForMigration(session, id);
  if (typeof answer === 'number') return answer;
  say(session, answer);
  return exitOfMigration(answer.json);
}

export interface MigrationListOptions extends ListOptions {
  readonly state?: string;
  readonly vm?: string;
  readonly source?: string;
  readonly target?: string;
}

export function migrationList(session: Session, options: MigrationListOptions): Promise<number> {
  const { state, vm, source, target } = options;
  return sayList<MigrationRead>(
    session,
    {
      path: PATHS.migrations,
      query: { state, vm, source, target },
      columns: [{ head: 'ID' }, { head: 'STATE' }, { head: 'VM', gives: true }, { head: 'SOURCE' }, { head: 'TARGET' }],
      cells: migrationCells,
      name: (migration) => migration.id,
      empty: 'no migrations: open one with `berth migration open VM HOST`',
    },
    options,
  );
}
