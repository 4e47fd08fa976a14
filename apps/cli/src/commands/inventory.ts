import type { InventoryGroupRead, InventoryRead } from '../api-types.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';
import { grouped } from '../views/sweep-view.js';
import { tableLines } from '../views/table.js';

export interface InventoryOptions {
  readonly by: string;
}

function word(value: InventoryGroupRead[string] | undefined): string {
  if (value === null || value === undefined) return 'unknown';
  if (value === true) return 'yes';
  return value === false ? 'no' : `${value}`;
}

/** A label that is not set is not unknown. */
const cell = (name: string, value: InventoryGroupRead[string] | undefined): string =>
  name.startsWith('label:') && value === null ? '-' : word(value);

/** `berth inventory`: how many hosts can do what? */
export async function inventory(session: Session, { by }: InventoryOptions): Promise<number> {
  const call = { path: PATHS.inventory, query: { groupBy: by } };
  const { json, text } = await session.api().call<InventoryRead>(call);
  const names = by.split(',');
  const count = (hosts: number): string => (session.style.laidOut ? grouped(hosts) : `${hosts}`);
  if (session.output === 'json') sayBody(session, text);
  else if (session.output === 'ndjson') session.say(json.groups.map((group) => JSON.stringify(group)));
  else {
    const columns = [{ head: 'HOSTS' }, ...names.map((name) => ({ head: name.toUpperCase() }))];
    const rows = json.groups.map((group) => [count(group.hosts), ...names.map((name) => cell(name, group[name]))]);
    session.say(tableLines(session.style, columns, rows));
  }
  return 0;
}
