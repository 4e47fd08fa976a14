import { setTimeout as sleep } from 'node:timers/promises';
import { AddressGuard, DeadLetters, type MigrationSettings, ShadowWatch } from '@berth/application';
import { type Database, openDatabase } from '@berth/persistence';
import { openQueues, type QueueFault, type Queues } from '@berth/queue';
import { type Config, requireDatabaseUrl } from './config.js';
import type { Logger } from './logger.js';
import type { HealthPart, Runtime } from './runtime.js';
import { buildUseCases } from './use-cases.js';

// whoever asks whether we are ready waits a second or two, not for ever
const HEALTH_MS = 1500;

/** Opens the links of one program to its servers. The schema must be there: `migrate` makes it. */
export async function openRuntime(config: Config, logger: Logger): Promise<Runtime> {
  const databaseUrl = requireDatabaseUrl(config);
  const database = await openDatabase({
    url: databaseUrl,
    factTtlMilliseconds: config.factTtlMs,
    ticketKey: config.ticketKey,
    onLost: (error) => logger.warn({ err: error }, 'a link to the database was lost'),
  });
  await prepareTickets(database, logger);
  const report = ({ error, ...where }: QueueFault): void => logger.warn({ err: error, ...where }, 'queue');
  const letters = new DeadLetters(database.work, database.letters);
  const queues = openQueues({ databaseUrl, redisUrl: config.redisUrl, report, letters });
  return {
    config,
    logger,
    queues,
    useCase: buildUseCases({
      ...database,
      sender: queues.sender,
      heartbeatMilliseconds: config.heartbeatMs,
      shadowWatch: new ShadowWatch(database.shadows, (error) => logger.warn({ err: error }, 'shadow')),
      migrationSettings: migrationSettingsOf(config),
      guard: new AddressGuard({ allowPrivate: config.events.webhookPrivate }),
      webhookRetryMilliseconds: config.events.webhookRetryMs,
    }),
    health: () => health(database, queues),
    close: async () => {
      await queues.close();
      await database.close();
    },
  };
}

const migrationSettingsOf = ({ ticketTtlMs, migrationDeadlineMs }: Config): MigrationSettings => ({
  ticketMilliseconds: ticketTtlMs,
  deadlineMilliseconds: migrationDeadlineMs,
});

/** So that hosts find the key set filled before there is a ticket. The first ticket would make the keys as well. */
async function prepareTickets(database: Database, logger: Logger): Promise<void> {
  await database.tickets.prepare().catch((error: unknown) => {
    logger.warn({ err: error }, 'no key for tickets yet');
  });
}

function health(database: Database, queues: Queues): Promise<readonly HealthPart[]> {
  return Promise.all([partOf('database', database.ready()), partOf('queue', queues.ready())]);
}

type Readiness = { kind: 'ready' } | { kind: 'not-ready'; why: string };

async function partOf(part: HealthPart['part'], ready: Promise<Readiness>): Promise<HealthPart> {
  const silent: Readiness = { kind: 'not-ready', why: `no answer in ${HEALTH_MS} ms` };
  const failed = (error: unknown): Readiness => ({
    kind: 'not-ready',
    why: error instanceof Error ? error.message : String(error),
  });
  const found = await Promise.race([ready.catch(failed), sleep(HEALTH_MS, silent, { ref: false })]);
  return found.kind === 'ready' ? { part, ok: true } : { part, ok: false, detail: found.why };
}
