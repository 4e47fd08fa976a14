import { PHASES, SIDES } from '@berth/engine';
import { z } from 'zod';
import { countField, nameField, timeField } from '../fields/fields.js';
import { REPORT_OUTCOMES } from '../requests/migration-requests.js';
import { BasisSchema, FindingSchema, WouldFailSchema } from '../verdict/verdict-schema.js';
import { listOf } from './list-of.js';

export const MIGRATION_STATES = [
  'admitted',
  'verified',
  'in-flight',
  'unreported',
  'landed',
  'aborted',
  'revoked',
] as const;

const state = z.enum(MIGRATION_STATES);
const actor = z.string().meta({ description: '`keys/{id}`, `hosts/{host}` for an agent, or `berth` for itself.' });

export const MigrationBasisSchema = z
  .strictObject({
    ...BasisSchema.shape,
    runId: z.string().nullable().meta({ description: 'The run of the VMM that may move.' }),
    bootId: z.string().nullable().meta({ description: 'The boot of the target.' }),
  })
  .meta({ id: 'MigrationBasis', description: 'What the newest ticket pins.' });

export const MigrationStepSchema = z
  .strictObject({ at: timeField(), from: state.nullable(), to: state, by: actor, why: z.string() })
  .meta({ id: 'MigrationStep', description: 'One change of state.' });

export const PredictionSchema = z
  .strictObject({
    outcome: z.string(),
    wouldFail: WouldFailSchema.nullable(),
    findings: z.array(FindingSchema),
    evaluatedAt: timeField(),
  })
  .meta({ id: 'Prediction', description: 'What was expected when the newest ticket was issued.' });

export const MigrationReportSchema = z
  .strictObject({
    at: timeField(),
    side: z.enum(SIDES),
    outcome: z.enum(REPORT_OUTCOMES),
    phase: z.enum(PHASES).nullable(),
    errno: z.string().nullable(),
    slot: countField(2 ** 32 - 1).nullable(),
    reason: z.string().nullable().meta({ description: 'What the raw text stands for, where it is a known text.' }),
    raw: z.string().nullable(),
    accepted: z.boolean().meta({ description: 'False for what came after the end and said otherwise.' }),
    by: actor,
  })
  .meta({ id: 'MigrationReport', description: 'What one side said became of the migration.' });

const told = {
  phase: z.enum(PHASES).nullable(),
  errno: z.string().nullable(),
  slot: countField(2 ** 32 - 1).nullable(),
  reason: z.string().nullable(),
};

export const PredictedSchema = z
  .strictObject({
    outcome: z.string(),
    ...told,
    warned: z.array(z.string()).meta({ description: 'Ids of the checks that spoke without refusing.' }),
  })
  .meta({ id: 'Predicted', description: 'The prediction in short, to lay beside what happened.' });

export const COMPARISON_CLASSES = ['confirmed', 'false-yes', 'foretold', 'outside', 'false-no'] as const;
export const OUTSIDE = ['network', 'cancelled', 'unknown'] as const;
const checks = z.array(z.string());

export const ActualSchema = z
  .strictObject({
    outcome: z.enum(['landed', 'aborted']),
    ...told,
    comparison: z.enum(COMPARISON_CLASSES).meta({
      description:
        '`confirmed`: it landed. `false-yes`: it failed in a way that Berth is there to foresee. `foretold`: it failed as a warning had said. `outside`: it failed for what no check is about. `false-no`: it landed, and `strict` would have refused it.',
    }),
    outside: z.enum(OUTSIDE).nullable().meta({ description: 'What lay outside.' }),
    foretold: checks.meta({ description: 'Ids of the checks that had warned of this.' }),
    falseYes: checks.meta({
      description: 'Ids of the checks that could have given this failure and did not; `none` where no check could.',
    }),
    falseNo: checks.meta({ description: 'Ids of the checks for which `strict` would have refused it.' }),
  })
  .meta({ id: 'Actual', description: 'What became of a migration that was tried, beside what was predicted of it.' });

export const MigrationSchema = z
  .strictObject({
    id: z.string(),
    vm: nameField(),
    source: nameField(),
    target: nameField(),
    state,
    why: z.string().meta({ description: 'Why it is in this state.' }),
    policy: z.string(),
    ticket: z.string().meta({ description: 'A compact JWS, which the target verifies without Berth.' }),
    basis: MigrationBasisSchema,
    prediction: PredictionSchema,
    predicted: PredictedSchema,
    actual: ActualSchema.nullable().meta({ description: 'Null until it has landed or failed.' }),
    expiresAt: timeField().meta({ description: 'Until when it may be verified and started.' }),
    deadlineAt: timeField().nullable().meta({ description: 'By when a report is expected, once it was started.' }),
    createdAt: timeField(),
    history: z.array(MigrationStepSchema),
    report: MigrationReportSchema.nullable().meta({ description: 'The last report that counted.' }),
    reports: z.array(MigrationReportSchema),
  })
  .meta({ id: 'Migration', description: 'One attempt to move one VM.' });

export type MigrationJson = z.output<typeof MigrationSchema>;

export const MigrationListSchema = listOf('MigrationList', MigrationSchema);
