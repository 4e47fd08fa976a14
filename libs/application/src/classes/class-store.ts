import type { Fingerprint, Manifest } from '@berth/engine';

/** A host or a VM without a class, by the document that stands for it. */
export interface Unclassed {
  readonly fleet: string;
  readonly name: string;
  readonly digest: string;
}

export interface ClassStore {
  /** Some that have no class, or one of another scheme. */
  unclassedHosts(limit: number): Promise<readonly Unclassed[]>;
  unclassedVms(limit: number): Promise<readonly Unclassed[]>;
  /**
   * Notes the class of those of these hosts, all of one fleet and one class, that still have that document. Waits for nobody:
   * what is locked is left for another time. Answers how many were noted.
   */
  classHosts(facts: Fingerprint, hosts: readonly Unclassed[]): Promise<number>;
  classVms(needs: Manifest, vms: readonly Unclassed[]): Promise<number>;
}
