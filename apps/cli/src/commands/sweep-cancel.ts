import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';

/** `berth sweep cancel ID`: what is answered by then stays. */
export async function sweepCancel(session: Session, id: string): Promise<number> {
  const answer = await session.api().call({ method: 'DELETE', path: PATHS.sweep(id) });
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else session.say([`${id}  cancelled`]);
  return 0;
}
