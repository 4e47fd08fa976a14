import type { Manifest } from '@berth/engine';
import { checkWith, invalid, type Parsed } from '../fields/faults.js';
import { unknownFieldsOf, type Warning } from '../fields/unknown-fields.js';
import { documentDigest } from '../json/digest.js';
import type { JsonObject } from '../json/json-value.js';
import { kernelNameFaults } from './fingerprint-rules.js';
import { manifestModel } from './manifest-model.js';
import { manifestRuleFaults } from './manifest-rules.js';
import { type ManifestFields, ManifestSchema } from './manifest-schema.js';
import type { Purpose } from './parse-fingerprint.js';

export interface ManifestDocument {
  readonly digest: string;
  /** As it was sent, unknown fields included. */
  readonly document: JsonObject;
  readonly needs: Manifest;
  readonly warnings: readonly Warning[];
}

const unknownFields = unknownFieldsOf(ManifestSchema);

/** A manifest is held to the same form for every purpose: what it leaves out is unknown. */
export function parseManifest(value: unknown, _purpose: Purpose): Parsed<ManifestDocument> {
  const parsed = checkWith(ManifestSchema, value);
  const rules = [...kernelNameFaults(value), ...manifestRuleFaults(value)];
  if (parsed.kind === 'invalid' || rules.length > 0) {
    return invalid([...(parsed.kind === 'invalid' ? parsed.faults : []), ...rules]);
  }
  const document = value as JsonObject;
  return {
    kind: 'ok',
    value: {
      digest: documentDigest(document),
      document,
      needs: manifestModel(parsed.value),
      warnings: unknownFields(document),
    },
  };
}

/** The needs of a stored document, which was parsed when it was stored. */
export function readManifest(document: JsonObject): Manifest {
  return manifestModel(document as unknown as ManifestFields);
}
