import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A Redis to test with, and where it came from. */
export interface RedisServer {
  readonly url: string;
  readonly from: string;
  stop(): Promise<void>;
}

/** REDIS_URL, else a server of our own from the PATH, else one that listens on the usual port; undefined when there is none. */
export async function findRedis(): Promise<RedisServer | undefined> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined && given !== '') return { url: given, from: 'REDIS_URL', stop: () => Promise.resolve() };
  const program = redisProgram();
  if (program !== undefined) return startRedis(program);
  if (await listens(6379))
    return { url: 'redis://127.0.0.1:6379', from: '127.0.0.1:6379', stop: () => Promise.resolve() };
  return undefined;
}

/** What can be started here, if anything. */
export const redisProgram = (): string | undefined =>
  ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);

/** A server of our own, with nothing in it. */
export async function startRedis(program: string, ...settings: string[]): Promise<RedisServer> {
  const port = await freePort();
  const usual = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--maxmemory-policy',
    'noeviction',
  ];
  const child = spawn(program, [...usual, ...settings], { stdio: 'ignore', cwd: '/' });
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`${program} exited with ${child.exitCode}`);
    await sleep(20);
  }
  return { url: `redis://127.0.0.1:${port}`, from: `${program} of our own`, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
