import type { Catalogue, Fingerprint, Manifest } from '@berth/engine';
import type { JsonObject } from '../json.js';

export interface StoredFingerprint {
  /** Without what the digest leaves out. */
  readonly document: JsonObject;
  readonly facts: Fingerprint;
}

export interface StoredManifest {
  readonly document: JsonObject;
  readonly needs: Manifest;
}

/** Documents are found by their digest and never change, so they may be remembered. */
export interface Documents {
  fingerprint(fleet: string, digest: string): Promise<StoredFingerprint>;
  manifest(fleet: string, digest: string): Promise<StoredManifest>;
  /** The built-in rows with those that operators had added. */
  catalogue(fleet: string, digest: string): Promise<Catalogue>;
  /** Many at once; a digest that is not stored is left out. */
  fingerprints(fleet: string, digests: readonly string[]): Promise<ReadonlyMap<string, StoredFingerprint>>;
  manifests(fleet: string, digests: readonly string[]): Promise<ReadonlyMap<string, StoredManifest>>;
}
