import type { LockedShadow, ShadowStatements, ShadowSubmission } from '@berth/application';
import type { Link, Statement } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';

// The fleet's row, since there may be none of the shadow yet. Those who make a name of this fleet do not wait for it.
const LOCK: Statement = {
  name: 'shadow-lock',
  text: 'SELECT FROM fleet WHERE name = $1 FOR NO KEY UPDATE',
};

const STANDING: Statement = {
  name: 'shadow-standing',
  text: 'SELECT revision, digest FROM shadow WHERE fleet = $1',
};

const SET: Statement = {
  name: 'shadow-set',
  text: `INSERT INTO shadow AS s (fleet, revision, digest, document, set_by) VALUES ($1, 1, $2, $3, $4)
ON CONFLICT (fleet) DO UPDATE SET revision = s.revision + 1, digest = excluded.digest, document = excluded.document,
  set_by = excluded.set_by, set_at = clock_timestamp()
RETURNING revision`,
};

const FORGET: Statement = { name: 'shadow-forget', text: 'DELETE FROM shadow_difference WHERE fleet = $1' };

export class PgShadowStatements implements ShadowStatements {
  constructor(private readonly link: Link) {}

  async lock(fleet: string): Promise<LockedShadow> {
    await this.link.touch(LOCK, [fleet]);
    const row = await this.link.row<{ revision: number; digest: string | null }>(STANDING, [fleet]);
    return { revision: row?.revision ?? 0, digest: orUndefined(row?.digest ?? null) };
  }

  set(fleet: string, by: string, { digest, document }: ShadowSubmission): Promise<number> {
    return this.stand(fleet, by, digest, JSON.stringify(document));
  }

  async remove(fleet: string, by: string): Promise<void> {
    await this.stand(fleet, by, null, null);
  }

  private async stand(fleet: string, by: string, digest: string | null, document: string | null): Promise<number> {
    const row = await this.link.row<{ revision: number }>(SET, [fleet, digest, document, by]);
    if (row === undefined) throw new Error('a shadow was set and is not there');
    await this.link.touch(FORGET, [fleet]);
    return row.revision;
  }
}
