import { Unavailable } from '@berth/application';
import { stateOf } from './availability.js';
import type { Link, Statement } from './link.js';

export type Readiness = { readonly kind: 'ready' } | { readonly kind: 'not-ready'; readonly why: string };

const NEWEST: Statement = {
  name: 'schema-newest',
  text: 'SELECT FROM _prisma_migrations WHERE migration_name = $1 AND finished_at IS NOT NULL AND rolled_back_at IS NULL',
};
const NO_SUCH_TABLE = '42P01';
const BEHIND: Readiness = { kind: 'not-ready', why: 'the schema is older than this program' };

/** Does the server answer, and does it have the schema that this program was built for, or a newer one? */
export async function readinessOf(link: Link, newest: string): Promise<Readiness> {
  try {
    return (await link.touch(NEWEST, [newest])) === 1 ? { kind: 'ready' } : BEHIND;
  } catch (error) {
    if (stateOf(error) === NO_SUCH_TABLE) return BEHIND;
    if (error instanceof Unavailable) return { kind: 'not-ready', why: `Postgres: ${error.why}` };
    throw error;
  }
}
