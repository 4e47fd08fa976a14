import type { FindingRead } from './views/verdict-read.js';

/** What this program reads of a migration; a newer server may say more. */
export interface MigrationRead {
  readonly id: string;
  readonly vm: string;
  readonly source: string;
  readonly target: string;
  readonly state: string;
  readonly why: string;
  readonly policy: string;
  readonly ticket: string;
  readonly prediction: { readonly findings: readonly FindingRead[] };
  readonly predicted: { readonly outcome: string; readonly warned: readonly string[] };
  readonly actual: ActualRead | null;
  readonly expiresAt: string;
  readonly deadlineAt: string | null;
  readonly createdAt: string;
  readonly history: readonly { readonly at: string; readonly to: string; readonly by: string; readonly why: string }[];
}

export interface ActualRead {
  readonly outcome: string;
  readonly phase: string | null;
  readonly errno: string | null;
  readonly slot: number | null;
  readonly reason: string | null;
  readonly comparison: string;
  readonly outside: string | null;
  readonly foretold: readonly string[];
  readonly falseYes: readonly string[];
  readonly falseNo: readonly string[];
}

export interface CheckCalibrationRead {
  readonly check: string;
  readonly phase: string | null;
  readonly failure: string | null;
  readonly predictions: number | null;
  readonly confirmed: number | null;
  readonly falseYes: number;
  readonly falseNo: number;
  readonly examples: { readonly falseYes: readonly string[]; readonly falseNo: readonly string[] };
}

export interface CalibrationRead {
  readonly rulebook: string;
  readonly since: string | null;
  readonly ended: { readonly landed: number; readonly aborted: number };
  readonly classes: {
    readonly confirmed: number;
    readonly falseYes: number;
    readonly foretold: number;
    readonly outside: number;
    readonly falseNo: number;
  };
  readonly outside: Readonly<Record<string, number>>;
  readonly checks: readonly CheckCalibrationRead[];
  readonly relocations: readonly {
    readonly vm: string;
    readonly host: string;
    readonly preflight: string;
    readonly reason: string;
  }[];
  readonly rulebooks: readonly { readonly rulebook: string; readonly ended: number }[];
}

export interface ShadowRead {
  readonly shadow: {
    readonly policy?: string;
    readonly checks?: Readonly<Record<string, string>>;
    readonly catalogue?: readonly unknown[];
  } | null;
  readonly revision: number;
  readonly setBy: string | null;
  readonly setAt: string | null;
  readonly differences: number;
}

export interface ShadowDifferenceRead {
  readonly id: string;
  readonly vm: string;
  readonly host: string;
  readonly outcome: { readonly enforced: string; readonly shadow: string };
  readonly differences: readonly {
    readonly change: string;
    readonly finding: FindingRead;
    readonly was?: FindingRead;
  }[];
  readonly omitted: number;
  readonly times: number;
  readonly lastAt: string;
}
