import { migrate } from '@berth/persistence';
import {
  type AdminKey,
  type Config,
  createLogger,
  ensureAdminKey,
  openRuntime,
  requireDatabaseUrl,
} from '@berth/runtime';

export interface Prepared {
  /** the migrations that were missing */
  readonly applied: readonly string[];
  readonly adminKey: AdminKey;
}

/** Once, before anything serves: the newest schema, and a key for whoever holds the data directory. */
export async function prepareDatabase(config: Config): Promise<Prepared> {
  const applied = await migrate(requireDatabaseUrl(config));
  const runtime = await openRuntime(config, createLogger('start', 'warn'));
  try {
    return { applied, adminKey: await ensureAdminKey(runtime) };
  } finally {
    await runtime.close();
  }
}
