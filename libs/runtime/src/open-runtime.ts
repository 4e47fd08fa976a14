import { setTimeout as sleep } from 'node:timers/promises';
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
    onLost: (error) => logger.warn({ err: error }, 'a link to the database was lost'),
  });
  const report = ({ error, ...where }: QueueFault): void => logger.warn({ err: error, ...where }, 'queue');
  const queues = openQueues({ databaseUrl, redisUrl: config.redisUrl, report });
  return {
    config,
    logger,
    queues,
    useCase: buildUseCases({ ...database, sender: queues.sender }),
    health: () => health(database, queues),
    close: async () => {
      await queues.close();
      await database.close();
    },
  };
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
