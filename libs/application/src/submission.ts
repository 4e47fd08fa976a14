import type { Fingerprint, Manifest } from '@berth/engine';
import type { JsonObject } from './json.js';

/** Something worth knowing that does not stop a registration. */
export interface Warning {
  readonly code: string;
  readonly pointer: string;
  readonly detail: string;
}

/** A host's document, parsed at the door. */
export interface FingerprintSubmission {
  readonly digest: string;
  /** As sent, with `collectedAt`, `agent` and `evidence`, which the digest leaves out. */
  readonly document: JsonObject;
  readonly facts: Fingerprint;
  readonly collectedAt?: string | undefined;
  readonly warnings: readonly Warning[];
}

/** A fingerprint to register always says when it was taken. */
export type DatedFingerprint = FingerprintSubmission & { readonly collectedAt: string };

/** A VM's document, parsed at the door. */
export interface ManifestSubmission {
  readonly digest: string;
  readonly document: JsonObject;
  readonly needs: Manifest;
  readonly warnings: readonly Warning[];
}
