import type { Freshness, HostState } from '@berth/engine';
import type { JsonObject } from '../json.js';
import type { DatedFingerprint } from '../submission.js';
import type { HeartBeat } from './host-statements.js';

export interface HostRecord {
  readonly name: string;
  readonly revision: number;
  readonly digest: string;
  readonly state: HostState;
  readonly labels: ReadonlyMap<string, string>;
  readonly freshness: Freshness;
  readonly machineId: string | undefined;
  readonly bootId: string | undefined;
  /** Another machine that claims the name, or the one agreed to that has not spoken yet: no yes rests on the facts. */
  readonly contender: string | undefined;
  readonly collectedAt: Date;
  /** The same time as the host wrote it. */
  readonly collectedAs: string;
  readonly receivedAt: Date;
  readonly createdAt: Date;
  /** When it last sent a heartbeat, if ever. */
  readonly beatAt: Date | undefined;
}

export interface HostRevision {
  readonly revision: number;
  readonly digest: string;
  readonly collectedAt: Date;
  readonly receivedAt: Date;
  /** What the digest leaves out besides the time (`agent`, `evidence`), as last sent with this revision. */
  readonly provenance: JsonObject;
}

export interface HostFilter {
  readonly state?: HostState | undefined;
  readonly freshness?: Freshness | undefined;
  readonly labels?: ReadonlyMap<string, string> | undefined;
}

/** What is stored of the host that beats. */
export interface Beat {
  readonly digest: string;
  readonly bootId: string | undefined;
  /** False: nothing was noted, since nobody has told of this boot before. `HostStatements.hear` notes it. */
  readonly noted: boolean;
}

export interface HostReads {
  find(fleet: string, host: string): Promise<HostRecord | undefined>;
  page(fleet: string, filter: HostFilter, after: string, limit: number): Promise<readonly HostRecord[]>;
  revision(fleet: string, host: string, revision: number): Promise<HostRevision | undefined>;
  /** Newest first, from the revision before `before`. */
  revisions(fleet: string, host: string, before: number, limit: number): Promise<readonly HostRevision[]>;
  /** Notes a heartbeat of a boot that is known; answers what is stored, or undefined for an unknown host. */
  beat(fleet: string, host: string, beat: HeartBeat): Promise<Beat | undefined>;
  /**
   * Renews what is already stored, in one statement: the revision, or undefined when anything about the submission is not
   * plainly a newer sight of the same facts, which then takes the long way.
   */
  renewUnchanged(
    fleet: string,
    host: string,
    submission: DatedFingerprint,
    ifMatch: number | undefined,
  ): Promise<number | undefined>;
}
