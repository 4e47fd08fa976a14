import { mkdirSync } from 'node:fs';
import { ConfigError, loadConfig } from '@berth/runtime';
import { prepareDatabase } from './prepare-database.js';
import { say } from './terminal.js';

/** For deployments that run the API and the worker by themselves: once before each release. */
async function main(): Promise<void> {
  const config = loadConfig();
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const { applied, adminKey } = await prepareDatabase(config);
  say(applied.length === 0 ? 'the schema was up to date' : `applied ${applied.join(', ')}`);
  say(`the admin key is in ${adminKey.file}${adminKey.isNew ? ' (new)' : ''}`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    say(`berth: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(error instanceof ConfigError ? 2 : 1);
  },
);
