import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.js';
import { ended, startCommand } from './command.js';

export const MAJOR = '18';
export const ROLE = 'berth';

const UNFINISHED = 'postgres.new-';

export function clusterDir(account: Account): string {
  return join(account.home, 'postgres');
}

export interface Cluster {
  readonly dir: string;
  readonly password: string;
}

/** The cluster as it is, or a new one; one that was cut short while it was made is made again. */
export async function openCluster(account: Account, dataDir: string): Promise<Cluster> {
  const dir = clusterDir(account);
  const passwordFile = join(dataDir, 'postgres-password');
  await removeUnfinished(account.home);
  if (!existsSync(dir)) return { dir, password: await createCluster(account, dir, passwordFile) };
  checkVersion(dir);
  account.own(dir);
  if (existsSync(passwordFile)) return { dir, password: readFileSync(passwordFile, 'utf8').trim() };
  return { dir, password: await renewPassword(account, dir, passwordFile) };
}

/** Made aside and renamed: `postgres` either is not there or is whole. */
async function createCluster(account: Account, dir: string, passwordFile: string): Promise<string> {
  const password = newPassword();
  const aside = mkdtempSync(join(account.home, UNFINISHED));
  const pwfile = `${aside}.password`;
  writeFileSync(pwfile, `${password}\n`, { mode: 0o600 });
  account.own(aside);
  account.own(pwfile);
  const args = ['-D', aside, '-U', ROLE, '-A', 'scram-sha-256', `--pwfile=${pwfile}`, '-E', 'UTF8', '--locale=C'];
  try {
    await run(account, 'initdb', args);
  } finally {
    rmSync(pwfile, { force: true });
  }
  keepPassword(passwordFile, password);
  renameSync(aside, dir);
  syncDir(account.home);
  return password;
}

/** A killed `initdb` may have left a process that still writes for a moment; what cannot go now goes with the next start. */
async function removeUnfinished(home: string): Promise<void> {
  const unfinished = (): string[] => readdirSync(home).filter((name) => name.startsWith(UNFINISHED));
  for (let tries = 0; tries < 20 && unfinished().length > 0; tries++) {
    for (const name of unfinished()) removeNow(join(home, name));
    if (unfinished().length > 0) await sleep(50);
  }
}

function removeNow(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // something was added while it was being emptied
  }
}

/** The owner of the files owns the cluster, so a lost password file is no reason to lose the data. */
async function renewPassword(account: Account, dir: string, passwordFile: string): Promise<string> {
  const password = newPassword();
  await run(account, 'postgres', ['--single', '-D', dir, 'postgres'], `ALTER ROLE ${ROLE} PASSWORD '${password}'\n`);
  keepPassword(passwordFile, password);
  return password;
}

async function run(account: Account, program: string, args: readonly string[], input = ''): Promise<void> {
  const child = startCommand(account, program, args, { signal: 'KILL', stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const { code, signal } = await ended(child);
  if (code !== 0)
    throw new Error(`\`${program}\` ended with ${code ?? signal}: ${said.trim().split('\n').slice(-6).join('\n')}`);
}

function checkVersion(dir: string): void {
  const file = join(dir, 'PG_VERSION');
  const version = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  if (version === MAJOR) return;
  if (version === undefined)
    throw new Error(`\`${dir}\` is not a PostgreSQL data directory: name another BERTH_DATA_DIR, or move it away`);
  throw new Error(
    `\`${dir}\` was made by PostgreSQL ${version} and this is ${MAJOR}: dump it with ${version} and load it here`,
  );
}

function newPassword(): string {
  return randomBytes(24).toString('hex');
}

function keepPassword(file: string, password: string): void {
  writeFileSync(`${file}.new`, `${password}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

/** A rename is only as durable as the directory it is in. */
function syncDir(dir: string): void {
  const handle = openSync(dir, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
