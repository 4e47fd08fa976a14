import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import { type Account, chooseAccount } from './account.js';
import { findBinaries } from './binaries.js';
import { type Cluster, clusterDir, openCluster, ROLE } from './cluster.js';
import { type Ended, ended, startCommand } from './command.js';
import { CLUSTER_NAME, clearPostmaster, readPostmaster } from './postmaster.js';

export interface PostgresServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** as whom it runs, and where its data are */
  readonly how: Account['how'];
  readonly cluster: string;
  /** what was found to be left over from an earlier run */
  readonly found: 'clear' | 'stale-removed' | 'orphan-stopped';
  readonly ended: Promise<Ended>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** exists, and is ours alone: the caller holds its lock */
  readonly dataDir: string;
  /** asked for first, so that a server that is started again can be found where it was */
  readonly port?: number;
  /** a cluster that has vanished is a fault, not a reason to make an empty one */
  readonly mustExist?: boolean;
  /** settings as on the command line, `name=value`; for tests */
  readonly settings?: readonly string[];
}

const START_PATIENCE_MS = 120_000; // recovery after a crash takes as long as it takes
const STOP_PATIENCE_MS = 2500;
const ATTEMPTS = 40;
const LOG_LIMIT = 10 * 1024 * 1024;
const PORT_TAKEN = /could not bind|could not create any TCP\/IP sockets/;
const STILL_GOING = /pre-existing shared memory block|lock file "postmaster.pid" already exists/;

/** PostgreSQL on a free port of 127.0.0.1, durable, with a password, its data in `<dataDir>/postgres`. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const account = chooseAccount(findBinaries(options.dataDir), options.dataDir);
  const dir = clusterDir(account);
  if (options.mustExist === true && !existsSync(dir)) throw new Error(`\`${dir}\` is gone`);
  const found = await clearPostmaster(dir);
  const cluster = await openCluster(account, options.dataDir);
  const { port, child } = await startPatiently(account, cluster, options);
  return server(account, cluster, port, found, child);
}

async function startPatiently(account: Account, cluster: Cluster, options: PostgresOptions): Promise<Running> {
  let port = options.port ?? (await freePort());
  for (let left = ATTEMPTS; ; left--) {
    const started = await attemptStart(account, cluster, port, options);
    if (started.kind === 'ready') return { port, child: started.child };
    if (left === 0) throw failure(started.said);
    port = await overcome(started.said, port);
  }
}

/** The port to try next, when another try makes sense. */
async function overcome(said: string, port: number): Promise<number> {
  if (PORT_TAKEN.test(said)) return freePort();
  if (!STILL_GOING.test(said)) throw failure(said);
  // after a SIGKILL of the postmaster its children take a moment to notice
  await sleep(250);
  return port;
}

function failure(said: string): Error {
  return new Error(`PostgreSQL did not start: ${said.trim().split('\n').slice(-4).join('\n')}`);
}

interface Running {
  readonly port: number;
  readonly child: ChildProcess;
}

type Start = { kind: 'ready'; child: ChildProcess } | { kind: 'failed'; said: string };

async function attemptStart(
  account: Account,
  cluster: Cluster,
  port: number,
  options: PostgresOptions,
): Promise<Start> {
  const log = openLog(options.dataDir);
  const settings = ['listen_addresses=127.0.0.1', `cluster_name=${CLUSTER_NAME}`, ...(options.settings ?? [])].flatMap(
    (setting) => ['-c', setting],
  );
  const args = ['-D', cluster.dir, '-p', String(port), '-k', '', ...settings];
  const child = startCommand(account, 'postgres', args, { signal: 'INT', stdio: ['ignore', 'ignore', log.handle] });
  closeSync(log.handle);
  const end = ended(child).catch((error: unknown) => String(error));
  const outcome = await Promise.race([end, untilReady(cluster.dir, child)]);
  if (outcome === 'ready') return { kind: 'ready', child };
  child.kill('SIGQUIT');
  const why = typeof outcome === 'string' ? outcome : '';
  return { kind: 'failed', said: `${why}${readFileSync(log.file).subarray(log.from).toString()}` };
}

/** PostgreSQL writes its state into its pid file, as `pg_ctl` reads it: no guessing from log lines. */
async function untilReady(dir: string, child: ChildProcess): Promise<'ready' | 'too slow'> {
  const deadline = Date.now() + START_PATIENCE_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const found = readPostmaster(dir);
    if (found?.pid === child.pid && found?.ready === true) return 'ready';
    await sleep(10);
  }
  // when it has ended, its end is what the race should see
  return child.exitCode === null && child.signalCode === null ? 'too slow' : new Promise(() => undefined);
}

function server(
  account: Account,
  cluster: Cluster,
  port: number,
  found: PostgresServer['found'],
  child: ChildProcess,
): PostgresServer {
  const end =
    child.exitCode === null && child.signalCode === null
      ? ended(child)
      : Promise.resolve({ code: child.exitCode, signal: child.signalCode });
  const url = `postgresql://${ROLE}:${cluster.password}@127.0.0.1:${port}/postgres`;
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    const quick = await Promise.race([end.then(() => true), sleep(STOP_PATIENCE_MS, false, { ref: false })]);
    // SIGQUIT loses nothing that was committed; it only leaves recovery to the next start
    if (!quick) child.kill('SIGQUIT');
    await end;
  };
  return { url, port, pid: child.pid ?? 0, how: account.how, cluster: cluster.dir, found, ended: end, stop };
}

function openLog(dataDir: string): { file: string; handle: number; from: number } {
  const dir = join(dataDir, 'log');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, 'postgres.log');
  if (existsSync(file) && statSync(file).size > LOG_LIMIT) renameSync(file, `${file}.1`);
  const handle = openSync(file, 'a', 0o600);
  return { file, handle, from: fstatSync(handle).size };
}
