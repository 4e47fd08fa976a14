import { FAILURES, PHASES } from '@berth/engine';
import { z } from 'zod';
import { countField, nameField, timeField } from '../fields/fields.js';

const count = countField();
const ids = z.array(z.string()).meta({ description: 'Ids of the newest migrations among them.' });

export const CheckCalibrationSchema = z
  .strictObject({
    check: z.string().meta({ description: 'Its id; `none` for failures that no check could have given.' }),
    phase: z.enum(PHASES).nullable(),
    reason: z.string().nullable(),
    failure: z.enum(FAILURES).nullable().meta({
      description: 'How it would show itself. What happens in `silent` is seen by no landing.',
    }),
    predictions: count.nullable().meta({
      description: 'Tried migrations in which it was asked; null where it is not known whether it was.',
    }),
    confirmed: count.nullable().meta({
      description:
        'Of those, where what it said is what happened: it let the VM go, which landed, or it warned of the failure that came.',
    }),
    falseYes: count.meta({ description: 'Failures that it could have given. Several checks may claim one failure.' }),
    falseNo: count.meta({ description: 'Landings under `kernel` that it would have refused under `strict`.' }),
    warned: count.meta({ description: 'Tried migrations in which it spoke without refusing.' }),
    examples: z.strictObject({ falseYes: ids, falseNo: ids }),
  })
  .meta({ id: 'CheckCalibration', description: 'One check beside what became of the migrations that were tried.' });

export const RelocationHintSchema = z
  .strictObject({
    vm: nameField(),
    host: nameField(),
    preflight: z.string().meta({ description: 'The answer that refused it.' }),
    reason: z.string(),
    at: timeField(),
  })
  .meta({
    id: 'RelocationHint',
    description:
      'A VM that an operator said runs where it had been refused: a hint, since it may have been started there.',
  });

export const CalibrationSchema = z
  .strictObject({
    rulebook: z.string(),
    since: timeField().nullable(),
    at: timeField(),
    ended: z
      .strictObject({ landed: count, aborted: count })
      .meta({ description: 'Migrations that were tried and have ended.' }),
    classes: z.strictObject({ confirmed: count, falseYes: count, foretold: count, outside: count, falseNo: count }),
    outside: z
      .strictObject({ network: count, cancelled: count, unknown: count })
      .meta({ description: 'What lay outside, of those that failed for what no check is about.' }),
    checks: z.array(CheckCalibrationSchema).meta({ description: 'In the order in which they are asked.' }),
    relocations: z.array(RelocationHintSchema).meta({ description: 'The newest few, under whatever rulebook.' }),
    rulebooks: z
      .array(z.strictObject({ rulebook: z.string(), ended: count }))
      .meta({ description: 'How many ended in the same time under each.' }),
  })
  .meta({ id: 'Calibration', description: 'How often the answers were right, check by check.' });

export type CalibrationJson = z.output<typeof CalibrationSchema>;
