import { POLICIES } from '@berth/engine';
import { z } from 'zod';
import { SuppositionsSchema } from '../verdict/suppositions-schema.js';

export const PolicySchema = z
  .strictObject({
    id: z.enum(POLICIES),
    title: z.string(),
    proposedBy: z.string().nullable().meta({ description: 'Who and where; null for what is not a proposal.' }),
    statement: z.string(),
    hypothetical: z.boolean().meta({ description: 'No kernel has its rules.' }),
    assumes: SuppositionsSchema,
    admission: z
      .string()
      .nullable()
      .meta({ description: 'Its rule for registering cacheable VM_PFNMAP memory; null: that of the kernel.' }),
    fault: z.string().nullable().meta({ description: 'Its rule for the first touch; null: that of the kernel.' }),
    errno: z.string().nullable().meta({ description: 'Where its errnos are not those of the kernel.' }),
    silentDegradation: z.enum(['never', 'refused', 'warning']).meta({
      description: 'A weaker memory type given in silence: `never` by its rules, `refused` by Berth, or a `warning`.',
    }),
    hazards: z.array(z.strictObject({ id: z.string(), statement: z.string() })),
  })
  .meta({ id: 'Policy', description: 'By whose rules a question is answered.' });

export const PolicyListSchema = z
  .strictObject({ rulebook: z.string(), items: z.array(PolicySchema) })
  .meta({ id: 'PolicyList' });
