// `node .ci/services.mjs FILE` writes DATABASE_URL and REDIS_URL into FILE once both servers answer, and keeps them until it is killed.
// PostgreSQL: the one on the usual port, in a database of its own, else one from the npm package. Redis has no databases to make
// and drop, so it is a server of its own from the PATH; only where there is none, the one on the usual port.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const file = process.argv[2];
const dir = mkdtempSync(join(tmpdir(), 'berth-services-'));
const undo = [() => rmSync(dir, { recursive: true, force: true })];

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function connected(url) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function runningPostgres() {
  for (const user of ['postgres', 'root']) {
    const url = `postgresql://${user}@127.0.0.1:5432/postgres`;
    const client = await connected(url).catch(() => undefined);
    if (client) return { client, url };
  }
  return undefined;
}

async function ownPostgres() {
  const { startPostgres } = await import('../apps/standalone/dist/postgres/postgres-server.js');
  const dataDir = join(dir, 'postgres');
  mkdirSync(dataDir);
  const server = await startPostgres({ dataDir });
  undo.push(() => server.stop());
  return { client: await connected(server.url), url: server.url };
}

async function database() {
  const running = await runningPostgres();
  const { client, url } = running ?? (await ownPostgres());
  const name = `berth_ci_${process.pid}`;
  await client.query(`create database ${name}`);
  undo.push(async () => {
    await client.query(`drop database if exists ${name} with (force)`);
    await client.end();
  });
  const { rows } = await client.query('show server_version');
  console.log(
    `PostgreSQL ${rows[0].server_version}: ${running ? 'the one on 127.0.0.1:5432' : 'started for this run'}`,
  );
  return url.replace(/\/postgres$/, `/${name}`);
}

/** What a Redis says to one inline command; undefined when nobody answers. */
function askRedis(port, command) {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: 1000 }, () => socket.write(`${command}\r\n`));
    const end = (said) => {
      socket.destroy();
      resolve(said);
    };
    socket.on('data', (said) => end(said.toString()));
    socket.on('error', () => end(undefined));
    socket.on('timeout', () => end(undefined));
  });
}

const answers = async (port) => (await askRedis(port, 'PING'))?.startsWith('+PONG') ?? false;

function onPath() {
  return ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);
}

async function ownRedis(command) {
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', 'maxmemory-policy': 'noeviction' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const server = spawn(command, args, { stdio: 'ignore', cwd: dir });
  undo.push(() => server.kill());
  for (let i = 0; i < 100 && !(await answers(port)); i++) await sleep(50);
  if (!(await answers(port))) throw new Error(`${command} does not answer`);
  return port;
}

async function redis() {
  const command = onPath();
  if (command === undefined && !(await answers(6379))) throw new Error('no Redis on the PATH, none on 127.0.0.1:6379');
  const port = command === undefined ? 6379 : await ownRedis(command);
  const version = /redis_version:(\S+)/.exec((await askRedis(port, 'INFO server')) ?? '')?.[1];
  console.log(
    `Redis ${version}: ${command ? `${command} from the PATH, started for this run` : 'the one on 127.0.0.1:6379'}`,
  );
  return `redis://127.0.0.1:${port}`;
}

async function stop() {
  for (const step of undo.reverse()) await Promise.resolve(step()).catch(() => undefined);
}

process.on('SIGTERM', () => stop().then(() => process.exit(0)));
try {
  const settings = `DATABASE_URL=${await database()}\nREDIS_URL=${await redis()}\n`;
  writeFileSync(`${file}.part`, settings);
  renameSync(`${file}.part`, file);
  setInterval(() => undefined, 1 << 30);
} catch (error) {
  console.error(error.message);
  await stop();
  process.exit(1);
}
