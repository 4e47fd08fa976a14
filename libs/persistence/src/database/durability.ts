import type { Link, Statement } from './link.js';

const SETTINGS: Statement = {
  name: 'durability',
  text: `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')`,
};

/** `local` and above: this server has the commit on its disk before it says so. */
const DURABLE: ReadonlyMap<string, readonly string[]> = new Map([
  ['fsync', ['on']],
  ['full_page_writes', ['on']],
  ['synchronous_commit', ['on', 'local', 'remote_write', 'remote_apply']],
]);

/** A server with one of these off acknowledges writes that a crash can take back; no test by killing processes would show it. */
export async function assertDurable(link: Link): Promise<void> {
  const rows = await link.rows<{ name: string; setting: string }>(SETTINGS, []);
  const unsafe = rows
    .filter((row) => !DURABLE.get(row.name)?.includes(row.setting))
    .map((row) => `\`${row.name}\` is ${row.setting}`);
  if (unsafe.length > 0)
    throw new Error(`this Postgres may lose what it has acknowledged: ${unsafe.join(', ')}; turn it on`);
}
