import type {
  MigrationState,
  OpenMigration,
  ReportOutcome,
  VmFilter,
  VmReads,
  VmRecord,
  VmRevision,
  VmWithMigration,
} from '@berth/application';
import { available } from '../database/availability.js';
import { printLabels, readLabels } from '../database/labels.js';
import type { Link, Statement } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import { Prisma, type PrismaClient, type Vm } from '../generated/prisma/client.js';
import { OPEN } from '../migrations/migration-sql.js';

interface WithMigrationRow {
  readonly name: string;
  readonly host: string | null;
  readonly revision: number;
  readonly digest: string;
  readonly run_id: string | null;
  readonly labels: unknown;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly id: string | null;
  readonly state: string | null;
  readonly source: string | null;
  readonly target: string | null;
  readonly source_said: string | null;
  readonly target_said: string | null;
}

const LAST_WORD = (side: string): string =>
  `(SELECT outcome FROM migration_report r WHERE r.fleet = $1 AND r.migration = m.id AND r.side = '${side}' ORDER BY n DESC LIMIT 1)`;

const WITH_MIGRATION: Statement = {
  name: 'vm-with-migration',
  text: `SELECT v.name, v.host, v.revision, v.digest, v.run_id, v.labels, v.created_at, v.updated_at, m.id, m.state, m.source, m.target,
  ${LAST_WORD('source')} AS source_said, ${LAST_WORD('target')} AS target_said
FROM vm v LEFT JOIN migration m ON m.fleet = v.fleet AND m.vm = v.name AND m.${OPEN}
WHERE v.fleet = $1 AND v.name = $2`,
};

export class PrismaVmReads implements VmReads {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly link: Link,
  ) {}

  async find(fleet: string, vm: string): Promise<VmRecord | undefined> {
    const row = await available(this.prisma.vm.findUnique({ where: { fleet_name: { fleet, name: vm } } }));
    return row === null ? undefined : vmRecord(row);
  }

  async findWithMigration(fleet: string, vm: string): Promise<VmWithMigration | undefined> {
    const row = await this.link.row<WithMigrationRow>(WITH_MIGRATION, [fleet, vm]);
    return row === undefined ? undefined : vmWithMigration(row);
  }

  async page(fleet: string, filter: VmFilter, after: string, limit: number): Promise<readonly VmRecord[]> {
    const named =
      filter.labels === undefined ? undefined : await this.labelled(fleet, filter.labels, filter.host, after, limit);
    const rows = await available(
      this.prisma.vm.findMany({
        where: {
          fleet,
          name: named === undefined ? { gt: after } : { in: named },
          ...(filter.host === undefined ? {} : { host: filter.host }),
        },
        orderBy: { name: 'asc' },
        take: limit,
      }),
    );
    return rows.map(vmRecord);
  }

  /** Prisma has no `@>`. */
  private async labelled(
    fleet: string,
    labels: ReadonlyMap<string, string>,
    host: string | undefined,
    after: string,
    limit: number,
  ): Promise<string[]> {
    const onHost = host === undefined ? Prisma.empty : Prisma.sql`AND host = ${host}`;
    const rows = await available(
      this.prisma.$queryRaw<{ name: string }[]>`
        SELECT name FROM vm WHERE fleet = ${fleet} AND name > ${after} AND labels @> ${printLabels(labels)}::jsonb ${onHost}
        ORDER BY name LIMIT ${limit}`,
    );
    return rows.map((row) => row.name);
  }

  async revisions(fleet: string, vm: string, before: number, limit: number): Promise<readonly VmRevision[]> {
    const rows = await available(
      this.prisma.vmRevision.findMany({
        where: { fleet, vm, ...(before === Number.MAX_SAFE_INTEGER ? {} : { revision: { lt: before } }) },
        orderBy: { revision: 'desc' },
        take: limit,
      }),
    );
    return rows.map(({ revision, digest, host, createdAt }) => ({
      revision,
      digest,
      host: orUndefined(host),
      createdAt,
    }));
  }
}

const vmRecord = (row: Vm): VmRecord => ({
  name: row.name,
  host: orUndefined(row.host),
  revision: row.revision,
  digest: row.digest,
  runId: orUndefined(row.runId),
  labels: readLabels(row.labels),
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

const vmWithMigration = (row: WithMigrationRow): VmWithMigration => ({
  name: row.name,
  host: orUndefined(row.host),
  revision: row.revision,
  digest: row.digest,
  runId: orUndefined(row.run_id),
  labels: readLabels(row.labels),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  openMigration: openMigration(row),
});

function openMigration({ id, state, source, target, ...row }: WithMigrationRow): OpenMigration | undefined {
  if (id === null || state === null || source === null || target === null) return undefined;
  const said = {
    ...(row.source_said === null ? {} : { source: row.source_said as ReportOutcome }),
    ...(row.target_said === null ? {} : { target: row.target_said as ReportOutcome }),
  };
  return { id, state: state as MigrationState, source, target, said };
}
