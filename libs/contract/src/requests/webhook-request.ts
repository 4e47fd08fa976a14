import { z } from 'zod';
import { CLOUD_EVENT_TYPES, type EventName, eventNameOf } from '../events/event-names.js';
import { parseSequence } from '../events/print-event.js';
import { fault, invalid, type Parsed, parseWith } from '../fields/faults.js';
import { textField } from '../fields/fields.js';

const URL_LENGTH = 2_048;
const URL = 'an address such as "https://scheduler.example.com/berth", in ASCII';
const DAY_SECONDS = 86_400;

const url = () =>
  z
    .string({ error: URL })
    .max(URL_LENGTH)
    .regex(/^https?:\/\/[\x21-\x7e]+$/, { error: URL })
    .meta({ description: 'Where messages are sent.' });
const types = () =>
  z
    .array(z.enum(CLOUD_EVENT_TYPES))
    .max(CLOUD_EVENT_TYPES.length)
    .meta({ description: 'Only events of these types; all where there are none.' });
const description = () => textField(256);

export const WebhookRequestSchema = z
  .strictObject({ url: url(), types: types().optional(), description: description().optional() })
  .meta({ id: 'WebhookRequest' });

export const WebhookPatchSchema = z
  .strictObject({
    url: url().optional(),
    types: types().optional(),
    description: description().nullable().optional(),
    state: z.enum(['enabled', 'disabled']).optional().meta({
      description: 'What happens while it is disabled is sent when it is enabled again, as far as it is kept.',
    }),
  })
  .meta({ id: 'WebhookPatch' });

export const WebhookRotationSchema = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(7 * DAY_SECONDS)
      .optional()
      .meta({ description: `How long the old secret signs too; ${DAY_SECONDS} unless said otherwise.` }),
  })
  .meta({ id: 'WebhookRotation' });

const sequence = () => z.string().regex(/^[0-9]{1,20}$/, { error: 'the `sequence` of an event' });

export const WebhookReplaySchema = z
  .strictObject({
    event: z.uuid({ error: 'the `id` of an event' }).optional().meta({ description: 'This one event.' }),
    after: sequence().optional().meta({ description: 'Every event after this `sequence` …' }),
    through: sequence().optional().meta({ description: '… up to this one; to the newest unless said otherwise.' }),
  })
  .meta({ id: 'WebhookReplay', description: 'Either `event`, or `after` with or without `through`.' });

export interface WebhookRequest {
  readonly url: string;
  readonly types: readonly EventName[];
  readonly description?: string | undefined;
}

export interface WebhookPatch {
  readonly url?: string | undefined;
  readonly types?: readonly EventName[] | undefined;
  readonly description?: string | null | undefined;
  readonly state?: 'enabled' | 'disabled' | undefined;
}

export interface WebhookRotation {
  readonly overlapSeconds: number;
}

export type WebhookReplay =
  | { readonly event: string }
  | { readonly after: number; readonly through?: number | undefined };

const namesOf = (found: readonly string[]): readonly EventName[] => [
  ...new Set(found.flatMap((type) => eventNameOf(type) ?? [])),
];

export function parseWebhookRequest(value: unknown): Parsed<WebhookRequest> {
  const parsed = parseWith(WebhookRequestSchema, value);
  if (parsed.kind === 'invalid') return parsed;
  return { kind: 'ok', value: { ...parsed.value, types: namesOf(parsed.value.types ?? []) } };
}

export function parseWebhookPatch(value: unknown): Parsed<WebhookPatch> {
  const parsed = parseWith(WebhookPatchSchema, value);
  if (parsed.kind === 'invalid') return parsed;
  const { types: asked, ...rest } = parsed.value;
  return { kind: 'ok', value: asked === undefined ? rest : { ...rest, types: namesOf(asked) } };
}

export function parseWebhookRotation(value: unknown): Parsed<WebhookRotation> {
  const parsed = parseWith(WebhookRotationSchema, value);
  if (parsed.kind === 'invalid') return parsed;
  return { kind: 'ok', value: { overlapSeconds: parsed.value.overlapSeconds ?? DAY_SECONDS } };
}

export function parseWebhookReplay(value: unknown): Parsed<WebhookReplay> {
  const parsed = parseWith(WebhookReplaySchema, value);
  if (parsed.kind === 'invalid') return parsed;
  const { event, after, through } = parsed.value;
  if ((event === undefined) === (after === undefined))
    return invalid([fault([], 'REQUIRED', 'either `event` or `after`', value)]);
  if (event !== undefined) {
    if (through === undefined) return { kind: 'ok', value: { event } };
    return invalid([fault(['through'], 'UNKNOWN_FIELD', 'an end only where there is a beginning', through)]);
  }
  return rangeOf(after ?? '', through);
}

function rangeOf(after: string, through: string | undefined): Parsed<WebhookReplay> {
  const [from, to] = [parseSequence(after), through === undefined ? undefined : parseSequence(through)];
  if (from === undefined) return invalid([fault(['after'], 'RANGE', 'a `sequence`', after)]);
  if (through === undefined) return { kind: 'ok', value: { after: from } };
  if (to === undefined || to < from)
    return invalid([fault(['through'], 'RANGE', 'a `sequence` not before `after`', through)]);
  return { kind: 'ok', value: { after: from, through: to } };
}
