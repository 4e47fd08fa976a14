import type { Caller } from '../caller.js';
import { noteDrift } from '../drift/note-drift.js';
import type { MigrationOpen } from '../migrations/answers.js';
import type { Tx, UnitOfWork } from '../ports/unit-of-work.js';
import type { LockedVm } from '../ports/vm-statements.js';
import type { ManifestSubmission, Warning } from '../submission.js';

export type ManifestRegistration =
  | {
      readonly kind: 'registered';
      readonly created: boolean;
      readonly changed: boolean;
      readonly revision: number;
      readonly digest: string;
      readonly warnings: readonly Warning[];
    }
  | { readonly kind: 'host-changed'; readonly host: string }
  | MigrationOpen
  | { readonly kind: 'revision-mismatch'; readonly revision: number };

/** Takes in what a VM needs, and at the first time where it runs. */
export class RegisterManifest {
  constructor(private readonly work: UnitOfWork) {}

  run(
    caller: Caller,
    vm: string,
    submission: ManifestSubmission,
    options: { readonly ifMatch?: number | undefined } = {},
  ): Promise<ManifestRegistration> {
    return this.work.run((tx) => register(tx, caller, vm, submission, options.ifMatch));
  }
}

async function register(
  tx: Tx,
  caller: Caller,
  vm: string,
  submission: ManifestSubmission,
  ifMatch: number | undefined,
): Promise<ManifestRegistration> {
  const locked = await tx.vms.lock(caller.fleet, vm);
  const refusal = refusalOf(locked, submission, ifMatch);
  if (refusal !== undefined) return refusal;
  if (locked === undefined) return create(tx, caller, vm, submission, ifMatch);
  const answer = {
    kind: 'registered',
    created: false,
    digest: submission.digest,
    warnings: submission.warnings,
  } as const;
  if (locked.digest === submission.digest) return { ...answer, changed: false, revision: locked.revision };
  const moving = await movingBy(tx, caller.fleet, vm);
  if (moving !== undefined) return { kind: 'migration-open', id: moving };
  const revision = await tx.vms.advance(caller.fleet, vm, locked.revision, submission);
  await tx.audit.write(caller, 'manifest.register', vm, { revision, digest: submission.digest, was: locked.digest });
  const host = locked.host ?? submission.needs.host ?? null;
  await tx.events.emit(caller.fleet, {
    type: 'vm.changed',
    subject: `vms/${vm}`,
    data: { vm, revision, digest: submission.digest, was: locked.digest, host },
  });
  const before = { digest: locked.digest, host: locked.host };
  await noteDrift(tx, caller.fleet, { kind: 'vm', name: vm, before });
  return { ...answer, changed: true, revision };
}

/** What a VM needs is not changed while it is on its way: the two sides would have different VMs in mind. */
async function movingBy(tx: Tx, fleet: string, vm: string): Promise<string | undefined> {
  const open = await tx.migrations.openOf(fleet, vm);
  return open === undefined || open.state === 'admitted' || open.state === 'verified' ? undefined : open.id;
}

function refusalOf(
  locked: LockedVm | undefined,
  submission: ManifestSubmission,
  ifMatch: number | undefined,
): ManifestRegistration | undefined {
  const revision = locked?.revision ?? 0;
  if (ifMatch !== undefined && ifMatch !== revision) return { kind: 'revision-mismatch', revision };
  const { host } = submission.needs;
  // Only a migration that landed moves a VM; a document that says otherwise is a mistake to be looked at.
  if (locked?.host !== undefined && host !== undefined && host !== locked.host)
    return { kind: 'host-changed', host: locked.host };
  return undefined;
}

async function create(
  tx: Tx,
  caller: Caller,
  vm: string,
  submission: ManifestSubmission,
  ifMatch: number | undefined,
): Promise<ManifestRegistration> {
  const { digest, warnings } = submission;
  const revision = await tx.vms.insert(caller.fleet, vm, submission);
  if (revision === undefined) return register(tx, caller, vm, submission, ifMatch);
  const host = submission.needs.host ?? null;
  await tx.audit.write(caller, 'manifest.register', vm, { revision, digest, host });
  await tx.events.emit(caller.fleet, {
    type: 'vm.registered',
    subject: `vms/${vm}`,
    data: { vm, revision, digest, host },
  });
  return { kind: 'registered', created: true, changed: true, revision, digest, warnings };
}
