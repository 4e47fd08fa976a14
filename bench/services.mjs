// Berth as `npm start` runs it, API and worker, on a PostgreSQL of the bench's own that waits for the disk.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../apps/standalone/dist/postgres/postgres-server.js';

const START_PATIENCE_MS = 60_000;

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function untilReady(url, berth) {
  const deadline = Date.now() + START_PATIENCE_MS;
  while (Date.now() < deadline && berth.exitCode === null) {
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await sleep(50);
  }
  throw new Error('Berth did not become ready');
}

/** What must not reach the measured processes: the caller's own servers and settings. */
function environment(settings) {
  const outside = Object.entries(process.env).filter(([name]) => !/^(BERTH_|DATABASE_URL$|REDIS_URL$)/.test(name));
  return { ...Object.fromEntries(outside), ...settings };
}

export async function startServices() {
  const dir = await mkdtemp(join(tmpdir(), 'berth-bench-'));
  const postgres = await startPostgres({ dataDir: dir });
  const port = await freePort();
  const dataDir = join(dir, 'berth');
  const berth = spawn(process.execPath, [new URL('../apps/standalone/dist/main.js', import.meta.url).pathname], {
    env: environment({
      DATABASE_URL: postgres.url,
      BERTH_PORT: String(port),
      BERTH_DATA_DIR: dataDir,
      BERTH_LOG_LEVEL: 'warn',
    }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  berth.stderr.on('data', (text) => {
    said += text;
  });
  const ended = new Promise((resolve) => berth.once('exit', resolve));
  const stop = async () => {
    berth.kill('SIGTERM');
    await ended;
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await untilReady(`http://127.0.0.1:${port}`, berth);
    const key = (await readFile(join(dataDir, 'admin-key'), 'utf8')).trim();
    return { port, key, databaseUrl: postgres.url, stop };
  } catch (cause) {
    await stop();
    throw new Error(`Berth did not start:\n${said}`, { cause });
  }
}
