import type { Fingerprint, Manifest } from '@berth/engine';

export interface MatrixHost {
  readonly name: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly fwb: boolean;
  readonly target: Fingerprint;
  readonly source: Fingerprint;
  readonly vm: Manifest;
}

export const ASSUMED: readonly string[];
export function recordedHosts(): readonly MatrixHost[];
