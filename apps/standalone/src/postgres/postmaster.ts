import { readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What `postmaster.pid` says; the file is PostgreSQL's own. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

// marks a server as started by us, in its command line
export const CLUSTER_NAME = 'berth';

export function readPostmaster(cluster: string): Postmaster | undefined {
  const lines = readLines(join(cluster, 'postmaster.pid'));
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0
    ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
    : undefined;
}

/**
 * Deals with what a killed supervisor left behind. A stale file goes: PostgreSQL itself would be misled by a pid that
 * another process has by now. A live server of ours is stopped as it would have been; anybody else's is left alone.
 */
export async function clearPostmaster(cluster: string): Promise<'clear' | 'stale-removed' | 'orphan-stopped'> {
  const found = readPostmaster(cluster);
  const file = join(cluster, 'postmaster.pid');
  if (found === undefined || !servesCluster(found.pid, cluster)) {
    const existed = statSync(file, { throwIfNoEntry: false }) !== undefined;
    rmSync(file, { force: true });
    return existed ? 'stale-removed' : 'clear';
  }
  if (!startedByUs(found.pid))
    throw new Error(
      `a PostgreSQL that Berth did not start (pid ${found.pid}) is running on \`${cluster}\`: stop it first`,
    );
  for (const [signal, patienceMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5000],
  ] as const) {
    sendSignal(found.pid, signal);
    if (await gone(() => servesCluster(found.pid, cluster), patienceMs)) return 'orphan-stopped';
  }
  throw new Error(`the PostgreSQL of an earlier run (pid ${found.pid}) on \`${cluster}\` does not stop`);
}

/** PostgreSQL works in its data directory, so its working directory tells whose it is: a reused pid is not taken for it. */
function servesCluster(pid: number, cluster: string): boolean {
  try {
    if (basename(readlinkSync(`/proc/${pid}/exe`)) !== 'postgres') return false;
    const [at, home] = [statSync(`/proc/${pid}/cwd`), statSync(cluster)];
    return at.dev === home.dev && at.ino === home.ino;
  } catch {
    // no such process, or one that is not ours to look at and so not our server
    return false;
  }
}

function startedByUs(pid: number): boolean {
  const names = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    .split('\0')
    .filter((word) => word.startsWith('cluster_name='));
  // of a setting that is given twice, PostgreSQL takes the last
  return names.at(-1) === `cluster_name=${CLUSTER_NAME}`;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended in between
  }
}

async function gone(alive: () => boolean, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    if (!alive()) return true;
    await sleep(25);
  }
  return !alive();
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
