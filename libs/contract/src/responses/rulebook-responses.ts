import { ERRNOS, FAILURES, GENERATION_IDS, PHASES, SOURCE_OUTCOMES } from '@berth/engine';
import { z } from 'zod';

export const CheckSchema = z
  .strictObject({
    id: z.string(),
    phase: z.enum(PHASES),
    scope: z.enum(['vm', 'device', 'slot', 'mapping', 'access']),
    reason: z.string(),
    errno: z.enum(ERRNOS).nullable(),
    failure: z.enum(FAILURES),
    severity: z.enum(['reject', 'warn']),
    sourceOutcome: z.enum(SOURCE_OUTCOMES),
    generations: z.array(z.enum(GENERATION_IDS)),
    statement: z.string(),
    expected: z.string(),
    remedy: z.string(),
    cite: z.string(),
    reads: z.array(z.string()),
  })
  .meta({ id: 'Check', description: 'One rule, with the place in the kernel that it follows.' });

export const CheckListSchema = z
  .strictObject({ rulebook: z.string(), items: z.array(CheckSchema) })
  .meta({ id: 'CheckList', description: 'The whole rulebook, in the order the kernel asks.' });

export const ReasonSchema = z
  .strictObject({
    reason: z.string(),
    phase: z.enum(PHASES),
    title: z.string(),
    meaning: z.string(),
    remedy: z.string(),
    checks: z.array(z.string()),
  })
  .meta({ id: 'Reason', description: 'A code that is never renamed and never gets a new meaning.' });

export const ReasonListSchema = z
  .strictObject({ rulebook: z.string(), items: z.array(ReasonSchema) })
  .meta({ id: 'ReasonList' });
