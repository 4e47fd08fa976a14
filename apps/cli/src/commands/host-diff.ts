import type { DiffRead, PageRead } from '../api-types.js';
import { Failure } from '../failure.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';

interface RevisionRead {
  readonly revision: number;
}

async function lastTwo(session: Session, host: string): Promise<[string, string]> {
  const call = { path: PATHS.hostRevisions(host), query: { limit: '2' } };
  const { items } = (await session.api().call<PageRead<RevisionRead>>(call)).json;
  const [newest, before] = items;
  if (newest === undefined || before === undefined)
    throw new Failure(`${host} has one revision only: nothing to compare`);
  return [`${before.revision}`, `${newest.revision}`];
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function line(change: DiffRead['differences'][number]): string {
  if (change.before === undefined) return `+ ${change.pointer}  ${shown(change.after)}`;
  if (change.after === undefined) return `- ${change.pointer}  ${shown(change.before)}`;
  return `~ ${change.pointer}  ${shown(change.before)} → ${shown(change.after)}`;
}

/** `berth host diff HOST [A] [B]`: which facts changed. */
export async function hostDiff(session: Session, host: string, a?: string, b?: string): Promise<number> {
  if ((a === undefined) !== (b === undefined)) throw new Failure('name two revisions, or none for the last two');
  const [from, to] = a !== undefined && b !== undefined ? [a, b] : await lastTwo(session, host);
  const answer = await session.api().call<DiffRead>({ path: PATHS.hostDiff(host, from, to) });
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else if (answer.json.differences.length === 0) session.say([`${host} r${from} and r${to} say the same`]);
  else session.say(answer.json.differences.map(line));
  return 0;
}
