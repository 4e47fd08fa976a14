import {
  AddressGuard,
  Calibration,
  CatalogueRows,
  DeadLetters,
  Evaluations,
  EventFeed,
  EventSequencer,
  FleetQuestions,
  Hosts,
  Keys,
  Migrations,
  OutboxRelay,
  Preflights,
  RegisterFingerprint,
  RegisterManifest,
  ServicePulse,
  Shadows,
  ShadowWatch,
  SweepChunks,
  Sweeps,
  TargetsBetween,
  TicketKeys,
  Vms,
  Webhooks,
} from '@berth/application';
import { openDatabase } from '@berth/persistence';
import { type Config, type Logger, type Runtime, readConfig, type UseCaseType } from '@berth/runtime';
import { migrationsOn } from './fleet.js';

export async function openTestRuntime(url: string, logger: Logger): Promise<Runtime> {
  const database = await openDatabase({ url, allowVolatile: true });
  const { work, hosts, vms, documents, preflights, keys, sweeps, outbox, tickets } = database;
  await tickets.prepare();
  // No name is looked up outside: each of them is somewhere in public.
  const guard = new AddressGuard({
    allowPrivate: false,
    resolve: async () => [{ address: '93.184.215.14', family: 4 }],
  });
  const shadowWatch = new ShadowWatch(database.shadows, (error) => logger.warn({ err: error }, 'shadow'));
  const cases = new Map<unknown, unknown>([
    [Hosts, new Hosts(work, hosts, documents)],
    [RegisterFingerprint, new RegisterFingerprint(work, hosts)],
    [RegisterManifest, new RegisterManifest(work)],
    [Vms, new Vms(work, vms, documents)],
    [FleetQuestions, new FleetQuestions(database.fleet, documents)],
    [Preflights, new Preflights(preflights, documents, database.catalogue, shadowWatch.witness)],
    [ShadowWatch, shadowWatch],
    [Shadows, new Shadows(work, database.shadows, shadowWatch)],
    [Evaluations, new Evaluations(database.catalogue, documents)],
    [CatalogueRows, new CatalogueRows(work, database.catalogue)],
    [EventSequencer, database.sequencer],
    [EventFeed, new EventFeed(database.events, database.sequencer, database.feedWatch)],
    [Webhooks, new Webhooks(work, database.webhooks, guard)],
    [Keys, new Keys(work, keys)],
    [Sweeps, new Sweeps(work, sweeps)],
    [TicketKeys, new TicketKeys(work, tickets)],
    [SweepChunks, new SweepChunks(sweeps, documents)],
    [DeadLetters, new DeadLetters(work, database.letters)],
    [TargetsBetween, new TargetsBetween(database.drift, documents, database.catalogue)],
    [ServicePulse, new ServicePulse(database.pulse, 20_000)],
    [Migrations, migrationsOn(database, undefined, shadowWatch.witness)],
    [Calibration, new Calibration(database.calibration)],
    [OutboxRelay, new OutboxRelay(outbox, { send: async () => undefined })],
  ]);
  const read = readConfig({ DATABASE_URL: url });
  return {
    config: (read as { config: Config }).config,
    logger,
    useCase: <T>(type: UseCaseType<T>) => cases.get(type) as T,
    health: async () => [{ part: 'database', ok: (await database.ready()).kind === 'ready' }],
    close: () => database.close(),
  } as unknown as Runtime;
}
