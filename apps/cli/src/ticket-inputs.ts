import {
  documentDigest,
  isJsonObject,
  type JsonValue,
  parseJson,
  parseTicketKeySet,
  TICKET_BYTES,
  type TicketKeySet,
} from '@berth/contract/tickets';
import { readBounded } from './bounded-file.js';
import { Failure } from './failure.js';
import type { Terminal } from './terminal.js';

const DOCUMENT_BYTES = 1024 * 1024;
const FETCH_MS = 1_500;
const BOOT_ID_BYTES = 1024;
const FINGERPRINT_SCHEMA = 'berth.fingerprint/1';
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** What the host says of itself: the digest of its facts, and the boot they were collected in. */
export interface OwnFacts {
  readonly digest: string;
  readonly bootId: string | undefined;
}

/** The token without the line end that a file has. One that is too large comes back cut, and too large to be taken. */
export async function ticketText(terminal: Terminal, path: string): Promise<string> {
  return (await readBounded(terminal, path, TICKET_BYTES * 2)).toString('utf8').trim();
}

export async function ownFacts(terminal: Terminal, path: string): Promise<OwnFacts> {
  const document = jsonIn(await readBounded(terminal, path, DOCUMENT_BYTES), path);
  if (!isJsonObject(document) || document['schema'] !== FINGERPRINT_SCHEMA)
    throw new Failure(`${path} /schema: expected \`${FINGERPRINT_SCHEMA}\``, {
      cure: 'name the fingerprint of this host',
    });
  const { bootId } = document;
  return { digest: documentDigest(document), bootId: typeof bootId === 'string' ? bootId : undefined };
}

/** A value, or the file it stands in: no boot id holds a `/`, and no path worth naming lacks one. */
export async function bootIdFrom(terminal: Terminal, given: string): Promise<string> {
  const text = given.includes('/') ? (await readBounded(terminal, given, BOOT_ID_BYTES)).toString('utf8') : given;
  const bootId = text.trim();
  if (bootId === '') throw new Failure(`--boot-id ${given}: there is no boot id in it`);
  return bootId;
}

export async function keySetFile(terminal: Terminal, path: string): Promise<TicketKeySet> {
  return keySetIn(await readBounded(terminal, path, DOCUMENT_BYTES), path);
}

/** Over a link that anybody on the way could write to, a key set would prove nothing. */
export async function keySetAt(url: string): Promise<TicketKeySet> {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' };
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.test(hostname)))
    throw new Failure(`--jwks-url ${url}: expected https, or http on this machine`, {
      cure: 'fetch the key set over a link you trust, and name the file with --jwks',
    });
  return keySetIn(await fetched(url), url);
}

async function fetched(url: string): Promise<Buffer> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    throw new Failure(`${url} answered ${response.status}`);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure(`cannot fetch ${url}`, { cause, cure: 'keep the key set in a file, and name it with --jwks' });
  }
}

function keySetIn(bytes: Buffer, from: string): TicketKeySet {
  const parsed = parseTicketKeySet(jsonIn(bytes, from));
  if (parsed.kind === 'ok') return parsed.keys;
  throw new Failure(`${from} ${parsed.pointer}: ${parsed.detail}`, {
    cure: 'fetch it anew from /.well-known/jwks.json',
  });
}

function jsonIn(bytes: Buffer, from: string): JsonValue {
  const json = parseJson(bytes);
  if (json.kind === 'ok') return json.value;
  throw new Failure(`${from}: ${json.problem.detail} (${json.problem.code})`);
}
