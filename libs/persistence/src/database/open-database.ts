import {
  type CalibrationStore,
  type CatalogueReads,
  type ClassStore,
  type DeadLetterStore,
  type Documents,
  type DriftStore,
  EventSequencer,
  type EventStore,
  FeedWatch,
  type FleetStore,
  type HostReads,
  type IdempotencyStore,
  type KeyReads,
  type MigrationStore,
  type OutboxStore,
  type PreflightStore,
  type PulseStore,
  type ShadowStore,
  type SweepStore,
  type TicketKey,
  type UnitOfWork,
  type VmReads,
  type WebhookReads,
} from '@berth/application';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PgCalibrationStore } from '../calibration/pg-calibration-store.js';
import { PgCatalogueReads } from '../catalogue/pg-catalogue-reads.js';
import { PgClassStore } from '../classes/pg-class-store.js';
import { PrismaDocuments } from '../documents/prisma-documents.js';
import { PgDeadLetterStore } from '../door/pg-dead-letter-store.js';
import { PgDriftStore } from '../drift/pg-drift-store.js';
import { PgEventSignal } from '../events/pg-event-signal.js';
import { PgEventStore } from '../events/pg-event-store.js';
import { PgFleetStore } from '../fleet/pg-fleet-store.js';
import { PrismaClient } from '../generated/prisma/client.js';
import { PgHostReads } from '../hosts/pg-host-reads.js';
import { PgPulseStore } from '../hosts/pg-pulse-store.js';
import { PgIdempotencyStore } from '../idempotency/pg-idempotency-store.js';
import { PrismaKeyReads } from '../keys/prisma-key-reads.js';
import { readMigrations } from '../migrate/migrations.js';
import { PgMigrationStore } from '../migrations/pg-migration-store.js';
import { PgOutboxStore } from '../outbox/pg-outbox-store.js';
import { PgPreflightStore } from '../preflights/pg-preflight-store.js';
import { PgShadowStore } from '../shadow/pg-shadow-store.js';
import { PgSweepStore } from '../sweeps/pg-sweep-store.js';
import { PgTicketKeys } from '../tickets/pg-ticket-keys.js';
import { TicketOffice } from '../tickets/ticket-office.js';
import { PrismaVmReads } from '../vms/prisma-vm-reads.js';
import { PgWebhookReads } from '../webhooks/pg-webhook-reads.js';
import { assertDurable } from './durability.js';
import { Link } from './link.js';
import { PgUnitOfWork } from './pg-unit-of-work.js';
import { openPool, type PoolConfig } from './pool.js';
import { type Readiness, readinessOf } from './readiness.js';

export interface DatabaseConfig extends PoolConfig {
  /** For how long the facts of a host hold that never sends a heartbeat. */
  readonly factTtlMilliseconds?: number | undefined;
  /** Signs every ticket, in place of the keys in the database. */
  readonly ticketKey?: TicketKey | undefined;
  /** Tests may run on a server that forgets. */
  readonly allowVolatile?: boolean | undefined;
}

/** Everything the use-cases need of Postgres, on one pool. */
export interface Database {
  readonly work: UnitOfWork;
  readonly hosts: HostReads;
  readonly pulse: PulseStore;
  readonly vms: VmReads;
  readonly documents: Documents;
  readonly preflights: PreflightStore;
  readonly catalogue: CatalogueReads;
  readonly keys: KeyReads;
  readonly sweeps: SweepStore;
  readonly outbox: OutboxStore;
  readonly migrations: MigrationStore;
  readonly calibration: CalibrationStore;
  readonly shadows: ShadowStore;
  readonly idempotency: IdempotencyStore;
  readonly letters: DeadLetterStore;
  readonly drift: DriftStore;
  readonly classes: ClassStore;
  readonly fleet: FleetStore;
  readonly events: EventStore;
  /** Woken by every transaction of this process that emits. */
  readonly sequencer: EventSequencer;
  /** How far the feeds have come, for all who follow them in this process. */
  readonly feedWatch: FeedWatch;
  readonly webhooks: WebhookReads;
  readonly tickets: TicketOffice;
  /** For a queue that runs on Postgres, and for tests. */
  readonly pool: Pool;
  ready(): Promise<Readiness>;
  close(): Promise<void>;
}

const DAY_MILLISECONDS = 86_400_000;

/** Fails at once on a server that may lose what it acknowledged; the schema is looked at by `ready()`. */
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  const pool = openPool(config);
  const apart = openPool({ ...config, connections: 1 });
  const link = new Link(pool);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  const events = new PgEventStore(link);
  const feedWatch = new FeedWatch(events, new PgEventSignal({ url: config.url, onLost: config.onLost }));
  const close = async (): Promise<void> => {
    feedWatch.stop();
    await prisma.$disconnect();
    await apart.end();
    await pool.end();
  };
  try {
    if (config.allowVolatile !== true) await assertDurable(link);
    const newest = (await readMigrations()).at(-1)?.name ?? '';
    const ttl = config.factTtlMilliseconds ?? DAY_MILLISECONDS;
    const sequencer = new EventSequencer(events);
    const documents = new PrismaDocuments(prisma);
    return {
      work: new PgUnitOfWork(pool, { documents, factTtlMilliseconds: ttl }, () => sequencer.wake()),
      ...storesOn(link, prisma, ttl),
      documents,
      outbox: new PgOutboxStore(pool),
      events,
      sequencer,
      feedWatch,
      tickets: new TicketOffice(new PgTicketKeys(link), new PgTicketKeys(new Link(apart)), config.ticketKey),
      pool,
      ready: () => readinessOf(link, newest),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What needs nothing but a link. */
const storesOn = (link: Link, prisma: PrismaClient, factTtlMilliseconds: number) => ({
  hosts: new PgHostReads(link, prisma, factTtlMilliseconds),
  pulse: new PgPulseStore(link),
  vms: new PrismaVmReads(prisma, link),
  preflights: new PgPreflightStore(link, prisma, factTtlMilliseconds),
  catalogue: new PgCatalogueReads(link),
  keys: new PrismaKeyReads(prisma),
  sweeps: new PgSweepStore(link, factTtlMilliseconds),
  migrations: new PgMigrationStore(link),
  calibration: new PgCalibrationStore(link),
  shadows: new PgShadowStore(link),
  idempotency: new PgIdempotencyStore(link),
  letters: new PgDeadLetterStore(link),
  drift: new PgDriftStore(link, factTtlMilliseconds),
  classes: new PgClassStore(link),
  fleet: new PgFleetStore(link, factTtlMilliseconds),
  webhooks: new PgWebhookReads(link),
});
