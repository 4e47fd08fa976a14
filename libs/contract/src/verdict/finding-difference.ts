import type { Finding } from '@berth/engine';
import { z } from 'zod';
import { printFinding } from './print-verdict.js';
import { FindingSchema } from './verdict-schema.js';

export const FindingDifferenceSchema = z
  .strictObject({
    change: z.enum(['gone', 'new', 'changed']),
    finding: FindingSchema.meta({ description: 'As it is now; as it was, where it is gone.' }),
    was: FindingSchema.optional().meta({ description: 'What it was, where it changed.' }),
  })
  .meta({
    id: 'FindingDifference',
    description: 'One finding that two answers do not share. It is the same one where its check and its place are.',
  });

interface FindingDifference {
  readonly change: 'gone' | 'new' | 'changed';
  readonly finding: Finding;
  readonly was?: Finding | undefined;
}

export function printFindingDifference({ change, finding, was }: FindingDifference) {
  const printed = { change, finding: printFinding(finding) };
  return was === undefined ? printed : { ...printed, was: printFinding(was) };
}
