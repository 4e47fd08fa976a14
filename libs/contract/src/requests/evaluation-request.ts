import { z } from 'zod';
import { FingerprintSchema } from '../documents/fingerprint-schema.js';
import { ManifestSchema } from '../documents/manifest-schema.js';
import { type FingerprintDocument, parseFingerprint } from '../documents/parse-fingerprint.js';
import { type ManifestDocument, parseManifest } from '../documents/parse-manifest.js';
import { type Fault, invalid, type Parsed, parseWith, withPrefix } from '../fields/faults.js';
import { isJsonObject } from '../json/json-value.js';
import { questionShape } from './question-shape.js';

export const EvaluationRequestSchema = z
  .strictObject({
    manifest: ManifestSchema,
    fingerprint: FingerprintSchema,
    sourceFingerprint: FingerprintSchema.optional(),
    ...questionShape,
  })
  .meta({ id: 'EvaluationRequest', description: 'A verdict on documents that are not stored.' });

/** The documents are parsed on their own, each with its digest. */
const Envelope = z.strictObject({
  ...EvaluationRequestSchema.shape,
  manifest: z.unknown().optional(),
  fingerprint: z.unknown().optional(),
  sourceFingerprint: z.unknown().optional(),
});

type Question = Pick<z.output<typeof EvaluationRequestSchema>, 'policy' | 'phases'>;

export interface EvaluationRequest extends Question {
  readonly manifest: ManifestDocument;
  readonly target: FingerprintDocument;
  readonly source?: FingerprintDocument;
}

export function parseEvaluationRequest(value: unknown): Parsed<EvaluationRequest> {
  const envelope = parseWith(Envelope, value);
  if (!isJsonObject(value)) return { kind: 'invalid', faults: faultsIn('', envelope) };
  const manifest = parseManifest(value.manifest, 'evaluate');
  const target = parseFingerprint(value.fingerprint, 'evaluate');
  const source =
    value.sourceFingerprint === undefined ? undefined : parseFingerprint(value.sourceFingerprint, 'evaluate');
  if (envelope.kind === 'ok' && manifest.kind === 'ok' && target.kind === 'ok' && source?.kind !== 'invalid') {
    const { policy, phases } = envelope.value;
    const documents = {
      manifest: manifest.value,
      target: target.value,
      ...(source === undefined ? {} : { source: source.value }),
    };
    return { kind: 'ok', value: { ...documents, ...(policy && { policy }), ...(phases && { phases }) } };
  }
  return invalid([
    ...faultsIn('', envelope),
    ...faultsIn('/manifest', manifest),
    ...faultsIn('/fingerprint', target),
    ...faultsIn('/sourceFingerprint', source),
  ]);
}

function faultsIn(prefix: string, parsed: Parsed<unknown> | undefined): readonly Fault[] {
  return parsed?.kind === 'invalid' ? withPrefix(prefix, parsed.faults) : [];
}
