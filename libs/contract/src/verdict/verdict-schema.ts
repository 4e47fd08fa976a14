import {
  CACHE_MAINTENANCE,
  ERRNOS,
  FAILURES,
  FAULTS,
  GENERATION_IDS,
  OUTCOMES,
  PHASES,
  REGISTRATIONS,
  SEVERITIES,
  SIDES,
  SOURCE_OUTCOMES,
  STAGE2_TYPES,
} from '@berth/engine';
import { z } from 'zod';
import { countField, digestField, hexField, nameField, timeField } from '../fields/fields.js';
import { SuppositionsSchema } from './suppositions-schema.js';

const reason = z.string().regex(/^[A-Z][A-Z0-9_]{0,62}$/);
const slot = countField(2 ** 32 - 1).nullable();
const mapping = countField().nullable();
export const phaseField = () => z.enum(PHASES);
export const policyName = z.string();

export const WouldFailSchema = z
  .strictObject({
    phase: phaseField(),
    reason,
    slot,
    mapping,
    errno: z.enum(ERRNOS).nullable(),
    failure: z.enum(FAILURES),
    sourceOutcome: z.enum(SOURCE_OUTCOMES),
  })
  .meta({ id: 'WouldFail', description: 'What the target would hit first, in restore order.' });

export const FindingSchema = z
  .strictObject({
    check: z.string(),
    phase: phaseField(),
    reason,
    severity: z.enum(SEVERITIES),
    failure: z.enum(FAILURES),
    errno: z.enum(ERRNOS).nullable(),
    side: z.enum(SIDES),
    slot,
    mapping,
    gpa: hexField().nullable(),
    device: z.string().nullable(),
    expected: z.string(),
    actual: z.record(z.string(), z.unknown()),
    missing: z.array(z.string()),
    sourceOutcome: z.enum(SOURCE_OUTCOMES),
    message: z.string(),
    remedy: z.string(),
    cite: z.string(),
  })
  .meta({ id: 'Finding', description: 'One answer that is not a pass.' });

export const MemslotRowSchema = z
  .strictObject({
    slot: countField(2 ** 32 - 1),
    mapping,
    registration: z.enum(REGISTRATIONS),
    errno: z.enum(ERRNOS).nullable(),
    fault: z.enum(FAULTS),
    faultErrno: z.enum(ERRNOS).nullable(),
    stage2: z.enum(STAGE2_TYPES).nullable(),
    cacheMaintenance: z.enum(CACHE_MAINTENANCE).nullable(),
  })
  .meta({ id: 'MemslotRow', description: 'What would become of one mapping on the target.' });

export const BasisSchema = z
  .strictObject({
    vm: nameField().nullable(),
    vmRevision: countField().nullable(),
    manifest: digestField(),
    host: nameField().nullable(),
    hostRevision: countField().nullable(),
    fingerprint: digestField(),
    generation: z.enum(GENERATION_IDS).nullable(),
    rulebook: z.string(),
    policy: policyName,
    catalogue: digestField()
      .optional()
      .meta({ description: 'Of the rows that operators added to the catalogue; there where any were.' }),
  })
  .meta({
    id: 'Basis',
    description: 'What an answer rests on. Names and revisions are null for documents that are not stored.',
  });

const DerivedSchema = z
  .strictObject({ at: z.string(), value: z.unknown(), from: z.string() })
  .meta({ id: 'Derived', description: 'A fact that was not in the documents, by its JSON pointer, and what told it.' });

export const verdictShape = {
  outcome: z.enum(OUTCOMES),
  wouldFail: WouldFailSchema.nullable(),
  findings: z.array(FindingSchema),
  memslots: z.array(MemslotRowSchema),
  phases: z.array(phaseField()).optional().meta({ description: 'The phases asked, when not all were.' }),
  hypothetical: z.literal(true).optional().meta({
    description:
      'There when the policy is a proposal, or facts were supposed that no document has: the answer never opens a migration.',
  }),
  assumed: SuppositionsSchema.optional().meta({ description: 'What the policy went by beside the documents.' }),
  derived: z.array(DerivedSchema).optional().meta({
    description: 'Facts that the manifest left out and the catalogue of drivers filled in.',
  }),
  basis: BasisSchema,
  evaluatedAt: timeField(),
  validUntil: timeField(),
};

export const VerdictSchema = z
  .strictObject(verdictShape)
  .meta({ id: 'Verdict', description: 'An answer: a "no" is data, not an error.' });

export type VerdictJson = z.output<typeof VerdictSchema>;
