import type { KeyReads, KeyRecord, LiveKey, Role } from '@berth/application';
import { available } from '../database/availability.js';
import { orUndefined } from '../database/or-undefined.js';
import type { PrismaClient } from '../generated/prisma/client.js';

export class PrismaKeyReads implements KeyReads {
  constructor(private readonly prisma: PrismaClient) {}

  async findLive(id: string): Promise<LiveKey | undefined> {
    const row = await available(this.prisma.apiKey.findUnique({ where: { id } }));
    if (row === null || row.revokedAt !== null) return undefined;
    const { fleet, role, host, secretHash } = row;
    return { fleet, id, role: role as Role, host: orUndefined(host), secretHash };
  }

  async page(fleet: string, after: string, limit: number): Promise<readonly KeyRecord[]> {
    const rows = await available(
      this.prisma.apiKey.findMany({
        where: { fleet, id: { gt: after } },
        orderBy: { id: 'asc' },
        take: limit,
        omit: { secretHash: true },
      }),
    );
    return rows.map((row) => ({
      id: row.id,
      role: row.role as Role,
      host: orUndefined(row.host),
      label: orUndefined(row.label),
      createdAt: row.createdAt,
      revokedAt: orUndefined(row.revokedAt),
    }));
  }
}
