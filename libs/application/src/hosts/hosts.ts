import type { Fingerprint, Freshness, HostState } from '@berth/engine';
import type { Caller } from '../caller.js';
import { isRevisionKey, listed, pageOf, placeOf } from '../cursor.js';
import { noteDrift } from '../drift/note-drift.js';
import type { JsonObject } from '../json.js';
import type { CursorInvalid, Listed, Page } from '../page.js';
import type { Documents } from '../ports/documents.js';
import type { HostReads, HostRecord, HostRevision } from '../ports/host-reads.js';
import type { HeartBeat, HostChange, LockedHost } from '../ports/host-statements.js';
import type { Tx, UnitOfWork } from '../ports/unit-of-work.js';
import { type Difference, differences } from './differences.js';
import { mergeLabels } from './merge-labels.js';
import { speaksFor } from './speaks-for.js';
import { agrees, standing } from './standing.js';
import { tellReboot } from './tell-reboot.js';
import { hasTraits, type TraitFilter } from './traits.js';

export interface HostUnknown {
  readonly kind: 'host-unknown';
  readonly host: string;
}

export interface HostForbidden {
  readonly kind: 'host-forbidden';
  readonly host: string;
}

/** A host with its newest facts; the document is as it was sent, in full. */
export interface HostView extends HostRecord {
  readonly kind: 'found';
  readonly document: JsonObject;
  readonly facts: Fingerprint;
}

export interface HostQuery extends Page, TraitFilter {
  readonly state?: HostState | undefined;
  readonly freshness?: Freshness | undefined;
  readonly labels?: ReadonlyMap<string, string> | undefined;
}

export interface HostPatch {
  /** Merged into the host's labels; null takes a label away. */
  readonly labels?: ReadonlyMap<string, string | null> | undefined;
  readonly state?: HostState | undefined;
  /** Agrees to another machine under this name: the next fingerprint must come from it. */
  readonly machineId?: string | undefined;
}

export type HostPatched =
  | { readonly kind: 'patched'; readonly host: HostRecord }
  | { readonly kind: 'revision-mismatch'; readonly revision: number }
  | HostUnknown;

export type HostRemoved =
  | { readonly kind: 'removed' }
  | { readonly kind: 'host-in-use'; readonly host: string }
  | HostUnknown;

export type HostBeat =
  | { readonly kind: 'heard'; readonly resend: boolean; readonly nextHeartbeatSeconds: number }
  | HostUnknown
  | HostForbidden;

export interface RevisionDiff {
  readonly kind: 'compared';
  readonly a: HostRevision;
  readonly b: HostRevision;
  readonly differences: readonly Difference[];
}

export interface RevisionUnknown {
  readonly kind: 'revision-unknown';
  readonly revision: number;
}

/** How many hosts are read at a time when facts decide which of them are listed. */
const SCAN = 500;
const byName = (record: { readonly name: string }): string => record.name;

export class Hosts {
  constructor(
    private readonly work: UnitOfWork,
    private readonly hosts: HostReads,
    private readonly documents: Documents,
    private readonly heartbeatSeconds = 20,
  ) {}

  async get(caller: Caller, host: string): Promise<HostView | HostUnknown> {
    const record = await this.hosts.find(caller.fleet, host);
    if (record === undefined) return { kind: 'host-unknown', host };
    const revision = await this.hosts.revision(caller.fleet, host, record.revision);
    const stored = await this.documents.fingerprint(caller.fleet, record.digest);
    const document = { ...stored.document, collectedAt: record.collectedAs, ...revision?.provenance };
    return { kind: 'found', ...record, document, facts: stored.facts };
  }

  async list(caller: Caller, query: HostQuery): Promise<Listed<HostRecord> | CursorInvalid> {
    const place = placeOf('hosts', query.cursor);
    if (place.kind === 'cursor-invalid') return place;
    const rows = await this.matching(caller.fleet, query, place.after);
    return listed('hosts', rows, query.limit, byName);
  }

  /** One more than the limit, when there are as many. */
  private async matching(fleet: string, query: HostQuery, after: string): Promise<readonly HostRecord[]> {
    const wanted = query.limit + 1;
    if (query.requires === undefined && query.forbids === undefined)
      return this.hosts.page(fleet, query, after, wanted);
    const found: HostRecord[] = [];
    for (let from: string | undefined = after; from !== undefined && found.length < wanted; ) {
      const rows: readonly HostRecord[] = await this.hosts.page(fleet, query, from, SCAN);
      const stored = await this.documents.fingerprints(
        fleet,
        rows.map((row) => row.digest),
      );
      found.push(...rows.filter((row) => hasTraits(stored.get(row.digest)?.facts, query)));
      from = rows.length === SCAN ? rows.at(-1)?.name : undefined;
    }
    return found.slice(0, wanted);
  }

  async revisions(
    caller: Caller,
    host: string,
    page: Page,
  ): Promise<Listed<HostRevision> | CursorInvalid | HostUnknown> {
    if ((await this.hosts.find(caller.fleet, host)) === undefined) return { kind: 'host-unknown', host };
    return pageOf(
      `host-revisions:${host}`,
      page,
      (row) => String(row.revision),
      (after, limit) =>
        this.hosts.revisions(caller.fleet, host, after === '' ? Number.MAX_SAFE_INTEGER : Number(after), limit),
      isRevisionKey,
    );
  }

  async diff(
    caller: Caller,
    host: string,
    a: number,
    b: number,
  ): Promise<RevisionDiff | HostUnknown | RevisionUnknown> {
    if ((await this.hosts.find(caller.fleet, host)) === undefined) return { kind: 'host-unknown', host };
    const [first, second] = await Promise.all([
      this.hosts.revision(caller.fleet, host, a),
      this.hosts.revision(caller.fleet, host, b),
    ]);
    if (first === undefined) return { kind: 'revision-unknown', revision: a };
    if (second === undefined) return { kind: 'revision-unknown', revision: b };
    const [before, after] = await Promise.all([
      this.documents.fingerprint(caller.fleet, first.digest),
      this.documents.fingerprint(caller.fleet, second.digest),
    ]);
    return { kind: 'compared', a: first, b: second, differences: differences(before.document, after.document) };
  }

  async patch(caller: Caller, host: string, patch: HostPatch, ifMatch?: number): Promise<HostPatched> {
    const answer = await this.work.run(async (tx) => {
      const locked = await tx.hosts.lock(caller.fleet, host);
      if (locked === undefined) return { kind: 'host-unknown', host } as const;
      if (ifMatch !== undefined && ifMatch !== locked.revision) {
        return { kind: 'revision-mismatch', revision: locked.revision } as const;
      }
      const change = changeOf(locked, patch);
      await tx.hosts.change(caller.fleet, host, change);
      await tx.audit.write(caller, 'host.patch', host, printable(patch));
      const changed = changedBy(locked, change);
      if (changed.length > 0) {
        const data = { host, changed, state: change.state ?? locked.state };
        await tx.events.emit(caller.fleet, { type: 'host.patched', subject: `hosts/${host}`, data });
      }
      if (isAnotherTarget(locked, change))
        await noteDrift(tx, caller.fleet, { kind: 'host', name: host, before: standing(locked) });
      return { kind: 'patched' } as const;
    });
    if (answer.kind !== 'patched') return answer;
    const record = await this.hosts.find(caller.fleet, host);
    return record === undefined ? { kind: 'host-unknown', host } : { kind: 'patched', host: record };
  }

  async remove(caller: Caller, host: string): Promise<HostRemoved> {
    return this.work.run(async (tx) => {
      const locked = await tx.hosts.lock(caller.fleet, host);
      if (locked === undefined) return { kind: 'host-unknown', host };
      // In this order: a migration that lands in between is seen as open, or its VM is seen here.
      const isUsed = (await tx.migrations.isNamed(caller.fleet, host)) || (await tx.hosts.hasVms(caller.fleet, host));
      if (isUsed) return { kind: 'host-in-use', host };
      await tx.hosts.remove(caller.fleet, host);
      await tx.audit.write(caller, 'host.remove', host, { revision: locked.revision, digest: locked.digest });
      const data = { host, revision: locked.revision };
      await tx.events.emit(caller.fleet, { type: 'host.removed', subject: `hosts/${host}`, data });
      await noteDrift(tx, caller.fleet, { kind: 'host', name: host, before: standing(locked) });
      return { kind: 'removed' };
    });
  }

  async heartbeat(caller: Caller, host: string, beat: HeartBeat): Promise<HostBeat> {
    if (!speaksFor(caller, host)) return { kind: 'host-forbidden', host };
    const known = await this.hosts.beat(caller.fleet, host, beat);
    const stored = known?.noted === false ? await this.work.run((tx) => hear(tx, caller, host, beat)) : known;
    if (stored === undefined) return { kind: 'host-unknown', host };
    const resend = stored.digest !== beat.digest || stored.bootId !== beat.bootId;
    return { kind: 'heard', resend, nextHeartbeatSeconds: this.heartbeatSeconds };
  }
}

/** The long way of a heartbeat: under the host's lock, so that of many at once one tells of the boot. */
async function hear(tx: Tx, caller: Caller, host: string, beat: HeartBeat): Promise<LockedHost | undefined> {
  const locked = await tx.hosts.lock(caller.fleet, host);
  if (locked === undefined) return undefined;
  await tx.hosts.hear(caller.fleet, host, beat);
  await tellReboot(tx, caller.fleet, host, locked, beat.bootId);
  const before = standing(locked);
  if (agrees(locked, beat) !== before.fresh) await noteDrift(tx, caller.fleet, { kind: 'host', name: host, before });
  return locked;
}

function changeOf(locked: LockedHost, patch: HostPatch): HostChange {
  return {
    ...(patch.state === undefined ? {} : { state: patch.state }),
    ...(patch.labels === undefined ? {} : { labels: mergeLabels(locked.labels, patch.labels) }),
    ...(patch.machineId === undefined ? {} : { machineId: patch.machineId }),
  };
}

/** Labels decide nothing. Agreeing to a machine may end a quarantine, or begin the wait for that machine's facts. */
const isAnotherTarget = (locked: LockedHost, { state, machineId }: HostChange): boolean =>
  (state !== undefined && state !== locked.state) ||
  (machineId !== undefined && (machineId !== locked.machineId || locked.contender !== undefined));

/** What a patch makes other than it was: the same patch again changes nothing. */
function changedBy(locked: LockedHost, change: HostChange): string[] {
  const labels = change.labels ?? locked.labels;
  const isSame =
    labels.size === locked.labels.size && [...labels].every(([key, value]) => locked.labels.get(key) === value);
  return [
    ...(isSame ? [] : ['labels']),
    ...(change.state === undefined || change.state === locked.state ? [] : ['state']),
    ...(change.machineId === undefined || change.machineId === locked.machineId ? [] : ['machineId']),
  ];
}

const printable = (patch: HostPatch): Record<string, unknown> => ({
  ...patch,
  ...(patch.labels === undefined ? {} : { labels: [...patch.labels] }),
});
