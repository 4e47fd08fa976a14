import type { Caller } from '../caller.js';

/** A job that nobody will do any more, as it is put aside. Neither its payload nor its reason holds a secret. */
export interface NewDeadLetter {
  readonly queue: string;
  readonly job: string;
  /** By the clock of whoever put it on the queue: tells two jobs of one id apart. */
  readonly sentAt: Date;
  /** JSON. */
  readonly payload: string;
  readonly reason: string;
}

export interface DeadLetter extends NewDeadLetter {
  readonly id: string;
  readonly diedAt: Date;
  /** How often it was put back on its queue. */
  readonly redrives: number;
  /** Since when it is on its queue again; undefined while it lies here. */
  readonly redrivenAt: Date | undefined;
}

/** What is to be done again, and in whose name. */
export interface Redriven {
  readonly payload: string;
  readonly caller: Caller;
}

/** Whom a payload says it belongs to. */
export interface FleetClaim {
  readonly fleet?: string | undefined;
  readonly keyId?: string | undefined;
}

export interface DeadLetterStore {
  /**
   * Keeps it, once, in the fleet that it claims to belong to, or in `otherwise` where there is none; true unless that fleet has
   * more letters of this queue than anybody will read.
   */
  bury(claim: FleetClaim, otherwise: string, id: string, letter: NewDeadLetter): Promise<boolean>;
  /** Newest first, before the id `before` or from the newest when that is ''. */
  page(fleet: string, queue: string | undefined, before: string, limit: number): Promise<readonly DeadLetter[]>;
  /** Undefined when it is gone, or nobody wants it done again. */
  redriven(fleet: string, id: string): Promise<Redriven | undefined>;
  /** It was done at last. */
  settle(fleet: string, id: string): Promise<void>;
  /** It has died again. */
  rebury(fleet: string, id: string, reason: string): Promise<void>;
  /** Forgets what has been lying there for long. */
  purge(): Promise<void>;
}

/** These, or the oldest of a queue that are not on it again. */
export type WhichLetters = { readonly ids: readonly string[] } | { readonly queue: string };

/** What a redrive needs of a transaction. */
export interface DeadLetterStatements {
  /** Marks at most `limit` letters as put back by the caller, and answers which. */
  redrive(caller: Caller, which: WhichLetters, limit: number): Promise<readonly RedrivenLetter[]>;
}

export interface RedrivenLetter {
  readonly id: string;
  readonly queue: string;
  /** This time included. */
  readonly redrives: number;
}
