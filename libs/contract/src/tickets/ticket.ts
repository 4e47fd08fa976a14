import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.js';

/** What a ticket says. Any of these changes, and it verifies no longer where it is to be used. */
export interface Ticket {
  readonly fleet: string;
  /** Id of the migration it was issued for. */
  readonly migration: string;
  readonly vm: string;
  /** The run of the VMM that may move; undefined when the manifest did not name one. */
  readonly runId: string | undefined;
  readonly source: string;
  readonly target: string;
  /** Digest of the VM's manifest. */
  readonly manifest: string;
  /** Digest of the target's fingerprint. */
  readonly fingerprint: string;
  /** The target's boot; undefined when its fingerprint did not name one. */
  readonly bootId: string | undefined;
  readonly rulebook: string;
  /** Both times count in whole seconds, rounded down. */
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** A media type of its own (RFC 8725, 3.11), so that no other token of anybody's passes for a ticket. */
export const TICKET_TYPE = 'berth-ticket+jwt';
export const TICKET_ALGORITHM = 'EdDSA';
/** A ticket has some 700 bytes; what is larger is not even parsed. */
export const TICKET_BYTES = 8 * 1024;

const ISSUER = 'berth';
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const MAX_TEXT = 256;
// Claims reach terminals and logs, those of a forged ticket too.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const PRINTABLE = /^[^\x00-\x1f\x7f-\x9f]+$/;
/** The end of the year 9999. */
const LAST_SECOND = 253_402_300_799;

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);

/** The claims of the token (RFC 7519): `sub` is the VM, `aud` the target. What is not known is left out. */
export function printTicket(ticket: Ticket): JsonObject {
  const { fleet, migration, runId, source, manifest, fingerprint, bootId, rulebook } = ticket;
  return {
    iss: ISSUER,
    sub: ticket.vm,
    aud: ticket.target,
    iat: seconds(ticket.issuedAt),
    nbf: seconds(ticket.issuedAt),
    exp: seconds(ticket.expiresAt),
    fleet,
    migration,
    source,
    manifest,
    fingerprint,
    rulebook,
    ...(runId === undefined ? {} : { runId }),
    ...(bootId === undefined ? {} : { bootId }),
  };
}

/** The ticket that these claims make, or what is wrong with them. Claims it does not know say nothing to it. */
export function parseTicket(claims: JsonValue): Ticket | string {
  if (!isJsonObject(claims)) return 'expected claims, got something else';
  const wrong = Object.entries(CLAIMS).find(([name, fits]) => !fits(claims[name]));
  if (wrong !== undefined) return `expected a good claim \`${wrong[0]}\`, got another or none`;
  return ticketOf(claims as unknown as Claims);
}

interface Claims extends Omit<Ticket, 'vm' | 'target' | 'issuedAt' | 'expiresAt'> {
  readonly sub: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
}

function ticketOf(claims: Claims): Ticket {
  return {
    fleet: claims.fleet,
    migration: claims.migration,
    vm: claims.sub,
    runId: claims.runId,
    source: claims.source,
    target: claims.aud,
    manifest: claims.manifest,
    fingerprint: claims.fingerprint,
    bootId: claims.bootId,
    rulebook: claims.rulebook,
    issuedAt: new Date(claims.iat * 1000),
    expiresAt: new Date(claims.exp * 1000),
  };
}

type Fits = (value: JsonValue | undefined) => boolean;

const isText: Fits = (value) => typeof value === 'string' && value.length <= MAX_TEXT && PRINTABLE.test(value);
const isTextOrAbsent: Fits = (value) => value === undefined || isText(value);
const isDigest: Fits = (value) => typeof value === 'string' && DIGEST.test(value);
const isSecond: Fits = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LAST_SECOND;

const CLAIMS: Readonly<Record<string, Fits>> = {
  iss: (value) => value === ISSUER,
  sub: isText,
  aud: isText,
  iat: isSecond,
  nbf: isSecond,
  exp: isSecond,
  fleet: isText,
  migration: isText,
  source: isText,
  manifest: isDigest,
  fingerprint: isDigest,
  rulebook: isText,
  runId: isTextOrAbsent,
  bootId: isTextOrAbsent,
};
