import type { Ticket } from './ticket.js';
import type { TicketRefusal, TicketRefusalCode } from './ticket-refusal.js';

/** What the target knows of itself at this moment, and of what is about to arrive. */
export interface TicketUse {
  readonly now: Date;
  /** By how much its clock and the server's may differ. */
  readonly skewMilliseconds: number;
  readonly fleet: string;
  readonly host: string;
  readonly bootId: string;
  /** Digest of its fingerprint. */
  readonly fingerprint: string;
  /** The boot in which that fingerprint was collected, as it says itself. */
  readonly fingerprintBootId: string | undefined;
  /** Left out where the caller does not know. */
  readonly vm?: string | undefined;
  readonly runId?: string | undefined;
}

/** All that keeps a ticket from being used here and now; nothing: it may be. The time comes first, then who, then what. */
export function ticketFaults(ticket: Ticket, use: TicketUse): readonly TicketRefusal[] {
  return [...timeFaults(ticket, use), ...nameFaults(ticket, use), ...factFaults(ticket, use)];
}

function timeFaults({ issuedAt, expiresAt }: Ticket, { now, skewMilliseconds }: TicketUse): readonly TicketRefusal[] {
  const at = now.getTime();
  const clock = `the clock here says ${now.toISOString()}`;
  if (at + skewMilliseconds < issuedAt.getTime())
    return [refusal('TICKET_NOT_YET', `valid from ${issuedAt.toISOString()}; ${clock}`)];
  if (at - skewMilliseconds >= expiresAt.getTime())
    return [refusal('TICKET_EXPIRED', `valid until ${expiresAt.toISOString()}; ${clock}`)];
  return [];
}

function nameFaults(ticket: Ticket, use: TicketUse): readonly TicketRefusal[] {
  return [
    ...differing('OTHER_FLEET', 'fleet', ticket.fleet, use.fleet),
    ...differing('OTHER_HOST', 'target', ticket.target, use.host),
    ...(use.vm === undefined ? [] : differing('OTHER_VM', 'VM', ticket.vm, use.vm)),
    ...(use.runId === undefined ? [] : differing('OTHER_RUN', 'run', ticket.runId, use.runId)),
  ];
}

function factFaults(ticket: Ticket, use: TicketUse): readonly TicketRefusal[] {
  const { fingerprintBootId: collectedIn, bootId } = use;
  const isOutdated = collectedIn !== undefined && !isSameBoot(collectedIn, bootId);
  const outdated = `collected in the boot \`${collectedIn}\`, and this is \`${bootId}\`: collect it again`;
  return [
    ...(isSameBoot(ticket.bootId, bootId) ? [] : differing('HOST_REBOOTED', 'boot', ticket.bootId, bootId)),
    ...(isOutdated ? [refusal('FINGERPRINT_OUTDATED', outdated)] : []),
    ...differing('FINGERPRINT_CHANGED', 'fingerprint', ticket.fingerprint, use.fingerprint),
  ];
}

/** The kernel writes a boot id with dashes, systemd without. */
function isSameBoot(one: string | undefined, other: string): boolean {
  return one !== undefined && plainBoot(one) === plainBoot(other);
}

const plainBoot = (id: string): string => (/^[0-9a-f-]{32,36}$/i.test(id) ? id.replaceAll('-', '').toLowerCase() : id);

/** What the ticket does not name cannot be told apart from something else: that is a no. */
function differing(code: TicketRefusalCode, what: string, pinned: string | undefined, found: string): TicketRefusal[] {
  if (pinned === found) return [];
  const named = pinned === undefined ? `names no ${what}` : `is for the ${what} \`${pinned}\``;
  return [refusal(code, `it ${named}, and this is \`${found}\``)];
}

function refusal(code: TicketRefusalCode, detail: string): TicketRefusal {
  return { code, detail };
}
