import type { Caller } from '../caller.js';
import type { Tx } from '../ports/unit-of-work.js';
import type { TicketSigner } from '../tickets/ticket-signer.js';
import type { KeptAnswer, MigrationOpened, MigrationRequest } from './answers.js';
import { noteChange } from './change-state.js';
import { type CompleteSnapshot, type Evaluating, evaluate, isYes } from './evaluate.js';
import { done } from './held-migration.js';
import { holderOf } from './holder-of.js';
import { issueTicket } from './issue-ticket.js';
import { migrationDueJob } from './migration-job.js';

/** What opening needs beside the transaction. */
export interface OpeningTools extends Evaluating {
  readonly signer: TicketSigner;
  readonly newId: () => string;
}

/** Opens under a key, if there is one: the key is claimed first, so that another call with it waits for the end of this one. */
export async function openUnderKey(
  tx: Tx,
  caller: Caller,
  request: MigrationRequest,
  kept: KeptAnswer | undefined,
  tools: OpeningTools,
): Promise<MigrationOpened> {
  if (kept === undefined) return open(tx, caller, request, tools);
  const claim = await tx.idempotency.claim(caller, kept);
  if (claim.kind === 'kept') {
    if (claim.requestDigest !== kept.requestDigest) return { kind: 'key-reused' };
    return { kind: 'replayed', status: claim.status, body: claim.body };
  }
  const answer = await open(tx, caller, request, tools);
  if (answer.kind === 'opened') await tx.idempotency.keep(caller, kept.key, 201, kept.print(answer.migration));
  else await tx.idempotency.release(caller, kept.key);
  return answer;
}

async function open(tx: Tx, caller: Caller, request: MigrationRequest, tools: OpeningTools): Promise<MigrationOpened> {
  const { fleet } = caller;
  const vm = await tx.vms.lock(fleet, request.vm);
  if (vm === undefined) return { kind: 'vm-unknown', vm: request.vm };
  // First of all: of many who open a migration of one VM, all but one are done here.
  const holder = await holderOf(tx, caller, request.vm);
  if (holder !== undefined) return { kind: 'migration-open', id: holder.id };
  await tx.migrations.holdHosts(fleet, vm.host === undefined ? [request.target] : [vm.host, request.target]);
  const snapshot = await tx.migrations.snapshot(fleet, request.vm, request.target);
  if (snapshot.vm === undefined) throw new Error(`VM \`${request.vm}\` is gone from under its lock`);
  if (snapshot.target === undefined) return { kind: 'target-unknown', target: request.target };
  if (vm.host === undefined) return { kind: 'vm-without-host', vm: request.vm };
  const known = { ...snapshot, vm: snapshot.vm, target: snapshot.target };
  if (!asExpected(known, request))
    return { kind: 'revision-conflict', vmRevision: known.vm.revision, hostRevision: known.target.revision };
  return admit(tx, caller, request, vm.host, known, tools);
}

async function admit(
  tx: Tx,
  caller: Caller,
  request: MigrationRequest,
  source: string,
  snapshot: CompleteSnapshot,
  { signer, newId, ...evaluating }: OpeningTools,
): Promise<MigrationOpened> {
  const { fleet } = caller;
  const { vm, target, policy = 'strict' } = request;
  const evaluation = await evaluate(tx, fleet, { vm, target, policy }, snapshot, evaluating);
  if (!isYes(evaluation.verdict)) return { kind: 'not-compatible', verdict: evaluation.verdict };
  const named = { id: newId(), vm, source, target };
  const issued = await issueTicket(signer, fleet, named, evaluation);
  if (!(await tx.migrations.insert(fleet, { ...named, policy, ...issued }))) {
    const holder = await tx.migrations.openOf(fleet, vm);
    if (holder === undefined) throw new Error(`VM \`${vm}\` has a migration that is open and cannot be seen`);
    return { kind: 'migration-open', id: holder.id };
  }
  await noteChange(tx, caller, named, { from: null, to: 'admitted', trigger: 'open', why: 'opened' });
  const inMilliseconds = issued.expiresAt.getTime() - snapshot.now.getTime();
  await tx.outbox.put(fleet, [migrationDueJob(fleet, named.id, 'admitted', inMilliseconds)]);
  const { migration } = await done(tx, fleet, named.id);
  return { kind: 'opened', migration };
}

function asExpected(snapshot: CompleteSnapshot, { expect }: MigrationRequest): boolean {
  const vmAsExpected = expect?.vmRevision === undefined || expect.vmRevision === snapshot.vm.revision;
  return vmAsExpected && (expect?.hostRevision === undefined || expect.hostRevision === snapshot.target.revision);
}
