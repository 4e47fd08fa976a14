import type { CursorInvalid, Listed, Page } from './page.js';

/** A place in a keyset; `list` binds it to the list that it came from. */
interface Place {
  readonly l: string;
  readonly k: string;
}

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' &&
  value !== null &&
  'l' in value &&
  'k' in value &&
  typeof value.l === 'string' &&
  typeof value.k === 'string';

const print = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Cursors come back from outside: what was never a name or a number must not reach a statement. */
const isName = (key: string): boolean => /^[\x21-\x7e][\x20-\x7e]{0,511}$/.test(key);
export const isRevisionKey = (key: string): boolean => /^[1-9][0-9]{0,8}$/.test(key);
export const isSequenceKey = (key: string): boolean => /^[1-9][0-9]{0,14}$/.test(key);

/** The cursor of what follows this key. */
export const cursorOf = (list: string, key: string): string => print({ l: list, k: key });

/** The key after which a page begins: '' for the first page. */
export function placeOf(
  list: string,
  cursor: string | undefined,
  isKey = isName,
): { readonly kind: 'place'; readonly after: string } | CursorInvalid {
  if (cursor === undefined) return { kind: 'place', after: '' };
  const place = parse(cursor);
  // Printed again and compared, since base64url reads many spellings of the same bytes.
  if (!isPlace(place) || place.l !== list || !isKey(place.k) || print(place) !== cursor)
    return { kind: 'cursor-invalid' };
  return { kind: 'place', after: place.k };
}

/** `rows` holds one row more than the page when there is a next page. */
export function listed<T>(list: string, rows: readonly T[], limit: number, keyOf: (row: T) => string): Listed<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { kind: 'listed', items };
  return { kind: 'listed', items, nextCursor: cursorOf(list, keyOf(last)) };
}

/** Reads one page of a keyset that `read` walks in order of `keyOf`. */
export async function pageOf<T>(
  list: string,
  page: Page,
  keyOf: (row: T) => string,
  read: (after: string, limit: number) => Promise<readonly T[]>,
  isKey = isName,
): Promise<Listed<T> | CursorInvalid> {
  const place = placeOf(list, page.cursor, isKey);
  if (place.kind === 'cursor-invalid') return place;
  return listed(list, await read(place.after, page.limit + 1), page.limit, keyOf);
}
