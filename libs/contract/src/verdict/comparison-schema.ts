import { ERRNOS, FAILURES, OUTCOMES, POLICIES } from '@berth/engine';
import { z } from 'zod';
import { countField } from '../fields/fields.js';
import { MemslotRowSchema, phaseField, VerdictSchema } from './verdict-schema.js';

const place = {
  slot: countField(2 ** 32 - 1).nullable(),
  mapping: countField().nullable(),
};

const objection = {
  check: z.string(),
  phase: phaseField(),
  reason: z.string(),
  errno: z.enum(ERRNOS).nullable(),
  failure: z.enum(FAILURES),
  ...place,
};

export const ObjectionSchema = z
  .strictObject(objection)
  .meta({ id: 'Objection', description: 'A rejection that one policy makes and another does not.' });

export const LetThroughSchema = z
  .strictObject({
    ...objection,
    hazards: z
      .array(z.string())
      .meta({ description: 'What the policy brings there instead; empty: nothing is known.' }),
  })
  .meta({ id: 'LetThrough', description: 'What `strict` rejects and the policy does not.' });

export const PolicyDifferenceSchema = z
  .strictObject({
    policy: z.enum(POLICIES),
    outcome: z.strictObject({ strict: z.enum(OUTCOMES), policy: z.enum(OUTCOMES) }),
    letsThrough: z.array(LetThroughSchema),
    refuses: z.array(ObjectionSchema).meta({ description: 'What the policy rejects and `strict` does not.' }),
    memslots: z
      .array(
        z.strictObject({ ...place, slot: countField(2 ** 32 - 1), strict: MemslotRowSchema, policy: MemslotRowSchema }),
      )
      .meta({ description: 'The mappings that the two answer otherwise.' }),
  })
  .meta({ id: 'PolicyDifference', description: 'What one policy answers otherwise than `strict`.' });

export const ComparisonSchema = z
  .strictObject({
    verdicts: z
      .array(VerdictSchema)
      .meta({ description: 'One for each policy, in the order in which they were asked.' }),
    differences: z
      .array(PolicyDifferenceSchema)
      .meta({ description: 'One for each policy but `strict`, in the same order.' }),
  })
  .meta({ id: 'Comparison', description: 'One question under several policies, each beside what `strict` says.' });

export type ComparisonJson = z.output<typeof ComparisonSchema>;

export const EvaluationAnswerSchema = z
  .union([VerdictSchema, ComparisonSchema])
  .meta({ id: 'EvaluationAnswer', description: 'A verdict; a comparison where `policies` was asked.' });
