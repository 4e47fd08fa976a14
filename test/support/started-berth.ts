import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface StartedBerth {
  readonly url: string;
  readonly key: string;
  readonly dataDir: string;
  /** For clients: the server, and the data directory in which they find the key. */
  readonly env: Readonly<Record<string, string>>;
  readonly firstScreen: () => string;
  readonly stop: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function untilReady(child: ChildProcess, url: string, screen: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Berth ended with ${child.exitCode}:\n${screen()}`);
    const ready = await fetch(`${url}/readyz`)
      .then((response) => response.ok)
      .catch(() => false);
    if (ready) return;
    await sleep(100);
  }
}

// Nothing outside to lean on, and nothing that was meant for the tests or for another Berth.
function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(BERTH_|DATABASE_URL$|REDIS_URL$)/.test(name));
  return Object.fromEntries(kept);
}

/** What `npm start` runs after the build, on a free port and an empty data directory. */
export async function startBerth(
  command: readonly string[] = [process.execPath, 'apps/standalone/dist/main.js'],
): Promise<StartedBerth> {
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'berth-test-'));
  const env = { ...ownEnvironment(), BERTH_PORT: `${port}`, BERTH_DATA_DIR: dataDir };
  const [program = '', ...args] = command;
  // A group of its own, so that ^C reaches all of it, as it does on a terminal: npm itself hands no SIGINT on.
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(child, url, () => said);
    const key = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim();
    return { url, key, dataDir, env: { BERTH_URL: url, BERTH_DATA_DIR: dataDir }, firstScreen: () => said, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
