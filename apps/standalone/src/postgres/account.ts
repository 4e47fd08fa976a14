import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';

// PostgreSQL refuses to run as root. The number must have a passwd entry, and `nobody` has one everywhere.
const NOBODY = 65534;
// for what `nobody` must reach when the checkout or the data directory is in a closed home
const PUBLIC = '/var/lib/berth';
const ELSEWHERE = 'postgres-is-in';

/** As whom PostgreSQL runs, with what, and where its data can then be. */
export interface Account {
  readonly how: 'user' | 'user-namespace' | 'nobody';
  readonly binaries: Binaries;
  /** the directory that holds the cluster's directory */
  readonly home: string;
  /** put before a command line */
  readonly prefix: readonly string[];
  readonly ids: { readonly uid?: number; readonly gid?: number };
  /** gives a directory, with all that is in it, to the account */
  own(dir: string): void;
}

/** Ordinary users run it as themselves; root in a user namespace of its own, or as `nobody` where those are barred. */
export function chooseAccount(binaries: Binaries, dataDir: string): Account {
  const home = notedHome(dataDir);
  if (process.getuid?.() !== 0) return { how: 'user', binaries, home, prefix: [], ids: {}, own: () => undefined };
  const prefix = ['unshare', '--user', `--map-user=${NOBODY}`];
  if (canRun(prefix, {}, binaries, dataDir)) {
    return { how: 'user-namespace', binaries, home, prefix, ids: {}, own: (dir) => chownAll(dir, 0) };
  }
  return nobody(binaries, dataDir, home);
}

function nobody(found: Binaries, dataDir: string, noted: string): Account {
  const ids = { uid: NOBODY, gid: NOBODY };
  // the secrets in it have modes of their own; the cluster below it must be reachable
  chmodSync(dataDir, 0o711);
  const reaches = (path: string): boolean => spawnSync('/bin/sh', ['-c', '[ -x "$0" ]', path], ids).status === 0;
  const binaries = reaches(join(found.root, 'bin', 'postgres')) ? found : publicCopy(found);
  const home = reaches(noted) ? noted : homeElsewhere(dataDir);
  return { how: 'nobody', binaries, home, prefix: [], ids, own: (dir) => chownAll(dir, NOBODY) };
}

/** Where the cluster is, if it had to be made outside the data directory. */
function notedHome(dataDir: string): string {
  const note = join(dataDir, ELSEWHERE);
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : dataDir;
}

/** The note makes every later start find the cluster again, whatever account that start can have. */
function homeElsewhere(dataDir: string): string {
  if (existsSync(join(dataDir, 'postgres'))) {
    throw new Error(
      `\`nobody\` cannot reach the cluster in \`${dataDir}\`, and user namespaces are barred: open the directories above it (chmod o+x)`,
    );
  }
  const home = publicDir(`data-${randomBytes(6).toString('hex')}`);
  writeFileSync(join(dataDir, ELSEWHERE), `${home}\n`, { flush: true });
  return home;
}

function canRun(prefix: readonly string[], ids: object, binaries: Binaries, dataDir: string): boolean {
  const [file = '', ...args] = [
    ...prefix,
    '/bin/sh',
    '-c',
    '[ -w "$1" ] && exec "$0" --version',
    join(binaries.root, 'bin', 'postgres'),
    dataDir,
  ];
  return spawnSync(file, args, { ...ids, cwd: '/', env: libraryEnv(binaries), stdio: 'ignore' }).status === 0;
}

/** What the binaries need in their environment, and nothing of ours: PG* variables would change what they do. */
export function libraryEnv(binaries: Binaries): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  return binaries.libraryPath === undefined ? env : { ...env, LD_LIBRARY_PATH: binaries.libraryPath };
}

function publicDir(name: string): string {
  const dir = join(PUBLIC, name);
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  const found = lstatSync(dir);
  if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) {
    throw new Error(`\`${dir}\` is not a directory that only root can write to: remove it`);
  }
  return dir;
}

/** Copied aside and renamed, so that a copy that was cut short is never taken for a whole one. */
function publicCopy(found: Binaries): Binaries {
  const shelf = publicDir('postgresql');
  const root = join(shelf, shortHash(`${found.root} ${statSync(join(found.root, 'bin', 'postgres')).mtimeMs}`));
  if (existsSync(root)) return { root };
  const aside = mkdtempSync(join(shelf, 'new-'));
  cpSync(found.root, aside, { recursive: true, verbatimSymlinks: true });
  if (found.libraryPath !== undefined)
    cpSync(found.libraryPath, join(aside, 'lib'), { recursive: true, dereference: true });
  chmodSync(aside, 0o755);
  renameSync(aside, root);
  return { root };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** A cluster may have been made by the other of root's two ways; PostgreSQL insists on owning all of it. */
function chownAll(path: string, id: number): void {
  const found = lstatSync(path);
  if (found.uid === id) return;
  const below = found.isDirectory() ? readdirSync(path, { recursive: true, withFileTypes: true }) : [];
  for (const entry of below) lchownSync(join(entry.parentPath, entry.name), id, id);
  // last: what was cut short is taken up again by the next start
  lchownSync(path, id, id);
}
