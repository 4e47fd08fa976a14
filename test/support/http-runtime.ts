import {
  Evaluations,
  Hosts,
  Keys,
  OutboxRelay,
  Preflights,
  RegisterFingerprint,
  RegisterManifest,
  SweepChunks,
  Sweeps,
  Vms,
} from '@berth/application';
import { openDatabase } from '@berth/persistence';
import { type Config, type Logger, type Runtime, readConfig, type UseCaseType } from '@berth/runtime';

export async function openTestRuntime(url: string, logger: Logger): Promise<Runtime> {
  const database = await openDatabase({ url, allowVolatile: true });
  const { work, hosts, vms, documents, preflights, keys, sweeps, outbox } = database;
  const cases = new Map<unknown, unknown>([
    [Hosts, new Hosts(work, hosts, documents)],
    [RegisterFingerprint, new RegisterFingerprint(work, hosts)],
    [RegisterManifest, new RegisterManifest(work)],
    [Vms, new Vms(work, vms, documents)],
    [Preflights, new Preflights(preflights, documents)],
    [Evaluations, new Evaluations()],
    [Keys, new Keys(work, keys)],
    [Sweeps, new Sweeps(work, sweeps)],
    [SweepChunks, new SweepChunks(sweeps, documents)],
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
