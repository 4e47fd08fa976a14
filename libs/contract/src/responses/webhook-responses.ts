import { z } from 'zod';
import { CLOUD_EVENT_TYPES } from '../events/event-names.js';
import { countField, timeField } from '../fields/fields.js';
import { sequenceField } from './event-responses.js';
import { listOf } from './list-of.js';

const webhook = {
  id: z.string(),
  url: z.string(),
  types: z.array(z.enum(CLOUD_EVENT_TYPES)),
  description: z.string().nullable(),
  state: z.enum(['enabled', 'disabled']),
  disabledWhy: z
    .enum(['asked', 'gone', 'failing'])
    .nullable()
    .meta({ description: '`gone`: the receiver answered 410. `failing`: nothing succeeded for five days.' }),
  through: sequenceField().meta({ description: 'Up to here each wanted event has its delivery.' }),
  pending: countField().meta({ description: 'Deliveries on their way.' }),
  failingSince: timeField().nullable(),
  oldSecretUntil: timeField().nullable().meta({ description: 'Until when the secret before this one signs too.' }),
  createdAt: timeField(),
};

export const WebhookSchema = z.strictObject(webhook).meta({ id: 'Webhook' });

export const WebhookWithSecretSchema = z
  .strictObject({ ...webhook, secret: z.string().meta({ description: '`whsec_…`, shown this once.' }) })
  .meta({ id: 'WebhookWithSecret' });

export const WebhookListSchema = listOf('WebhookList', WebhookSchema);

const AttemptSchema = z
  .strictObject({
    attempt: countField(),
    at: timeField(),
    milliseconds: countField(),
    status: z.int().nullable().meta({ description: 'What the receiver answered.' }),
    error: z.string().nullable().meta({ description: 'Why it did not answer.' }),
  })
  .meta({ id: 'WebhookAttempt' });

export const WebhookDeliverySchema = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['event', 'replay', 'test']),
    event: z.string().meta({ description: 'The id of the event: the receiver has it as `webhook-id`.' }),
    type: z.string(),
    subject: z.string(),
    state: z.enum(['pending', 'delivered', 'failed']),
    nextAt: timeField().nullable().meta({ description: 'When it is tried next; null when it is not.' }),
    createdAt: timeField(),
    finishedAt: timeField().nullable(),
    attempts: z.array(AttemptSchema),
  })
  .meta({ id: 'WebhookDelivery' });

export const WebhookDeliveryListSchema = listOf('WebhookDeliveryList', WebhookDeliverySchema);

export const WebhookReplayedSchema = z
  .strictObject({
    queued: countField(),
    through: sequenceField()
      .nullable()
      .meta({ description: 'How far it came: go on from there for more. Null for a single event.' }),
  })
  .meta({ id: 'WebhookReplayed' });
