import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';

/** `berth catalogue remove ROW`: answers that were given under it keep it. */
export async function catalogueRemove(session: Session, row: string): Promise<number> {
  const answer = await session.api().call({ method: 'DELETE', path: PATHS.catalogueRow(row) });
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else session.say([`${row}  removed`]);
  return 0;
}
