import { hostname } from 'node:os';
import { readTicket, type TicketRead, type TicketRefusal, type TicketUse, ticketFaults } from '@berth/contract/tickets';
import { EXIT } from '../exit-code.js';
import { Failure } from '../failure.js';
import type { Session } from '../session.js';
import { bootIdFrom, keySetAt, keySetFile, ownFacts, ticketText } from '../ticket-inputs.js';

export interface TicketVerifyOptions {
  readonly ticket: string;
  readonly fingerprint: string;
  readonly bootId: string;
  readonly jwks?: string;
  readonly jwksUrl?: string;
  readonly host?: string;
  readonly fleet: string;
  readonly vm?: string;
  readonly runId?: string;
  readonly clockSkew: string;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
const MOST_SKEW_MS = 300_000;

function skewOf(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  const milliseconds = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (milliseconds <= MOST_SKEW_MS) return milliseconds;
  throw new Failure(`--clock-skew ${text}: expected a duration from 0s to 5m, such as 500ms or 5s`);
}

function keySet({ terminal }: Session, { jwks, jwksUrl }: TicketVerifyOptions) {
  if (jwks !== undefined && jwksUrl === undefined) return keySetFile(terminal, jwks);
  if (jwksUrl !== undefined && jwks === undefined) return keySetAt(jwksUrl);
  throw new Failure('expected one of --jwks and --jwks-url: the keys that tickets may be signed with');
}

async function useOf({ terminal }: Session, options: TicketVerifyOptions): Promise<TicketUse> {
  const { vm, runId, fleet, host = hostname() } = options;
  const skewMilliseconds = skewOf(options.clockSkew);
  const bootId = await bootIdFrom(terminal, options.bootId);
  const { digest, bootId: fingerprintBootId } = await ownFacts(terminal, options.fingerprint);
  const now = new Date();
  return { now, skewMilliseconds, fleet, host, bootId, fingerprint: digest, fingerprintBootId, vm, runId };
}

function say(session: Session, read: TicketRead, refusals: readonly TicketRefusal[]): void {
  const ticket = read.kind === 'read' ? { ...read.ticket, kid: read.kid } : null;
  const gap = session.style.laidOut ? '  ' : '\t';
  const outcome = refusals.length === 0 ? 'accepted' : 'refused';
  if (session.output === 'json' || session.output === 'ndjson')
    session.say([JSON.stringify({ outcome, refusals, ticket })]);
  else if (ticket !== null && refusals.length === 0)
    session.say([[outcome, ticket.vm, ticket.target, ticket.migration, ticket.expiresAt.toISOString()].join(gap)]);
  else session.say(refusals.map(({ code, detail }) => [outcome, code, detail].join(gap)));
}

/** `berth ticket verify`: may this VM come in here, now? With files it needs no network and no Berth. */
export async function ticketVerify(session: Session, options: TicketVerifyOptions): Promise<number> {
  const inputs = [options.ticket, options.jwks, options.fingerprint];
  if (inputs.filter((path) => path === '-').length > 1) throw new Failure('standard input can be read once only');
  const use = await useOf(session, options);
  const read = readTicket(await ticketText(session.terminal, options.ticket), await keySet(session, options));
  const refusals = read.kind === 'read' ? ticketFaults(read.ticket, use) : [read.refusal];
  say(session, read, refusals);
  return refusals.length === 0 ? EXIT.ok : EXIT.refused;
}
