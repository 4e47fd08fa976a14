import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import {
  type Address,
  type AddressGuard,
  type ClaimedDelivery,
  type SentMessage,
  type WebhookSender,
  webhookSignature,
} from '@berth/application';
import { printEvent } from '@berth/contract';

export interface SenderOptions {
  /** For all of it: the name, the link, and the first line of the answer. */
  readonly timeoutMilliseconds?: number;
  /** Whom to believe about who a receiver is, in place of those whom Node believes. */
  readonly ca?: string;
}

const TIMEOUT_MILLISECONDS = 15_000;
const LONGEST_PAUSE_MILLISECONDS = 3_600_000;
/** Under load, says the status, and its sender knows no better for how long. */
const PAUSE_MILLISECONDS = 30_000;
const MOST_HEARD = 64 * 1024;
const HEARD_MILLISECONDS = 1_000;
const THROTTLED: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const HEADERS = { 'content-type': 'application/cloudevents+json; charset=utf-8', 'user-agent': 'berth-webhooks/1' };

/** Sends messages by HTTP, only to addresses that the guard has looked at, and follows nobody anywhere. */
export class HttpWebhookSender implements WebhookSender {
  readonly #timeout: number;
  readonly #ca: string | undefined;

  constructor(
    private readonly guard: AddressGuard,
    { timeoutMilliseconds = TIMEOUT_MILLISECONDS, ca }: SenderOptions = {},
  ) {
    this.#timeout = timeoutMilliseconds;
    this.#ca = ca;
  }

  async send(claimed: ClaimedDelivery, signal: AbortSignal): Promise<SentMessage> {
    const began = performance.now();
    const end = new AbortController();
    const cut = (): void => end.abort();
    signal.addEventListener('abort', cut, { once: true });
    if (signal.aborted) cut();
    const timer = setTimeout(cut, this.#timeout);
    try {
      const sent = await this.#attempt(claimed, end.signal);
      return { milliseconds: Math.round(performance.now() - began), ...sent };
    } catch (error) {
      if (signal.aborted) throw error;
      const why = end.signal.aborted ? `no answer in ${this.#timeout} ms` : wordsOf(error);
      return { milliseconds: Math.round(performance.now() - began), outcome: { error: why } };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cut);
    }
  }

  async #attempt(claimed: ClaimedDelivery, signal: AbortSignal): Promise<Omit<SentMessage, 'milliseconds'>> {
    const checked = await unlessAborted(this.guard.check(claimed.url), signal);
    if (checked.kind !== 'allowed') return { outcome: { error: `not sent: the address ${checked.why}` } };
    const trust = this.#ca === undefined ? {} : { ca: this.#ca };
    const response = await answerTo(claimed, { lookup: pinnedTo(checked.addresses), signal, ...trust });
    letGo(response);
    const status = response.statusCode ?? 0;
    return { outcome: { status }, ...pauseOf(status, response.headers['retry-after']) };
  }
}

function answerTo(claimed: ClaimedDelivery, link: RequestOptions): Promise<IncomingMessage> {
  const { id, body } = messageOf(claimed);
  const timestamp = Math.floor(claimed.claimedAt.getTime() / 1000);
  const headers = {
    ...HEADERS,
    'content-length': Buffer.byteLength(body),
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': webhookSignature({ id, timestamp, body }, claimed.secrets),
  };
  const open = claimed.url.startsWith('https:') ? requestHttps : requestHttp;
  // No agent: no link is kept for an address that was looked at some time ago, and no proxy of the environment is asked.
  const options = { ...link, method: 'POST', headers, agent: false };
  return new Promise((resolve, reject) => {
    const request: ClientRequest = open(claimed.url, options);
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });
}

/** What it says beyond its status is nobody's business here; it may say a little, so as not to see its link cut. */
function letGo(response: IncomingMessage): void {
  let left = MOST_HEARD;
  const timer = setTimeout(() => response.destroy(), HEARD_MILLISECONDS);
  response.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) response.destroy();
  });
  response.once('error', () => undefined);
  response.once('close', () => clearTimeout(timer));
}

function messageOf({ message }: ClaimedDelivery): { readonly id: string; readonly body: string } {
  if (message.kind === 'lost') throw new Error('there is nothing to be sent of an event that is not kept');
  if (message.kind === 'event') return { id: message.event.id, body: JSON.stringify(printEvent(message.event)) };
  const { id, at } = message;
  const test = {
    specversion: '1.0',
    id,
    source: '/webhooks',
    type: 'dev.berth.webhook.test.v1',
    time: at.toISOString(),
    datacontenttype: 'application/json',
    data: {},
  };
  return { id, body: JSON.stringify(test) };
}

/** Answers with what was looked at, so that a name that means something else a moment later leads nowhere else. */
const pinnedTo =
  (addresses: readonly Address[]): LookupFunction =>
  (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };

function pauseOf(status: number, retryAfter: string | undefined): { readonly pauseMilliseconds?: number } {
  if (!THROTTLED.has(status)) return {};
  const asked = retryAfter === undefined ? Number.NaN : askedFor(retryAfter);
  if (!Number.isNaN(asked)) return { pauseMilliseconds: Math.min(Math.max(asked, 0), LONGEST_PAUSE_MILLISECONDS) };
  return status === 429 ? { pauseMilliseconds: PAUSE_MILLISECONDS } : {};
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
const askedFor = (text: string): number =>
  /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return Promise.race([
    work,
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ]);
}

/** What went wrong on the way, in a few words: what came back on the link is not among them. */
function wordsOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return WORDS.get(code) ?? (code === '' ? 'the link failed' : `the link failed (${code})`);
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'the receiver closed the link without an answer'],
  ['EHOSTUNREACH', 'no way to the address'],
  ['ENETUNREACH', 'no way to the address'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'the certificate is self-signed'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the certificate cannot be verified'],
  ['CERT_HAS_EXPIRED', 'the certificate has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another name'],
]);
