import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Account, libraryEnv } from './account.js';

/** A command line of PostgreSQL that ends, by the kernel's hand, when this process dies however suddenly. */
export function startCommand(
  account: Account,
  program: string,
  args: readonly string[],
  options: { signal: 'INT' | 'KILL'; stdio: SpawnOptions['stdio'] },
): ChildProcess {
  const leash = canLeash(account) ? ['setpriv', '--pdeathsig', options.signal] : [];
  const [file = '', ...rest] = [...account.prefix, ...leash, join(account.binaries.root, 'bin', program), ...args];
  // a session of its own: Ctrl-C at the terminal must not stop the database before those who use it
  return spawn(file, rest, {
    ...account.ids,
    cwd: '/',
    env: libraryEnv(account.binaries),
    stdio: options.stdio,
    detached: true,
  });
}

const leashable = new Map<Account['how'], boolean>();

function canLeash(account: Account): boolean {
  const known = leashable.get(account.how);
  if (known !== undefined) return known;
  const [file = '', ...args] = [...account.prefix, 'setpriv', '--pdeathsig', 'INT', '/bin/sh', '-c', ':'];
  const can = spawnSync(file, args, { ...account.ids, cwd: '/', stdio: 'ignore' }).status === 0;
  leashable.set(account.how, can);
  return can;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
