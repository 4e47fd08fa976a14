import { z } from 'zod';
import { CLOUD_EVENT_TYPES } from '../events/event-names.js';
import { timeField } from '../fields/fields.js';

export const sequenceField = () =>
  z
    .string()
    .regex(/^[0-9]{16}$/)
    .meta({ description: 'A place in the feed of the fleet: later places compare greater as text, too.' });

export const CloudEventSchema = z
  .strictObject({
    specversion: z.literal('1.0'),
    id: z.string().min(1).meta({ description: 'Unique with `source`. What comes twice has the same.' }),
    source: z.string().meta({ format: 'uri-reference' }),
    type: z.enum(CLOUD_EVENT_TYPES),
    subject: z.string().meta({ description: 'What it is about: its path below `/v1/`.' }),
    time: timeField(),
    datacontenttype: z.literal('application/json'),
    sequence: sequenceField(),
    data: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Names, ids and revisions: read the rest where it stands.' }),
  })
  .meta({ id: 'CloudEvent', description: 'CloudEvents 1.0 with the extension `sequence`.' });

export const EventListSchema = z
  .strictObject({
    items: z.array(CloudEventSchema),
    nextCursor: z.string().optional(),
    through: sequenceField().meta({
      description: 'Up to here the page holds every event that was asked for: `after` for the next time.',
    }),
  })
  .meta({ id: 'EventList', description: 'One page; it may hold fewer events than its limit and still have a next.' });
