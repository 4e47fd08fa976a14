import { z } from 'zod';
import { fault, invalid, type Parsed, parseWith } from '../fields/faults.js';
import { IdSchema } from '../fields/parameters.js';

export const RedriveRequestSchema = z
  .strictObject({
    ids: z.array(IdSchema).min(1).max(1000).optional().meta({ description: 'These.' }),
    queue: z.string().min(1).max(128).optional().meta({ description: 'All of this queue, at most 1000 at a time.' }),
  })
  .meta({ id: 'RedriveRequest', description: 'Either `ids` or `queue`.' });

export type RedriveRequest = { readonly ids: readonly string[] } | { readonly queue: string };

export function parseRedriveRequest(value: unknown): Parsed<RedriveRequest> {
  const parsed = parseWith(RedriveRequestSchema, value);
  if (parsed.kind === 'invalid') return parsed;
  const { ids, queue } = parsed.value;
  if (ids !== undefined && queue === undefined) return { kind: 'ok', value: { ids } };
  if (queue !== undefined && ids === undefined) return { kind: 'ok', value: { queue } };
  return invalid([fault([], 'FORMAT', 'either `ids` or `queue`', value)]);
}
