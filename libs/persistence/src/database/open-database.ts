import type {
  Documents,
  HostReads,
  KeyReads,
  OutboxStore,
  PreflightStore,
  SweepStore,
  UnitOfWork,
  VmReads,
} from '@berth/application';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaDocuments } from '../documents/prisma-documents.js';
import { PrismaClient } from '../generated/prisma/client.js';
import { PgHostReads } from '../hosts/pg-host-reads.js';
import { PrismaKeyReads } from '../keys/prisma-key-reads.js';
import { readMigrations } from '../migrate/migrations.js';
import { PgOutboxStore } from '../outbox/pg-outbox-store.js';
import { PgPreflightStore } from '../preflights/pg-preflight-store.js';
import { PgSweepStore } from '../sweeps/pg-sweep-store.js';
import { PrismaVmReads } from '../vms/prisma-vm-reads.js';
import { assertDurable } from './durability.js';
import { Link } from './link.js';
import { PgUnitOfWork } from './pg-unit-of-work.js';
import { openPool, type PoolConfig } from './pool.js';
import { type Readiness, readinessOf } from './readiness.js';

export interface DatabaseConfig extends PoolConfig {
  /** For how long the facts of a host hold that never sends a heartbeat. */
  readonly factTtlMilliseconds?: number | undefined;
  /** Tests may run on a server that forgets. */
  readonly allowVolatile?: boolean | undefined;
}

/** Everything the use-cases need of Postgres, on one pool. */
export interface Database {
  readonly work: UnitOfWork;
  readonly hosts: HostReads;
  readonly vms: VmReads;
  readonly documents: Documents;
  readonly preflights: PreflightStore;
  readonly keys: KeyReads;
  readonly sweeps: SweepStore;
  readonly outbox: OutboxStore;
  /** For a queue that runs on Postgres, and for tests. */
  readonly pool: Pool;
  ready(): Promise<Readiness>;
  close(): Promise<void>;
}

const DAY_MILLISECONDS = 86_400_000;

/** Fails at once on a server that may lose what it acknowledged; the schema is looked at by `ready()`. */
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  const pool = openPool(config);
  const link = new Link(pool);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  const close = async (): Promise<void> => {
    await prisma.$disconnect();
    await pool.end();
  };
  try {
    if (config.allowVolatile !== true) await assertDurable(link);
    const newest = (await readMigrations()).at(-1)?.name ?? '';
    const ttl = config.factTtlMilliseconds ?? DAY_MILLISECONDS;
    return {
      work: new PgUnitOfWork(pool),
      hosts: new PgHostReads(link, prisma, ttl),
      vms: new PrismaVmReads(prisma),
      documents: new PrismaDocuments(prisma),
      preflights: new PgPreflightStore(link, prisma, ttl),
      keys: new PrismaKeyReads(prisma),
      sweeps: new PgSweepStore(link, ttl),
      outbox: new PgOutboxStore(pool),
      pool,
      ready: () => readinessOf(link, newest),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
