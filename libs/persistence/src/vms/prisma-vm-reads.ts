import type { VmFilter, VmReads, VmRecord, VmRevision } from '@berth/application';
import { available } from '../database/availability.js';
import { printLabels, readLabels } from '../database/labels.js';
import { orUndefined } from '../database/or-undefined.js';
import { Prisma, type PrismaClient, type Vm } from '../generated/prisma/client.js';

export class PrismaVmReads implements VmReads {
  constructor(private readonly prisma: PrismaClient) {}

  async find(fleet: string, vm: string): Promise<VmRecord | undefined> {
    const row = await available(this.prisma.vm.findUnique({ where: { fleet_name: { fleet, name: vm } } }));
    return row === null ? undefined : vmRecord(row);
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
