import { readUnverifiedTicket } from '@berth/contract/tickets';
import { Failure } from '../failure.js';
import type { Session } from '../session.js';
import { ticketText } from '../ticket-inputs.js';
import { pairLines } from '../views/pairs.js';

/** `berth ticket show`: what a ticket claims, which anybody could have written. */
export async function ticketShow(session: Session, path: string): Promise<number> {
  const read = readUnverifiedTicket(await ticketText(session.terminal, path));
  if (read.kind === 'refused') throw new Failure(`${path} is no ticket: ${read.refusal.detail}`);
  const { ticket, kid } = read;
  if (session.output === 'json' || session.output === 'ndjson') session.say([JSON.stringify({ ...ticket, kid })]);
  else {
    const pairs: [string, string][] = [
      ['vm', ticket.vm],
      ['run', ticket.runId ?? ''],
      ['source', ticket.source],
      ['target', ticket.target],
      ['migration', ticket.migration],
      ['fleet', ticket.fleet],
      ['manifest', ticket.manifest],
      ['fingerprint', ticket.fingerprint],
      ['boot', ticket.bootId ?? ''],
      ['rulebook', ticket.rulebook],
      ['issued', ticket.issuedAt.toISOString()],
      ['expires', ticket.expiresAt.toISOString()],
      ['key', kid],
    ];
    session.say(pairLines(session.style, pairs));
    session.warn('shown, not verified: anybody could have written this');
  }
  return 0;
}
