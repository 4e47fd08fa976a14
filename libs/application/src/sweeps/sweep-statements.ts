import type { Phase, Policy } from '@berth/engine';
import type { SelectedVm, Selector } from './selector.js';
import type { SweepPlan } from './sweep-plan.js';
import type { SweepState } from './sweep-store.js';

export interface NewSweep extends SweepPlan {
  readonly fleet: string;
  readonly id: string;
  readonly policy: Policy;
  readonly phases: readonly Phase[] | undefined;
  readonly vms: readonly SelectedVm[];
  readonly targets: readonly string[];
}

/** What starting and cancelling a sweep need of a transaction. */
export interface SweepStatements {
  /** In order of their names. Names that are not registered are left out. */
  vms(fleet: string, selector: Selector): Promise<readonly SelectedVm[]>;
  /** In order of their names. Names that are not registered are left out. */
  targets(fleet: string, selector: Selector): Promise<readonly string[]>;
  /** The sweep with its chunks, all of them open. */
  insert(sweep: NewSweep): Promise<void>;
  /** Ends a sweep that has not ended; answers the state it was in, or undefined for an unknown sweep. */
  cancel(fleet: string, id: string): Promise<SweepState | undefined>;
}
