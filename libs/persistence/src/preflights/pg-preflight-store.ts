import type { PreflightSnapshot, PreflightStore, StoredPreflight } from '@berth/application';
import type { Freshness, HostState, Phase, Policy } from '@berth/engine';
import { available } from '../database/availability.js';
import type { Link, Statement } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import type { Preflight, PrismaClient } from '../generated/prisma/client.js';
import { freshnessSql, freshUntilSql } from '../hosts/freshness-sql.js';
import { printDecision, readDecision } from './decision-text.js';

interface SnapshotRow {
  readonly now: Date;
  readonly vm_revision: number | null;
  readonly vm_digest: string | null;
  readonly vm_host: string | null;
  readonly revision: number | null;
  readonly digest: string | null;
  readonly state: string | null;
  readonly freshness: string | null;
  readonly fresh_until: Date | null;
  readonly source_revision: number | null;
  readonly source_digest: string | null;
  readonly catalogue: string | null;
}

const SNAPSHOT: Statement = {
  name: 'preflight-snapshot',
  text: `SELECT now() AS now, v.revision AS vm_revision, v.digest AS vm_digest, v.host AS vm_host,
  h.revision, h.digest, h.state, ${freshnessSql('$4')} AS freshness, ${freshUntilSql('$4')} AS fresh_until,
  s.revision AS source_revision, s.digest AS source_digest, c.digest AS catalogue
FROM (SELECT 1) AS always
LEFT JOIN vm v ON v.fleet = $1 AND v.name = $2
LEFT JOIN host h ON h.fleet = $1 AND h.name = $3
LEFT JOIN host_liveness l ON l.fleet = $1 AND l.host = $3
LEFT JOIN host s ON s.fleet = $1 AND s.name = v.host
LEFT JOIN catalogue c ON c.fleet = $1`,
};

const INSERT: Statement = {
  name: 'preflight-insert',
  text: `WITH asked AS (
  INSERT INTO preflight (fleet, id, vm, vm_revision, vm_host, manifest_digest, target, target_revision, target_state, target_freshness,
    fingerprint_digest, source_digest, catalogue_digest, policy, phases, outcome, failure, reason, rulebook, key_id, evaluated_at, valid_until)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
  ON CONFLICT DO NOTHING RETURNING id)
INSERT INTO preflight_verdict (fleet, preflight, decision) SELECT $1, id, $23 FROM asked`,
};

export class PgPreflightStore implements PreflightStore {
  constructor(
    private readonly link: Link,
    private readonly prisma: PrismaClient,
    private readonly factTtlMilliseconds: number,
  ) {}

  async snapshot(fleet: string, vm: string, target: string): Promise<PreflightSnapshot> {
    const row = await this.link.row<SnapshotRow>(SNAPSHOT, [fleet, vm, target, this.factTtlMilliseconds]);
    if (row === undefined) throw new Error('a snapshot without a row');
    const catalogue = orUndefined(row.catalogue);
    return { now: row.now, ...vmOf(row), ...targetOf(row), ...sourceOf(row), catalogue };
  }

  async insert(fleet: string, keyId: string, preflight: StoredPreflight): Promise<boolean> {
    return (await this.link.touch(INSERT, valuesOf(fleet, keyId, preflight))) === 1;
  }

  async find(fleet: string, id: string): Promise<StoredPreflight | undefined> {
    const row = await available(
      this.prisma.preflight.findUnique({ where: { fleet_id: { fleet, id } }, include: { verdict: true } }),
    );
    if (row === null) return undefined;
    if (row.verdict === null) throw new Error(`preflight \`${id}\` has lost its verdict`);
    return storedPreflight(row, row.verdict.decision);
  }
}

function vmOf(row: SnapshotRow): Pick<PreflightSnapshot, 'vm'> {
  const { vm_revision: revision, vm_digest: digest, vm_host: host } = row;
  return revision === null || digest === null ? {} : { vm: { revision, digest, host: orUndefined(host) } };
}

function targetOf(row: SnapshotRow): Pick<PreflightSnapshot, 'target'> {
  const { revision, digest, state, freshness, fresh_until: freshUntil } = row;
  if (revision === null || digest === null || freshUntil === null) return {};
  return { target: { revision, digest, state: state as HostState, freshness: freshness as Freshness, freshUntil } };
}

function sourceOf(row: SnapshotRow): Pick<PreflightSnapshot, 'source'> {
  const { source_revision: revision, source_digest: digest } = row;
  return revision === null || digest === null ? {} : { source: { revision, digest } };
}

function valuesOf(
  fleet: string,
  keyId: string,
  { id, vm, target, asked, verdict }: StoredPreflight,
): readonly unknown[] {
  const { decision, basis, evaluatedAt, validUntil } = verdict;
  const about = [vm, basis.vmRevision, asked.vmHost ?? null, basis.manifest];
  const against = [
    target,
    basis.hostRevision,
    asked.state,
    asked.freshness,
    basis.fingerprint,
    asked.sourceDigest ?? null,
    basis.catalogue ?? null,
  ];
  const question = [asked.policy ?? null, asked.phases ?? []];
  const answer = [
    decision.outcome,
    decision.wouldFail?.failure ?? null,
    decision.wouldFail?.reason ?? null,
    decision.rulebook,
  ];
  return [
    fleet,
    id,
    ...about,
    ...against,
    ...question,
    ...answer,
    keyId,
    evaluatedAt,
    validUntil,
    printDecision(decision),
  ];
}

function storedPreflight(row: Preflight, text: string): StoredPreflight {
  const decision = readDecision(text);
  const { generation, rulebook, policy } = decision;
  const basis = {
    vm: row.vm,
    vmRevision: row.vmRevision,
    manifest: row.manifestDigest,
    host: row.target,
    hostRevision: row.targetRevision,
    fingerprint: row.fingerprintDigest,
    generation,
    rulebook,
    policy,
    catalogue: orUndefined(row.catalogueDigest),
  };
  const asked = {
    vmHost: orUndefined(row.vmHost),
    sourceDigest: orUndefined(row.sourceDigest),
    state: row.targetState as HostState,
    freshness: row.targetFreshness as Freshness,
    policy: (row.policy ?? undefined) as Policy | undefined,
    phases: row.phases.length === 0 ? undefined : (row.phases as Phase[]),
  };
  const { evaluatedAt, validUntil } = row;
  return { id: row.id, vm: row.vm, target: row.target, asked, verdict: { decision, basis, evaluatedAt, validUntil } };
}
