import { decide, PHASES } from '@berth/engine';
import { usedCatalogue } from '../catalogue/used-catalogue.js';
import type { Tx } from '../ports/unit-of-work.js';
import { questionOf } from '../preflights/question-of.js';
import type { StoredVerdict } from '../preflights/stored-verdict.js';
import { verdictOf } from '../preflights/verdict-of.js';
import type { Witness } from '../shadow/witness.js';
import type { MigrationNames, MigrationPolicy, Pins } from './migration.js';
import type { MigrationSnapshot } from './migration-statements.js';

/** A snapshot in which both names are known. */
export type CompleteSnapshot = MigrationSnapshot & Required<Pick<MigrationSnapshot, 'vm' | 'target'>>;

/** What a migration would be opened, verified or started on. */
export interface Evaluation {
  readonly verdict: StoredVerdict;
  readonly pins: Pins;
}

export interface Asked extends Pick<MigrationNames, 'vm' | 'target'> {
  /** Of the migration, once it is open. */
  readonly id?: string;
  readonly policy: MigrationPolicy;
}

/** How an evaluation is made, and who is told of it. */
export interface Evaluating {
  /** A verdict holds for so long at most, and never longer than the target's facts stay fresh. */
  readonly ticketMilliseconds: number;
  readonly witness?: Witness | undefined;
}

export async function evaluate(
  tx: Tx,
  fleet: string,
  asked: Asked,
  snapshot: CompleteSnapshot,
  { ticketMilliseconds, witness }: Evaluating,
): Promise<Evaluation> {
  const { vm, target, source, now } = snapshot;
  const manifest = await tx.documents.manifest(fleet, vm.digest);
  const fingerprint = await tx.documents.fingerprint(fleet, target.digest);
  const standsOn = source === undefined ? undefined : await tx.documents.fingerprint(fleet, source.digest);
  const { digest: catalogueDigest, catalogue } = await usedCatalogue(tx.documents, fleet, snapshot.catalogue);
  const question = questionOf({
    needs: manifest.needs,
    vmHost: vm.host,
    target: fingerprint.facts,
    source: standsOn?.facts,
    registered: { host: asked.target, state: target.state, freshness: target.freshness },
    policy: asked.policy,
    phases: undefined,
    catalogue,
  });
  const named = {
    vm: asked.vm,
    vmRevision: vm.revision,
    manifest: vm.digest,
    host: asked.target,
    hostRevision: target.revision,
    fingerprint: target.digest,
    catalogue: catalogueDigest,
  };
  const freshUntil = target.freshness === 'fresh' ? target.freshUntil : undefined;
  const verdict = verdictOf(decide(question), named, now, freshUntil, ticketMilliseconds);
  const { decision, basis } = verdict;
  const subject = asked.id === undefined ? `vms/${asked.vm}` : `migrations/${asked.id}`;
  witness?.({ fleet, subject, vm: asked.vm, host: asked.target, question, decision, basis });
  return { verdict, pins: pinsOf(verdict, snapshot) };
}

function pinsOf({ basis }: StoredVerdict, { vm, target, runId, bootId }: CompleteSnapshot): Pins {
  return {
    vmRevision: vm.revision,
    manifest: vm.digest,
    runId,
    hostRevision: target.revision,
    fingerprint: target.digest,
    bootId,
    generation: basis.generation,
    rulebook: basis.rulebook,
    catalogue: basis.catalogue,
  };
}

/** A proposal's yes is no kernel's, and moves nothing. */
export const isYes = ({ decision }: StoredVerdict): boolean =>
  decision.outcome === 'compatible' && !decision.hypothetical && decision.phases.length === PHASES.length;

/** What a snapshot taken under the locks must hold: a VM or host with an open migration is not removed. */
export function completed(
  snapshot: MigrationSnapshot,
  { vm, target }: Pick<MigrationNames, 'vm' | 'target'>,
): CompleteSnapshot {
  if (snapshot.vm === undefined) throw new Error(`VM \`${vm}\` is gone from under its open migration`);
  if (snapshot.target === undefined) throw new Error(`host \`${target}\` is gone from under an open migration`);
  return { ...snapshot, vm: snapshot.vm, target: snapshot.target };
}
