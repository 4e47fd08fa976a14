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

/** The VMs that lost this target, and those that won it. */
function targetLines({ targets }: DiffRead): string[] {
  if (targets === undefined) return [];
  const lost = targets.lost.map(({ vm, reason }) => `- ${vm}  lost this target: ${reason ?? 'unknown'}`);
  const won = targets.won.map(({ vm }) => `+ ${vm}  won this target`);
  const cut = targets.nextCursor === undefined ? [] : [`… of the first ${targets.asked} VMs; --limit asks more`];
  return [...lost, ...won, ...cut];
}

export interface HostDiffOptions {
  readonly limit?: string;
}

/** `berth host diff HOST [A] [B]`: which facts changed, and for which VMs. */
export async function hostDiff(
  session: Session,
  host: string,
  a: string | undefined,
  b: string | undefined,
  { limit }: HostDiffOptions,
): Promise<number> {
  if ((a === undefined) !== (b === undefined)) throw new Failure('name two revisions, or none for the last two');
  const [from, to] = a !== undefined && b !== undefined ? [a, b] : await lastTwo(session, host);
  const answer = await session.api().call<DiffRead>({ path: PATHS.hostDiff(host, from, to), query: { limit } });
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else if (answer.json.differences.length === 0) session.say([`${host} r${from} and r${to} say the same`]);
  else session.say([...answer.json.differences.map(line), ...targetLines(answer.json)]);
  return 0;
}
