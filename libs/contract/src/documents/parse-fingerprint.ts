import type { Fingerprint } from '@berth/engine';
import { checkWith, invalid, type Parsed } from '../fields/faults.js';
import { unknownFieldsOf, type Warning } from '../fields/unknown-fields.js';
import { documentDigest } from '../json/digest.js';
import type { JsonObject } from '../json/json-value.js';
import { fingerprintModel } from './fingerprint-model.js';
import { duplicateRegions, kernelNameFaults } from './fingerprint-rules.js';
import { type FingerprintFields, FingerprintSchema, HostFingerprintSchema } from './fingerprint-schema.js';

/** `register`: a host speaks for itself. `evaluate`: anybody asks about a host that may not exist. */
export type Purpose = 'register' | 'evaluate';

export interface FingerprintDocument {
  readonly digest: string;
  /** As it was sent, `evidence` and unknown fields included. */
  readonly document: JsonObject;
  readonly facts: Fingerprint;
  readonly collectedAt: string | undefined;
  readonly warnings: readonly Warning[];
}

const unknownFields = unknownFieldsOf(FingerprintSchema);

export function parseFingerprint(value: unknown, purpose: Purpose): Parsed<FingerprintDocument> {
  const parsed: Parsed<FingerprintFields> =
    purpose === 'register' ? checkWith(HostFingerprintSchema, value) : checkWith(FingerprintSchema, value);
  const rules = [...kernelNameFaults(value), ...duplicateRegions(value)];
  if (parsed.kind === 'invalid' || rules.length > 0) {
    return invalid([...(parsed.kind === 'invalid' ? parsed.faults : []), ...rules]);
  }
  const document = value as JsonObject;
  return {
    kind: 'ok',
    value: {
      digest: documentDigest(document),
      document,
      facts: fingerprintModel(parsed.value),
      collectedAt: parsed.value.collectedAt,
      warnings: unknownFields(document),
    },
  };
}

/** The facts of a stored document, which was parsed when it was stored. */
export function readFingerprint(document: JsonObject): Fingerprint {
  return fingerprintModel(document as unknown as FingerprintFields);
}
