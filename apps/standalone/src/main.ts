import { type Config, ConfigError, loadConfig } from '@berth/runtime';
import { Supervisor } from './supervisor.js';
import { say } from './terminal.js';

const STOP_DEADLINE_MS = 9500;

async function main(): Promise<void> {
  const config: Config = loadConfig();
  const asked = stopRequest();
  const supervisor = await Supervisor.open(config);
  try {
    // asked to stop while still starting: what is up by then is stopped in the same order
    await Promise.race([supervisor.start(), asked]);
    await asked;
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
  await supervisor.stop();
}

function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGTERM', () => resolve());
    process.on('SIGINT', () => resolve());
    process.on('SIGHUP', () => resolve());
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    say(`berth: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(error instanceof ConfigError ? 2 : 1);
  },
);
