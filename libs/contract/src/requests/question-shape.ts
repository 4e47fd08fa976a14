import { PHASES, POLICIES } from '@berth/engine';
import { z } from 'zod';

const phases = z
  .array(z.enum(PHASES))
  .min(1)
  .max(PHASES.length)
  .refine((asked) => new Set(asked).size === asked.length, { error: 'each phase once', params: { code: 'DUPLICATE' } })
  .meta({ description: 'The phases to ask; all of them when left out.' });

/** What every question may say beside whom it is about. */
export const questionShape = { policy: z.enum(POLICIES).optional(), phases: phases.optional() };
