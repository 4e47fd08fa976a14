import type { DeadJob, Redriven } from '@berth/application';

/** Where the jobs go that nobody will do, and where those come from that are to be done once more. */
export interface LetterBox {
  bury(job: DeadJob): Promise<boolean>;
  redriven(fleet: string, letter: string): Promise<Redriven | undefined>;
  settle(fleet: string, letter: string): Promise<void>;
  rebury(fleet: string, letter: string, reason: string): Promise<void>;
}
