import { PHASES, POLICIES } from '@berth/engine';
import { z } from 'zod';

const phases = z
  .array(z.enum(PHASES))
  .min(1)
  .max(PHASES.length)
  .refine((asked) => new Set(asked).size === asked.length, { error: 'each phase once', params: { code: 'DUPLICATE' } })
  .meta({ description: 'The phases to ask; all of them when left out.' });

const policy = z.enum(POLICIES);

/** What every question may say beside whom it is about. */
export const questionShape = {
  policy: policy.optional().meta({
    description:
      'By whose rules; `strict` when left out. What a proposal answers is hypothetical, see `GET /v1/policies`.',
  }),
  phases: phases.optional(),
};

/** Policies to put side by side. */
export const policiesField = () =>
  z
    .array(policy)
    .min(1)
    .max(POLICIES.length)
    .refine((asked) => new Set(asked).size === asked.length, {
      error: 'each policy once',
      params: { code: 'DUPLICATE' },
    });
