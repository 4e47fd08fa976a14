import type { Manifest } from '@berth/engine';
import { noteRelocation } from '../calibration/note-relocation.js';
import type { Caller } from '../caller.js';
import { isRevisionKey, pageOf } from '../cursor.js';
import { noteDrift } from '../drift/note-drift.js';
import { mergeLabels } from '../hosts/merge-labels.js';
import type { JsonObject } from '../json.js';
import type { MigrationOpen } from '../migrations/answers.js';
import { holderOf } from '../migrations/holder-of.js';
import type { CursorInvalid, Listed, Page } from '../page.js';
import type { Documents } from '../ports/documents.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { VmFilter, VmReads, VmRecord, VmRevision, VmWithMigration } from '../ports/vm-reads.js';

export interface VmUnknown {
  readonly kind: 'vm-unknown';
  readonly vm: string;
}

export interface VmView extends VmWithMigration {
  readonly kind: 'found';
  readonly document: JsonObject;
  readonly needs: Manifest;
}

export interface VmQuery extends Page, VmFilter {}

export interface VmPatch {
  /** Merged into the VM's labels; null takes a label away. */
  readonly labels?: ReadonlyMap<string, string | null> | undefined;
}

export type VmPatched =
  | { readonly kind: 'patched'; readonly vm: VmRecord }
  | { readonly kind: 'revision-mismatch'; readonly revision: number }
  | VmUnknown;

export type VmRelocated =
  | { readonly kind: 'relocated'; readonly vm: VmRecord }
  | { readonly kind: 'host-unknown'; readonly host: string }
  | MigrationOpen
  | VmUnknown;

export class Vms {
  constructor(
    private readonly work: UnitOfWork,
    private readonly vms: VmReads,
    private readonly documents: Documents,
  ) {}

  async get(caller: Caller, vm: string): Promise<VmView | VmUnknown> {
    const record = await this.vms.findWithMigration(caller.fleet, vm);
    if (record === undefined) return { kind: 'vm-unknown', vm };
    const { document, needs } = await this.documents.manifest(caller.fleet, record.digest);
    return { kind: 'found', ...record, document, needs };
  }

  list(caller: Caller, query: VmQuery): Promise<Listed<VmRecord> | CursorInvalid> {
    return pageOf(
      'vms',
      query,
      (row) => row.name,
      (after, limit) => this.vms.page(caller.fleet, query, after, limit),
    );
  }

  async revisions(caller: Caller, vm: string, page: Page): Promise<Listed<VmRevision> | CursorInvalid | VmUnknown> {
    if ((await this.vms.find(caller.fleet, vm)) === undefined) return { kind: 'vm-unknown', vm };
    return pageOf(
      `vm-revisions:${vm}`,
      page,
      (row) => String(row.revision),
      (after, limit) =>
        this.vms.revisions(caller.fleet, vm, after === '' ? Number.MAX_SAFE_INTEGER : Number(after), limit),
      isRevisionKey,
    );
  }

  async patch(caller: Caller, vm: string, patch: VmPatch, ifMatch?: number): Promise<VmPatched> {
    const answer = await this.work.run(async (tx) => {
      const locked = await tx.vms.lock(caller.fleet, vm);
      if (locked === undefined) return { kind: 'vm-unknown', vm } as const;
      if (ifMatch !== undefined && ifMatch !== locked.revision)
        return { kind: 'revision-mismatch', revision: locked.revision } as const;
      const labels = patch.labels ?? new Map<string, string | null>();
      await tx.vms.relabel(caller.fleet, vm, mergeLabels(locked.labels, labels));
      await tx.audit.write(caller, 'vm.patch', vm, { labels: [...labels] });
      return { kind: 'patched' } as const;
    });
    if (answer.kind !== 'patched') return answer;
    const record = await this.vms.find(caller.fleet, vm);
    return record === undefined ? { kind: 'vm-unknown', vm } : { kind: 'patched', vm: record };
  }

  async remove(caller: Caller, vm: string): Promise<{ readonly kind: 'removed' } | MigrationOpen | VmUnknown> {
    return this.work.run(async (tx) => {
      const locked = await tx.vms.lock(caller.fleet, vm);
      if (locked === undefined) return { kind: 'vm-unknown', vm };
      const open = await holderOf(tx, caller, vm);
      if (open !== undefined) return { kind: 'migration-open', id: open.id };
      await tx.vms.remove(caller.fleet, vm);
      await tx.audit.write(caller, 'vm.remove', vm, { revision: locked.revision, digest: locked.digest });
      const data = { vm, revision: locked.revision };
      await tx.events.emit(caller.fleet, { type: 'vm.removed', subject: `vms/${vm}`, data });
      return { kind: 'removed' };
    });
  }

  /** Corrects where a VM is said to run: a new revision of the same manifest, so that answers for the old place are told apart. */
  async relocate(
    caller: Caller,
    vm: string,
    to: { readonly host: string; readonly reason: string },
  ): Promise<VmRelocated> {
    const answer = await this.work.run(async (tx) => {
      const locked = await tx.vms.lock(caller.fleet, vm);
      if (locked === undefined) return { kind: 'vm-unknown', vm } as const;
      const host = await tx.hosts.lock(caller.fleet, to.host);
      if (host === undefined) return { kind: 'host-unknown', host: to.host } as const;
      const open = await holderOf(tx, caller, vm);
      if (open !== undefined) return { kind: 'migration-open', id: open.id } as const;
      if (locked.host === to.host) return { kind: 'relocated' } as const;
      const revision = await tx.vms.place(caller.fleet, vm, locked.revision, to.host);
      const moved = { revision, from: locked.host ?? null, to: to.host };
      await tx.audit.write(caller, 'vm.relocate', vm, { ...moved, reason: to.reason });
      await tx.events.emit(caller.fleet, { type: 'vm.relocated', subject: `vms/${vm}`, data: { vm, ...moved } });
      const before = { digest: locked.digest, host: locked.host };
      await noteDrift(tx, caller.fleet, { kind: 'vm', name: vm, before });
      const there = { name: to.host, digest: host.digest };
      await noteRelocation(tx, caller.fleet, { name: vm, digest: locked.digest }, there);
      return { kind: 'relocated' } as const;
    });
    if (answer.kind !== 'relocated') return answer;
    const record = await this.vms.find(caller.fleet, vm);
    return record === undefined ? { kind: 'vm-unknown', vm } : { kind: 'relocated', vm: record };
  }
}
