import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Keys } from '@berth/application';
import type { Runtime } from './runtime.js';

export interface AdminKey {
  readonly file: string;
  readonly isNew: boolean;
  /** where the key went that was in the file and that this database does not know */
  readonly replaced?: string;
}

/**
 * Whoever holds the data directory holds an admin key to its database. The key is never printed; a file that is good
 * already stays as it is, whatever server DATABASE_URL names today.
 */
export async function ensureAdminKey(runtime: Runtime): Promise<AdminKey> {
  const file = join(runtime.config.dataDir, 'admin-key');
  const held = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  const key = await runtime.useCase(Keys).ensureAdminKey(held);
  if (key === held) return { file, isNew: false };
  // whole or not at all: a key that was cut short while it was written could never be had again
  writeFileSync(`${file}.new`, `${key}\n`, { mode: 0o600, flush: true });
  const replaced = held === undefined ? {} : { replaced: setAside(file) };
  renameSync(`${file}.new`, file);
  return { file, isNew: true, ...replaced };
}

/** It may be the key of another database, to which somebody will want to go back. */
function setAside(file: string): string {
  const aside = `${file}.old`;
  renameSync(file, aside);
  return aside;
}
