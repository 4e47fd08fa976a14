import { PHASES, SIDES } from '@berth/engine';
import { z } from 'zod';
import { fault, invalid, type Parsed, parseWith } from '../fields/faults.js';
import { countField, digestField, nameField, textField } from '../fields/fields.js';

/** A proposal's answer is hypothetical, and a part of the phases is half an answer: neither moves a VM. */
const MIGRATION_POLICIES = ['strict', 'kernel'] as const;

export const MigrationRequestSchema = z
  .strictObject({
    vm: nameField(),
    target: nameField(),
    policy: z
      .enum(MIGRATION_POLICIES)
      .optional()
      .meta({ description: 'By whose rules; `strict` when left out. A proposal opens no migration.' }),
    expect: z
      .strictObject({ vmRevision: countField().optional(), hostRevision: countField().optional() })
      .optional()
      .meta({ description: 'Other revisions than these are answered with 409.' }),
  })
  .meta({ id: 'MigrationRequest', description: 'Opens the migration of a VM to a target.' });

export type MigrationRequest = z.output<typeof MigrationRequestSchema>;
export const parseMigrationRequest = (value: unknown): Parsed<MigrationRequest> =>
  parseWith(MigrationRequestSchema, value);

export const TargetWordSchema = z
  .strictObject({
    digest: digestField()
      .optional()
      .meta({ description: 'Of the fingerprint that the target has taken of itself now.' }),
    bootId: textField(128).optional(),
    ticket: textField(16_384).optional().meta({ description: 'The ticket that the target was given.' }),
  })
  .meta({ id: 'TargetWord', description: 'What the target says of itself now.' });

export type TargetWord = z.output<typeof TargetWordSchema>;
export const parseTargetWord = (value: unknown): Parsed<TargetWord> => parseWith(TargetWordSchema, value);

export const REPORT_OUTCOMES = ['landed', 'failed'] as const;
const ERRNO = { error: 'an errno as errno.h has it, such as "EINVAL"' };

/** What names a failure, and is nothing to be said of a VM that landed. */
const OF_FAILURES = ['phase', 'errno', 'slot'] as const;

export const ReportRequestSchema = z
  .strictObject({
    side: z.enum(SIDES),
    outcome: z.enum(REPORT_OUTCOMES),
    phase: z.enum(PHASES).optional().meta({ description: 'Where it failed; outranks what the raw text is taken for.' }),
    errno: z
      .string(ERRNO)
      .regex(/^E[A-Z0-9]{1,31}$/, ERRNO)
      .optional(),
    slot: countField(2 ** 32 - 1).optional(),
    raw: z
      .string()
      .min(1)
      .max(16_384)
      .optional()
      .meta({ description: 'What the VMM or libvirt said, word for word. It is kept as it is.' }),
  })
  .meta({ id: 'ReportRequest', description: 'What one side says became of the migration.' });

export type ReportRequest = z.output<typeof ReportRequestSchema>;

export function parseReportRequest(value: unknown): Parsed<ReportRequest> {
  const parsed = parseWith(ReportRequestSchema, value);
  if (parsed.kind === 'invalid' || parsed.value.outcome === 'failed') return parsed;
  const { value: report } = parsed;
  const told = OF_FAILURES.filter((field) => report[field] !== undefined);
  if (told.length === 0) return parsed;
  return invalid(told.map((field) => fault([field], 'UNKNOWN_FIELD', 'this of a failure only', report[field])));
}
