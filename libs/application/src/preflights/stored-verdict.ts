import type { Decision, Freshness, GenerationId, HostState, Phase, Policy } from '@berth/engine';

/** What an answer rests on. Null where two documents were evaluated that belong to no registered VM or host. */
export interface Basis {
  readonly vm: string | null;
  readonly vmRevision: number | null;
  readonly manifest: string;
  readonly host: string | null;
  readonly hostRevision: number | null;
  readonly fingerprint: string;
  readonly generation: GenerationId | null;
  readonly rulebook: string;
  readonly policy: Policy;
  /** Of the rows that operators had added to the catalogue; undefined where none were. */
  readonly catalogue?: string | undefined;
}

/** A decision with what it rests on and until when it holds, by the database's clock. */
export interface StoredVerdict {
  readonly decision: Decision;
  readonly basis: Basis;
  readonly evaluatedAt: Date;
  readonly validUntil: Date;
}

/** Everything the engine was asked, by digest, so that the same question can be put again. */
export interface AskedQuestion {
  readonly vmHost: string | undefined;
  readonly sourceDigest: string | undefined;
  readonly state: HostState;
  readonly freshness: Freshness;
  readonly policy: Policy | undefined;
  readonly phases: readonly Phase[] | undefined;
}

export interface StoredPreflight {
  readonly id: string;
  readonly vm: string;
  readonly target: string;
  readonly asked: AskedQuestion;
  readonly verdict: StoredVerdict;
}
