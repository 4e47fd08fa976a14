import type { GenerationId } from '@berth/engine';
import type { ComparisonClass, Outside } from './comparison.js';

export interface CalibrationWindow {
  readonly rulebook: string;
  /** Migrations that ended from then on; all of them when left out. */
  readonly since?: Date | undefined;
}

/** So many migrations of one generation ended like this. */
export interface EndedGroup {
  readonly generation: GenerationId | null;
  readonly outcome: 'landed' | 'aborted';
  readonly class: ComparisonClass;
  readonly outside: Outside | undefined;
  readonly count: number;
}

export const MENTIONS = ['false-yes', 'false-no', 'foretold', 'warned'] as const;
export type Mention = (typeof MENTIONS)[number];

/** In how many of the ended migrations a check was mentioned so. */
export interface CheckMentions {
  readonly check: string;
  readonly as: Mention;
  readonly count: number;
  /** Of those the ones that landed. */
  readonly landed: number;
  /** The newest few. */
  readonly examples: readonly string[];
}

/** A VM that somebody said runs where it had been refused. */
export interface RelocationHint {
  readonly vm: string;
  readonly host: string;
  readonly preflight: string;
  readonly reason: string;
  readonly at: Date;
}

export interface CalibrationRead {
  readonly now: Date;
  readonly groups: readonly EndedGroup[];
  readonly mentions: readonly CheckMentions[];
  /** The newest first, and not more than a few; of whatever rulebook. */
  readonly relocations: readonly RelocationHint[];
  /** How many migrations ended in the same time under each rulebook. */
  readonly rulebooks: readonly { readonly rulebook: string; readonly ended: number }[];
}

export interface CalibrationStore {
  read(fleet: string, window: CalibrationWindow): Promise<CalibrationRead>;
}
