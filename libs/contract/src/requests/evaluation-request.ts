import { z } from 'zod';
import { catalogueRowsField } from '../catalogue/catalogue-row-schema.js';
import { type CatalogueDocument, parseCatalogue } from '../catalogue/parse-catalogue.js';
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
    catalogue: catalogueRowsField().optional().meta({
      description:
        "Added rows of the catalogue for this question, in place of the fleet's; `[]` for the built-in ones alone.",
    }),
  })
  .meta({ id: 'EvaluationRequest', description: 'A verdict on documents that are not stored.' });

/** The documents are parsed on their own, each with its digest. */
const Envelope = z.strictObject({
  ...EvaluationRequestSchema.shape,
  manifest: z.unknown().optional(),
  fingerprint: z.unknown().optional(),
  sourceFingerprint: z.unknown().optional(),
  catalogue: z.unknown().optional(),
});

type Question = Pick<z.output<typeof EvaluationRequestSchema>, 'policy' | 'phases' | 'policies' | 'proposal'>;

export interface EvaluationRequest extends Question {
  readonly manifest: ManifestDocument;
  readonly target: FingerprintDocument;
  readonly source?: FingerprintDocument;
  readonly catalogue?: CatalogueDocument;
}

export function parseEvaluationRequest(value: unknown): Parsed<EvaluationRequest> {
  const envelope = parseEnvelope(value);
  if (!isJsonObject(value)) return { kind: 'invalid', faults: faultsIn('', envelope) };
  const manifest = parseManifest(value.manifest, 'evaluate');
  const target = parseFingerprint(value.fingerprint, 'evaluate');
  const source = whereGiven(value.sourceFingerprint, (given) => parseFingerprint(given, 'evaluate'));
  const catalogue = whereGiven(value.catalogue, parseCatalogue);
  const faults = [
    ...faultsIn('', envelope),
    ...faultsIn('/manifest', manifest),
    ...faultsIn('/fingerprint', target),
    ...faultsIn('/sourceFingerprint', source),
    ...faultsIn('/catalogue', catalogue),
  ];
  if (faults.length > 0 || envelope.kind !== 'ok' || manifest.kind !== 'ok' || target.kind !== 'ok')
    return invalid(faults);
  const {
    manifest: _manifest,
    fingerprint: _target,
    sourceFingerprint: _source,
    catalogue: _,
    ...question
  } = envelope.value;
  const documents = { manifest: manifest.value, target: target.value };
  return {
    kind: 'ok',
    value: { ...documents, ...parsedAs('source', source), ...parsedAs('catalogue', catalogue), ...question },
  };
}

function whereGiven<T>(given: unknown, parse: (given: unknown) => Parsed<T>): Parsed<T> | undefined {
  return given === undefined ? undefined : parse(given);
}

function parsedAs<K extends string, T>(name: K, parsed: Parsed<T> | undefined): { readonly [P in K]?: T } {
  return parsed?.kind === 'ok' ? ({ [name]: parsed.value } as { readonly [P in K]: T }) : {};
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
