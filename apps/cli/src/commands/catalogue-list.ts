import type { CatalogueItemRead, CatalogueRead } from '../api-types.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';
import { catalogueLines } from '../views/catalogue-view.js';

/** `berth catalogue list`: one answer, which is not cut into pages. */
export async function catalogueList(session: Session): Promise<number> {
  const { json, text } = await session.api().call<CatalogueRead>({ path: PATHS.catalogue });
  const items: readonly CatalogueItemRead[] = json.items;
  if (session.output === 'json') sayBody(session, text);
  else if (session.output === 'ndjson') session.say(items.map((item) => JSON.stringify(item)));
  else if (session.output === 'name') session.say(items.map(({ row }) => row));
  else session.say(catalogueLines(items, session.style));
  return 0;
}
