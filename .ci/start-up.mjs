// `npm start` as whoever runs this, on an empty data directory: ready in time, guarded by its key, gone after a SIGTERM.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_WITHIN_MS = 15_000;
const dir = mkdtempSync('/var/tmp/berth-start-');
const dataDir = join(dir, 'data');
const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = probe.address();
    probe.close(() => resolve(free));
  });
});
const url = `http://127.0.0.1:${port}`;

function must(holds, what) {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) process.exitCode = 1;
}

function groupLives(pid) {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}

const statusOf = (path, headers) =>
  fetch(url + path, { headers }).then(
    (answer) => answer.status,
    () => 0,
  );

const began = performance.now();
const berth = spawn('npm', ['start'], {
  env: { ...process.env, BERTH_PORT: `${port}`, BERTH_DATA_DIR: dataDir },
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
});
const ended = new Promise((resolve) => berth.once('exit', (code, signal) => resolve(code ?? signal)));

try {
  while (
    (await statusOf('/readyz')) !== 200 &&
    berth.exitCode === null &&
    performance.now() - began < 4 * READY_WITHIN_MS
  ) {
    await sleep(50);
  }
  const took = performance.now() - began;
  must((await statusOf('/readyz')) === 200, `/readyz answers 200, as uid ${process.getuid()}`);
  must(took < READY_WITHIN_MS, `ready ${Math.round(took)} ms after the command (within ${READY_WITHIN_MS})`);
  must((await statusOf('/v1/hosts')) === 401, 'no answer without a key');
  const keyFile = join(dataDir, 'admin-key');
  must((statSync(keyFile).mode & 0o777) === 0o600, 'the key is its owner’s alone');
  const authorization = `Bearer ${readFileSync(keyFile, 'utf8').trim()}`;
  must((await statusOf('/v1/hosts', { authorization })) === 200, 'an answer with it');
} finally {
  process.kill(-berth.pid, 'SIGTERM');
  const code = await Promise.race([ended, sleep(20_000, 'still running')]);
  must(code !== 'still running', `ends on SIGTERM (${code})`);
  // npm itself goes at once; what it started still closes its connections and its database.
  for (let i = 0; i < 100 && groupLives(berth.pid); i++) await sleep(100);
  must(!groupLives(berth.pid) && (await statusOf('/livez')) === 0, 'nothing is left of it');
  if (groupLives(berth.pid)) process.kill(-berth.pid, 'SIGKILL');
  rmSync(dir, { recursive: true, force: true });
}
