import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookDeliveryRead, WebhookRead } from '../api-types.js';
import { EXIT } from '../exit-code.js';
import { Failure } from '../failure.js';
import { type ListOptions, sayList } from '../listing.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';
import { wireType } from '../views/event-view.js';
import { attemptWords, deliveryCells, webhookCells, webhookLines } from '../views/webhook-view.js';

const isJson = (session: Session): boolean => session.output === 'json' || session.output === 'ndjson';

export interface WebhookCreateOptions {
  readonly type?: string;
  readonly description?: string;
}

/** The secret alone goes to stdout, so that `berth webhook create … > file` keeps it and nothing else. */
export async function webhookCreate(session: Session, url: string, options: WebhookCreateOptions): Promise<number> {
  const types = options.type?.split(',').map(wireType);
  const body = { url, types, description: options.description };
  return saySecret(session, await session.api().call<Secret>({ method: 'POST', path: PATHS.webhooks, body }));
}

export interface WebhookRotateOptions {
  readonly overlap?: string;
}

export async function webhookRotate(session: Session, id: string, options: WebhookRotateOptions): Promise<number> {
  const body = options.overlap === undefined ? {} : { overlapSeconds: secondsOf(options.overlap) };
  return saySecret(session, await session.api().call<Secret>({ method: 'POST', path: PATHS.webhookRotate(id), body }));
}

interface Secret {
  readonly id: string;
  readonly secret: string;
}

function saySecret(session: Session, answer: { readonly text: string; readonly json: Secret }): number {
  if (isJson(session)) sayBody(session, answer.text);
  else {
    session.say([answer.json.secret]);
    session.terminal.err(`webhook ${answer.json.id}: its secret is not shown again\n`);
  }
  return EXIT.ok;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

function secondsOf(text: string): number {
  const [, digits, unit = ''] = /^([0-9]{1,7})([smhd])$/.exec(text) ?? [];
  if (digits !== undefined) return Number(digits) * (UNITS[unit] ?? 1);
  throw new Failure(`--overlap ${text}: expected a time such as 30m, 24h or 7d`);
}

export function webhookList(session: Session, options: ListOptions): Promise<number> {
  return sayList<WebhookRead>(
    session,
    {
      path: PATHS.webhooks,
      query: {},
      columns: [
        { head: 'ID' },
        { head: 'STATE' },
        { head: 'PENDING' },
        { head: 'FAILING SINCE' },
        { head: 'URL', gives: true },
      ],
      cells: webhookCells,
      name: (webhook) => webhook.id,
      empty: 'no webhooks: make one with `berth webhook create URL`',
    },
    options,
  );
}

export async function webhookGet(session: Session, id: string): Promise<number> {
  return sayWebhook(session, await session.api().call<WebhookRead>({ path: PATHS.webhook(id) }));
}

const change = async (session: Session, id: string, body: object): Promise<number> =>
  sayWebhook(session, await session.api().call<WebhookRead>({ method: 'PATCH', path: PATHS.webhook(id), body }));

export const webhookEnable = (session: Session, id: string): Promise<number> =>
  change(session, id, { state: 'enabled' });
export const webhookDisable = (session: Session, id: string): Promise<number> =>
  change(session, id, { state: 'disabled' });

function sayWebhook(session: Session, answer: { readonly text: string; readonly json: WebhookRead }): number {
  if (isJson(session)) sayBody(session, answer.text);
  else if (session.output === 'name') session.say([answer.json.id]);
  else session.say(webhookLines(session.style, answer.json));
  return EXIT.ok;
}

export async function webhookRemove(session: Session, id: string): Promise<number> {
  const answer = await session.api().call({ method: 'DELETE', path: PATHS.webhook(id) });
  if (isJson(session)) sayBody(session, answer.text);
  else session.say([`${id}  removed`]);
  return EXIT.ok;
}

export interface WebhookReplayOptions {
  readonly event?: string;
  readonly after?: string;
  readonly through?: string;
}

export async function webhookReplay(session: Session, id: string, options: WebhookReplayOptions): Promise<number> {
  const { event, after, through } = options;
  const call = { method: 'POST', path: PATHS.webhookReplay(id), body: { event, after, through } } as const;
  const answer = await session.api().call<{ queued: number; through: string | null }>(call);
  if (isJson(session)) sayBody(session, answer.text);
  else
    session.say([
      `${answer.json.queued}  queued${answer.json.through === null ? '' : `  through ${answer.json.through}`}`,
    ]);
  return EXIT.ok;
}

export interface WebhookDeliveriesOptions extends ListOptions {
  readonly state?: string;
}

export function webhookDeliveries(session: Session, id: string, options: WebhookDeliveriesOptions): Promise<number> {
  return sayList<WebhookDeliveryRead>(
    session,
    {
      path: PATHS.webhookDeliveries(id),
      query: { state: options.state },
      columns: [
        { head: 'ID' },
        { head: 'STATE' },
        { head: 'KIND' },
        { head: 'TYPE' },
        { head: 'SUBJECT' },
        { head: 'TRIES' },
        { head: 'LAST', gives: true },
        { head: 'NEXT' },
      ],
      cells: deliveryCells,
      name: (delivery) => delivery.id,
      empty: 'no deliveries',
    },
    options,
  );
}

const TEST_MS = 30_000;
const POLL_MS = 250;

/** Sends a test, and stays until it is known how that went: exit 3 when the receiver did not take it. */
export async function webhookTest(session: Session, id: string): Promise<number> {
  const api = session.api();
  const { interrupted } = session.terminal;
  let answer = await api.call<WebhookDeliveryRead>({ method: 'POST', path: PATHS.webhookTest(id) });
  const path = PATHS.webhookDelivery(id, answer.json.id);
  for (let waited = 0; answer.json.state === 'pending' && waited < TEST_MS; waited += POLL_MS) {
    await sleep(POLL_MS, undefined, { signal: interrupted });
    answer = await api.call<WebhookDeliveryRead>({ path });
  }
  if (isJson(session)) sayBody(session, answer.text);
  else session.say([`${answer.json.state}  ${attemptWords(answer.json)}`]);
  return answer.json.state === 'delivered' ? EXIT.ok : EXIT.refused;
}
