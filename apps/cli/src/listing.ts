import type { ApiCall } from './api-client.js';
import type { PageRead } from './api-types.js';
import { Failure } from './failure.js';
import { type Session, sayBody } from './session.js';
import { type Column, tableLines } from './views/table.js';

export interface ListOptions {
  readonly limit?: string;
  readonly cursor?: string;
}

/** How a list is asked for and how one item of it prints. */
export interface Listing<T> {
  readonly path: string;
  readonly query: ApiCall['query'];
  readonly columns: readonly Column[];
  readonly cells: (item: T) => readonly string[];
  readonly name: (item: T) => string;
  readonly empty: string;
}

const PAGE = 1000;

function limitOf(options: ListOptions): number | undefined {
  if (options.limit === undefined) return undefined;
  if (/^[1-9][0-9]{0,8}$/.test(options.limit)) return Number(options.limit);
  throw new Failure(`--limit ${options.limit}: expected a whole number from 1`);
}

/** Every item, page after page, up to the limit. */
async function* items<T>(session: Session, listing: Listing<T>, options: ListOptions): AsyncGenerator<T> {
  let left = limitOf(options) ?? Number.POSITIVE_INFINITY;
  let cursor = options.cursor;
  do {
    const query = { ...listing.query, limit: `${Math.min(left, PAGE)}`, cursor };
    const page: PageRead<T> = (await session.api().call<PageRead<T>>({ path: listing.path, query })).json;
    yield* page.items;
    left -= page.items.length;
    cursor = page.nextCursor;
  } while (cursor !== undefined && left > 0);
}

async function sayPage<T>(session: Session, listing: Listing<T>, options: ListOptions): Promise<void> {
  const limit = limitOf(options);
  const query = { ...listing.query, limit: limit === undefined ? undefined : `${limit}`, cursor: options.cursor };
  sayBody(session, (await session.api().call({ path: listing.path, query })).text);
}

async function sayTable<T>(session: Session, listing: Listing<T>, options: ListOptions): Promise<void> {
  const all: T[] = [];
  for await (const item of items(session, listing, options)) all.push(item);
  if (all.length > 0) session.say(tableLines(session.style, listing.columns, all.map(listing.cells)));
  else session.terminal.err(`${listing.empty}\n`);
}

/** A list in the form asked for: one page of the API's own (json), or every item (table, ndjson, name). */
export async function sayList<T>(session: Session, listing: Listing<T>, options: ListOptions): Promise<number> {
  if (session.output === 'json') await sayPage(session, listing, options);
  else if (session.output === 'ndjson' || session.output === 'name') {
    const line = session.output === 'name' ? listing.name : (item: T) => JSON.stringify(item);
    for await (const item of items(session, listing, options)) session.say([line(item)]);
  } else await sayTable(session, listing, options);
  return 0;
}
