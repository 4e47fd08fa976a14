import type { Catalogue } from '../catalogue/catalogue.js';
import type { Fingerprint } from './fingerprint.js';
import type { Manifest } from './manifest.js';
import type { Suppositions } from './suppositions.js';
import type { Phase, Policy } from './verdict.js';

export const HOST_STATES = ['active', 'cordoned', 'maintenance', 'retired'] as const;
export type HostState = (typeof HOST_STATES)[number];

export const FRESHNESS = ['fresh', 'stale', 'rebooted', 'mismatched', 'expired'] as const;
export type Freshness = (typeof FRESHNESS)[number];

/** What Berth itself knows of a registered target; absent when two documents are evaluated. */
export interface Registered {
  readonly host: string;
  readonly state: HostState;
  readonly freshness: Freshness;
}

/** Everything one decision depends on. */
export interface Question {
  readonly manifest: Manifest;
  readonly target: Fingerprint;
  readonly source?: Fingerprint | undefined;
  readonly registered?: Registered | undefined;
  readonly policy?: Policy | undefined;
  /** What is known of drivers; the built-in rows when left out. */
  readonly catalogue?: Catalogue | undefined;
  /** What the policy goes by beside the documents. */
  readonly proposal?: Suppositions | undefined;
  /** The phases asked; all of them when left out. */
  readonly phases?: readonly Phase[] | undefined;
}
