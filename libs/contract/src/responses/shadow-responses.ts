import { OUTCOMES, PHASES } from '@berth/engine';
import { z } from 'zod';
import { countField, digestField, nameField, timeField } from '../fields/fields.js';
import { ShadowRequestSchema } from '../requests/shadow-request.js';
import { FindingDifferenceSchema } from '../verdict/finding-difference.js';
import { WouldFailSchema } from '../verdict/verdict-schema.js';
import { listOf } from './list-of.js';

export const ShadowSchema = z
  .strictObject({
    shadow: ShadowRequestSchema.nullable().meta({ description: 'As it was set; null where none is.' }),
    revision: countField().meta({ description: '0 where none is set.' }),
    setBy: z.string().nullable().meta({ description: '`keys/{id}`' }),
    setAt: timeField().nullable(),
    differences: countField().meta({ description: 'How many are listed.' }),
  })
  .meta({ id: 'Shadow', description: 'Rules that are tried beside those that count.' });

export const ShadowSetSchema = z
  .strictObject({ revision: countField(), changed: z.boolean() })
  .meta({ id: 'ShadowSet', description: 'What differed under the rules before is forgotten when they change.' });

const both = <T extends z.ZodType>(value: T) => z.strictObject({ enforced: value, shadow: value });

export const ShadowDifferenceSchema = z
  .strictObject({
    id: z.string(),
    vm: nameField(),
    host: nameField(),
    basis: z.strictObject({ manifest: digestField(), fingerprint: digestField() }),
    phases: z.array(z.enum(PHASES)).optional().meta({ description: 'The phases asked, when not all were.' }),
    policy: both(z.string()),
    outcome: both(z.enum(OUTCOMES)),
    wouldFail: both(WouldFailSchema.nullable()),
    differences: z.array(FindingDifferenceSchema).meta({
      description: 'Finding by finding, in restore order; `gone` and `new` are seen from the rules that count.',
    }),
    omitted: countField().meta({ description: 'How many findings more differ.' }),
    times: countField().meta({ description: 'How often it was answered so.' }),
    firstAt: timeField(),
    lastAt: timeField(),
    lastSubject: z.string().meta({
      description: '`preflights/{id}` or `migrations/{id}`; `vms/{vm}` where a migration of it was to be opened.',
    }),
  })
  .meta({ id: 'ShadowDifference', description: 'What the shadow would have answered otherwise.' });

export type ShadowDifferenceJson = z.output<typeof ShadowDifferenceSchema>;

export const ShadowDifferenceListSchema = listOf('ShadowDifferenceList', ShadowDifferenceSchema);
