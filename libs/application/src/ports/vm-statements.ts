import type { ManifestSubmission } from '../submission.js';

/** A VM's row, locked until the transaction ends. */
export interface LockedVm {
  readonly revision: number;
  readonly digest: string;
  /** Where it runs; undefined while no manifest has said so. */
  readonly host: string | undefined;
  readonly labels: ReadonlyMap<string, string>;
}

export interface VmStatements {
  lock(fleet: string, vm: string): Promise<LockedVm | undefined>;
  /** The first revision; undefined when another transaction made the VM first. */
  insert(fleet: string, vm: string, submission: ManifestSubmission): Promise<number | undefined>;
  /** The new revision. `revision` is the one that was locked; any other is a broken lock and throws. */
  advance(fleet: string, vm: string, revision: number, submission: ManifestSubmission): Promise<number>;
  /** Places the VM elsewhere, which is a new revision of the same manifest. */
  place(fleet: string, vm: string, revision: number, host: string): Promise<number>;
  relabel(fleet: string, vm: string, labels: ReadonlyMap<string, string>): Promise<void>;
  remove(fleet: string, vm: string): Promise<void>;
}
