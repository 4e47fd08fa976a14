import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';

interface RotationRead {
  readonly signing: string;
  readonly next: string | null;
  readonly verifying: readonly { readonly kid: string; readonly until: string }[];
}

/** The key set alone goes to stdout, so that `berth ticket keys > jwks.json` is what a host needs. */
export async function ticketKeys(session: Session): Promise<number> {
  sayBody(session, (await session.api().call({ path: PATHS.ticketKeySet })).text);
  return 0;
}

export async function ticketRotate(session: Session, options: { readonly immediately?: true }): Promise<number> {
  const body = { immediately: options.immediately ?? false };
  const answer = await session.api().call<RotationRead>({ method: 'POST', path: PATHS.rotateTicketKeys, body });
  const { signing, next, verifying } = answer.json;
  const gap = session.style.laidOut ? '  ' : '\t';
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else {
    const rows = [['signing', signing], ...(next === null ? [] : [['next', next]])];
    const old = verifying.map(({ kid, until }) => ['verifying', kid, until]);
    session.say([...rows, ...old].map((row) => row.join(gap)));
  }
  return 0;
}
