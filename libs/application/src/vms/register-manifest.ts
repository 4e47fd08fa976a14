import type { Caller } from '../caller.js';
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
  const revision = await tx.vms.advance(caller.fleet, vm, locked.revision, submission);
  await tx.audit.write(caller, 'manifest.register', vm, { revision, digest: submission.digest, was: locked.digest });
  return { ...answer, changed: true, revision };
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
  await tx.audit.write(caller, 'manifest.register', vm, { revision, digest, host: submission.needs.host ?? null });
  return { kind: 'registered', created: true, changed: true, revision, digest, warnings };
}
