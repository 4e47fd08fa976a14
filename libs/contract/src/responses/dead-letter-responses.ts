import { z } from 'zod';
import { countField, timeField } from '../fields/fields.js';
import { listOf } from './list-of.js';

export const DeadLetterSchema = z
  .strictObject({
    id: z.string(),
    queue: z.string(),
    job: z.string().meta({ description: 'Its id on the queue.' }),
    reason: z.string(),
    payload: z
      .string()
      .meta({ description: 'The JSON that was sent, its first 4096 characters; of a key only the id is left.' }),
    sentAt: timeField().meta({ description: 'By the clock of who sent it.' }),
    diedAt: timeField(),
    redrives: countField().meta({ description: 'How often it was put back on its queue.' }),
    redrivenAt: timeField()
      .nullable()
      .meta({ description: 'Since when it is on its queue again; null while it is not.' }),
  })
  .meta({ id: 'DeadLetter', description: 'A job that nobody will do unless it is put back.' });

export const DeadLetterListSchema = listOf('DeadLetterList', DeadLetterSchema);

export const RedrivenSchema = z
  .strictObject({ redriven: z.array(z.string()).meta({ description: 'The ids of those that were put back.' }) })
  .meta({ id: 'Redriven' });
