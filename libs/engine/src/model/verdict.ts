import type { Errno } from './errno.js';
import type { CacheMaintenance, Stage2Type } from './memory.js';
import type { Reason } from './reason.js';
import type { Suppositions } from './suppositions.js';

/** When something would object, in restore order. */
export const PHASES = ['policy', 'source', 'vm', 'vcpu', 'memslot', 'device', 'state-load', 'fault'] as const;
export type Phase = (typeof PHASES)[number];

export const OUTCOMES = ['compatible', 'incompatible', 'indeterminate'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const SEVERITIES = ['reject', 'unknown', 'warn'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `refused`: errno before the guest runs; `late`: at fault, on the target; `silent`: accepted with weaker attributes. */
export const FAILURES = ['refused', 'late', 'silent'] as const;
export type Failure = (typeof FAILURES)[number];

export const SOURCE_OUTCOMES = ['unaffected', 'resumed', 'paused', 'lost'] as const;
export type SourceOutcome = (typeof SOURCE_OUTCOMES)[number];

export const SIDES = ['source', 'target'] as const;
export type Side = (typeof SIDES)[number];

/** A value that prints as JSON: what a finding shows of the facts it saw. */
export type Shown = string | number | boolean | null | readonly Shown[] | { readonly [key: string]: Shown };

/** One answer that is not a pass. */
export interface Finding {
  readonly check: string;
  readonly phase: Phase;
  readonly reason: Reason;
  readonly severity: Severity;
  readonly failure: Failure;
  readonly errno: Errno | null;
  readonly side: Side;
  readonly slot: number | null;
  readonly mapping: number | null;
  readonly gpa: bigint | null;
  readonly device: string | null;
  readonly expected: string;
  readonly actual: { readonly [fact: string]: Shown };
  /** Paths of the facts that are not known, as JSON pointers into the question, e.g. `/fingerprint/cpu/fwb`. */
  readonly missing: readonly string[];
  readonly sourceOutcome: SourceOutcome;
  readonly message: string;
  readonly remedy: string;
  readonly cite: string;
}

/** What the target would hit first. */
export interface WouldFail {
  readonly phase: Phase;
  readonly reason: Reason;
  readonly slot: number | null;
  readonly mapping: number | null;
  readonly errno: Errno | null;
  readonly failure: Failure;
  readonly sourceOutcome: SourceOutcome;
}

export const REGISTRATIONS = ['ok', 'refused', 'unknown'] as const;
export type Registration = (typeof REGISTRATIONS)[number];

export const FAULTS = ['ok', 'refused', 'injected', 'mmio', 'unknown', 'not-reached'] as const;
export type Fault = (typeof FAULTS)[number];

/** What would become of one mapping; `mapping` is null for a slot with nothing mapped under it. */
export interface MemslotRow {
  readonly slot: number;
  readonly mapping: number | null;
  readonly registration: Registration;
  readonly errno: Errno | null;
  readonly fault: Fault;
  readonly faultErrno: Errno | null;
  readonly stage2: Stage2Type | null;
  readonly cacheMaintenance: CacheMaintenance | null;
}

/** A fact that a document left out, and that follows from the driver it names. */
export interface Derived {
  /** JSON pointer into the question. */
  readonly at: string;
  readonly value: Shown;
  /** What told it, e.g. `catalogue nvgrace-gpu usemem`. */
  readonly from: string;
}

/** The engine's answer. The use-case that asked adds names, revisions and times. */
export interface Decision {
  readonly outcome: Outcome;
  readonly wouldFail: WouldFail | null;
  readonly findings: readonly Finding[];
  readonly memslots: readonly MemslotRow[];
  /** `null` where the generation cannot be told. */
  readonly generation: GenerationId | null;
  readonly rulebook: string;
  readonly policy: Policy;
  readonly phases: readonly Phase[];
  /** Decided by rules that no kernel has. */
  readonly hypothetical: boolean;
  /** What the policy went by beside the documents. */
  readonly assumed: Suppositions;
  /** What the answer takes from the driver catalogue; left out where that is nothing. */
  readonly derived?: readonly Derived[] | undefined;
}

export const GENERATION_IDS = [
  'device-only',
  'normal-nc',
  'cacheable-pfnmap',
  'guest-memfd',
  'protected-guest',
] as const;
export type GenerationId = (typeof GENERATION_IDS)[number];

/** The designs for cacheable device memory that were proposed and not merged: semantics 1.3. */
export const PROPOSALS = [
  'proposal:flag-marc',
  'proposal:flag-v4',
  'proposal:vma-flag',
  'proposal:sealed',
  'proposal:fallback',
  'proposal:jgg',
  'proposal:opt-out',
  'proposal:cmo',
  'proposal:nc-never',
] as const;
export type Proposal = (typeof PROPOSALS)[number];

/** By whose rules a question is decided. */
export const POLICIES = ['strict', 'kernel', ...PROPOSALS] as const;
export type Policy = (typeof POLICIES)[number];
