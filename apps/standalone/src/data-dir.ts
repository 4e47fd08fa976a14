import { accessSync, constants, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** The data directory, held by this process alone until it ends. */
export interface DataDir {
  readonly path: string;
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** the kernel's start time of the process, which tells it from a later one with the same pid */
  readonly started: string;
  readonly boot: string;
}

export class DataDirError extends Error {}

export async function openDataDir(path: string): Promise<DataDir> {
  prepare(path);
  const pidFile = join(path, 'berth.pid');
  const lock = await takeLock(path);
  const holder = readHolder(pidFile);
  // the kernel's lock ends at the border of a network namespace; the pid file is seen from the other side of it too
  if (lock === undefined || (holder !== undefined && alive(holder))) {
    lock?.close();
    throw new DataDirError(
      `another Berth (pid ${holder?.pid ?? 'unknown'}) is running on \`${path}\`: stop it, or name another BERTH_DATA_DIR`,
    );
  }
  writeFileSync(pidFile, `${JSON.stringify(thisProcess())}\n`, { mode: 0o600 });
  return {
    path,
    release: () => {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

function prepare(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    // root passes every access check, and a read-only file system shows itself only when something is written
    const probe = join(path, `.probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    throw new DataDirError(`cannot use \`${path}\` as the data directory: ${reasonOf(cause)}`, { cause });
  }
}

/** An abstract socket named for the directory's inode: exclusive, and gone with the process however it ends. */
function takeLock(path: string): Promise<Server | undefined> {
  const { dev, ino } = statSync(path, { bigint: true });
  const lock = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    lock.once('error', () => resolve(undefined));
    lock.listen({ path: `\0berth/${dev}/${ino}` }, () => resolve(lock.unref()));
  });
}

function alive(holder: Holder): boolean {
  return holder.boot === bootId() && holder.started === startOf(holder.pid) && holder.pid !== process.pid;
}

function thisProcess(): Holder {
  return { pid: process.pid, started: startOf(process.pid) ?? '', boot: bootId() };
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function startOf(pid: number): string | undefined {
  try {
    // the command's name, in brackets, may hold spaces: count the fields after it
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
