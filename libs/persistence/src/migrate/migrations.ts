import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** As Prisma computes it, so that its tools agree about what was applied. */
  readonly checksum: string;
}

/** `prisma/migrations`, wherever this runs from: the sources, `dist`, or a bundle beside them. */
function migrationsFolder(): URL {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const candidate = new URL('prisma/migrations/', folder);
    if (existsSync(new URL('migration_lock.toml', candidate))) return candidate;
    if (folder.pathname === '/' || new URL('..', folder).href === folder.href)
      throw new Error('no `prisma/migrations` above this file');
  }
}

/** In the order in which they are applied. */
export async function readMigrations(folder: URL = migrationsFolder()): Promise<readonly Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(`${name}/migration.sql`, folder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
