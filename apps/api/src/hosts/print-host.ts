import {
  type HostRecord,
  type HostRevision,
  type HostView,
  type RevisionDiff,
  type TargetsCompared,
  type TargetTurn,
  TRAITS,
  traitOf,
} from '@berth/application';
import { generationsOf } from '@berth/engine';

export function printHostSummary(host: HostRecord): object {
  return {
    host: host.name,
    state: host.state,
    labels: Object.fromEntries(host.labels),
    revision: host.revision,
    digest: host.digest,
    freshness: host.freshness,
    machineId: host.machineId ?? null,
    bootId: host.bootId ?? null,
    contender: host.contender ?? null,
    collectedAt: host.collectedAt.toISOString(),
    receivedAt: host.receivedAt.toISOString(),
    createdAt: host.createdAt.toISOString(),
    heartbeatAt: host.beatAt?.toISOString() ?? null,
  };
}

export function printHost(host: HostView): object {
  const { known, candidates } = generationsOf(host.facts);
  return {
    ...printHostSummary(host),
    generation: known,
    generationCandidates: candidates,
    capabilities: Object.fromEntries(TRAITS.map((trait) => [trait, traitOf(host.facts, trait) ?? null])),
    fingerprint: host.document,
  };
}

export function printHostRevision(revision: HostRevision): object {
  return {
    revision: revision.revision,
    digest: revision.digest,
    collectedAt: revision.collectedAt.toISOString(),
    receivedAt: revision.receivedAt.toISOString(),
  };
}

export function printHostDiff(host: string, diff: RevisionDiff, targets: TargetsCompared): object {
  const { lost, won, asked, nextCursor } = targets;
  const turns = { lost: lost.map(printTurn), won: won.map(printTurn), asked };
  return {
    host,
    a: printHostRevision(diff.a),
    b: printHostRevision(diff.b),
    differences: diff.differences,
    targets: nextCursor === undefined ? turns : { ...turns, nextCursor },
  };
}

const printTurn = ({ vm, outcome, reason }: TargetTurn): object => ({ vm, outcome, reason: reason ?? null });
