import type { Freshness, HostState } from '@berth/engine';
import type { StoredPreflight } from '../preflights/stored-verdict.js';

/** One reading of everything a preflight rests on, by one statement. */
export interface PreflightSnapshot {
  readonly now: Date;
  readonly vm?: { readonly revision: number; readonly digest: string; readonly host: string | undefined };
  readonly target?: {
    readonly revision: number;
    readonly digest: string;
    readonly state: HostState;
    readonly freshness: Freshness;
    /** Until when the facts stay fresh if nothing more is heard of the host. */
    readonly freshUntil: Date;
  };
  /** The host that the VM runs on, when it is registered. */
  readonly source?: { readonly revision: number; readonly digest: string };
  /** Of the rows that operators added to the catalogue; undefined where none were. */
  readonly catalogue: string | undefined;
}

export interface PreflightStore {
  snapshot(fleet: string, vm: string, target: string): Promise<PreflightSnapshot>;
  /** False when an answer is stored under this id already; it stays as it is. */
  insert(fleet: string, keyId: string, preflight: StoredPreflight): Promise<boolean>;
  find(fleet: string, id: string): Promise<StoredPreflight | undefined>;
}
