import type { MigrationSnapshot } from '@berth/application';
import type { Freshness, HostState } from '@berth/engine';
import type { Link, Statement } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import { freshnessSql, freshUntilSql } from '../hosts/freshness-sql.js';

interface SnapshotRow {
  readonly now: Date;
  readonly vm_revision: number | null;
  readonly vm_digest: string | null;
  readonly vm_host: string | null;
  readonly run_id: string | null;
  readonly revision: number | null;
  readonly digest: string | null;
  readonly state: string | null;
  readonly boot_id: string | null;
  readonly freshness: string | null;
  readonly fresh_until: Date | null;
  readonly source_revision: number | null;
  readonly source_digest: string | null;
  readonly catalogue: string | null;
}

// As that of a preflight, with the run and the boot; read after the locks, so that the clock is that of this statement.
const SNAPSHOT: Statement = {
  name: 'migration-snapshot',
  text: `SELECT statement_timestamp() AS now, v.revision AS vm_revision, v.digest AS vm_digest, v.host AS vm_host, v.run_id,
  h.revision, h.digest, h.state, h.boot_id, ${freshnessSql('$4')} AS freshness, ${freshUntilSql('$4')} AS fresh_until,
  s.revision AS source_revision, s.digest AS source_digest, (SELECT digest FROM catalogue WHERE fleet = $1) AS catalogue
FROM (SELECT 1) AS always
LEFT JOIN vm v ON v.fleet = $1 AND v.name = $2
LEFT JOIN host h ON h.fleet = $1 AND h.name = $3
LEFT JOIN host_liveness l ON l.fleet = $1 AND l.host = $3
LEFT JOIN host s ON s.fleet = $1 AND s.name = v.host`,
};

export async function readSnapshot(
  link: Link,
  fleet: string,
  vm: string,
  target: string,
  factTtlMilliseconds: number,
): Promise<MigrationSnapshot> {
  const row = await link.row<SnapshotRow>(SNAPSHOT, [fleet, vm, target, factTtlMilliseconds]);
  if (row === undefined) throw new Error('a snapshot without a row');
  const { now, run_id: runId, boot_id: bootId, catalogue } = row;
  return {
    now,
    runId: orUndefined(runId),
    bootId: orUndefined(bootId),
    catalogue: orUndefined(catalogue),
    ...vmOf(row),
    ...targetOf(row),
    ...sourceOf(row),
  };
}

function vmOf(row: SnapshotRow): Pick<MigrationSnapshot, 'vm'> {
  const { vm_revision: revision, vm_digest: digest, vm_host: host } = row;
  return revision === null || digest === null ? {} : { vm: { revision, digest, host: orUndefined(host) } };
}

function targetOf(row: SnapshotRow): Pick<MigrationSnapshot, 'target'> {
  const { revision, digest, state, freshness, fresh_until: freshUntil } = row;
  if (revision === null || digest === null || freshUntil === null) return {};
  return { target: { revision, digest, state: state as HostState, freshness: freshness as Freshness, freshUntil } };
}

function sourceOf(row: SnapshotRow): Pick<MigrationSnapshot, 'source'> {
  const { source_revision: revision, source_digest: digest } = row;
  return revision === null || digest === null ? {} : { source: { revision, digest } };
}
