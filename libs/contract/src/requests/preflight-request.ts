import { z } from 'zod';
import { type Parsed, parseWith } from '../fields/faults.js';
import { countField, nameField } from '../fields/fields.js';
import { questionShape } from './question-shape.js';

export const PreflightRequestSchema = z
  .strictObject({
    vm: nameField(),
    target: nameField(),
    ...questionShape,
    expect: z
      .strictObject({ vmRevision: countField().optional(), hostRevision: countField().optional() })
      .optional()
      .meta({ description: 'Other revisions than these are answered with 409.' }),
  })
  .meta({ id: 'PreflightRequest', description: 'Can this VM migrate to this target?' });

export type PreflightRequest = z.output<typeof PreflightRequestSchema>;

export const parsePreflightRequest = (value: unknown): Parsed<PreflightRequest> =>
  parseWith(PreflightRequestSchema, value);
