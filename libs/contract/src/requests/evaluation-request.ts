import { z } from 'zod';
import { FingerprintSchema } from '../documents/fingerprint-schema.js';
import { ManifestSchema } from '../documents/manifest-schema.js';
import { type FingerprintDocument, parseFingerprint } from '../documents/parse-fingerprint.js';
import { type ManifestDocument, parseManifest } from '../documents/parse-manifest.js';
import { type Fault, fault, invalid, type Parsed, parseWith, withPrefix } from '../fields/faults.js';
import { isJsonObject } from '../json/json-value.js';
import { SuppositionsSchema } from '../verdict/suppositions-schema.js';
import { policiesField, questionShape } from './question-shape.js';

export const EvaluationRequestSchema = z
  .strictObject({
    manifest: ManifestSchema,
    fingerprint: FingerprintSchema,
    sourceFingerprint: FingerprintSchema.optional(),
    ...questionShape,
    policies: policiesField().optional().meta({
      description: 'In place of `policy`: one verdict for each, and what each answers otherwise than `strict`.',
    }),
    proposal: SuppositionsSchema.optional(),
  })
  .meta({ id: 'EvaluationRequest', description: 'A verdict on documents that are not stored.' });

/** The documents are parsed on their own, each with its digest. */
const Envelope = z.strictObject({
  ...EvaluationRequestSchema.shape,
  manifest: z.unknown().optional(),
  fingerprint: z.unknown().optional(),
  sourceFingerprint: z.unknown().optional(),
});

type Question = Pick<z.output<typeof EvaluationRequestSchema>, 'policy' | 'phases' | 'policies' | 'proposal'>;

export interface EvaluationRequest extends Question {
  readonly manifest: ManifestDocument;
  readonly target: FingerprintDocument;
  readonly source?: FingerprintDocument;
}

export function parseEvaluationRequest(value: unknown): Parsed<EvaluationRequest> {
  const envelope = parseEnvelope(value);
  if (!isJsonObject(value)) return { kind: 'invalid', faults: faultsIn('', envelope) };
  const manifest = parseManifest(value.manifest, 'evaluate');
  const target = parseFingerprint(value.fingerprint, 'evaluate');
  const source =
    value.sourceFingerprint === undefined ? undefined : parseFingerprint(value.sourceFingerprint, 'evaluate');
  if (envelope.kind === 'ok' && manifest.kind === 'ok' && target.kind === 'ok' && source?.kind !== 'invalid') {
    const { manifest: _manifest, fingerprint: _fingerprint, sourceFingerprint: _source, ...question } = envelope.value;
    const documents = {
      manifest: manifest.value,
      target: target.value,
      ...(source === undefined ? {} : { source: source.value }),
    };
    return { kind: 'ok', value: { ...documents, ...question } };
  }
  return invalid([
    ...faultsIn('', envelope),
    ...faultsIn('/manifest', manifest),
    ...faultsIn('/fingerprint', target),
    ...faultsIn('/sourceFingerprint', source),
  ]);
}

/** A comparison has no policy of its own. */
function parseEnvelope(value: unknown): Parsed<z.output<typeof Envelope>> {
  const envelope = parseWith(Envelope, value);
  if (envelope.kind === 'invalid' || envelope.value.policy === undefined || envelope.value.policies === undefined)
    return envelope;
  return invalid([fault(['policies'], 'EXCLUSIVE', 'either `policy` or `policies`', envelope.value.policies)]);
}

function faultsIn(prefix: string, parsed: Parsed<unknown> | undefined): readonly Fault[] {
  return parsed?.kind === 'invalid' ? withPrefix(prefix, parsed.faults) : [];
}
