import { OUTCOMES, PHASES } from '@berth/engine';
import { z } from 'zod';
import { countField, nameField, timeField } from '../fields/fields.js';
import { FindingDifferenceSchema } from '../verdict/finding-difference.js';
import { VerdictSchema, verdictShape, WouldFailSchema } from '../verdict/verdict-schema.js';
import { listOf } from './list-of.js';

export const PreflightSchema = z
  .strictObject({ id: z.string(), ...verdictShape })
  .meta({ id: 'Preflight', description: 'A stored answer.' });

export type PreflightJson = z.output<typeof PreflightSchema>;

export const PreflightReplaySchema = z
  .strictObject({
    id: z.string(),
    original: VerdictSchema,
    replayed: VerdictSchema,
    same: z
      .boolean()
      .meta({ description: 'Do both say the same, whatever the rulebook, the policy and the phases are called?' }),
    differences: z.array(FindingDifferenceSchema).meta({ description: 'Finding by finding, in restore order.' }),
  })
  .meta({ id: 'PreflightReplay', description: 'The same inputs, or the like, through the rulebook of today.' });

export const SWEEP_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;

export const SweepSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(SWEEP_STATES),
    policy: z.string(),
    hypothetical: z.literal(true).optional().meta({ description: 'There when the policy is a proposal.' }),
    phases: z.array(z.enum(PHASES)).optional(),
    progress: z.strictObject({ done: countField(), total: countField() }),
    counts: z.strictObject({ compatible: countField(), incompatible: countField(), indeterminate: countField() }),
    failure: z.string().nullable().meta({ description: 'Why it failed.' }),
    createdAt: timeField(),
    startedAt: timeField().nullable(),
    finishedAt: timeField().nullable(),
  })
  .meta({ id: 'Sweep' });

export const SweepResultSchema = z
  .strictObject({
    vm: nameField(),
    host: nameField().meta({ description: 'The target that was asked about.' }),
    outcome: z.enum(OUTCOMES),
    wouldFail: WouldFailSchema.nullable(),
    vmRevision: countField(),
    hostRevision: countField(),
    evaluatedAt: timeField(),
  })
  .meta({ id: 'SweepResult' });

export const SweepResultListSchema = listOf('SweepResultList', SweepResultSchema);
