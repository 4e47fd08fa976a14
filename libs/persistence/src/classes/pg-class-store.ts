import { type ClassStore, SCHEME, type Unclassed } from '@berth/application';
import type { Fingerprint, Manifest } from '@berth/engine';
import type { Link, Statement } from '../database/link.js';
import { hostClassValues, internClass, vmClassValues } from './class-values.js';

type Table = 'host' | 'vm';

const UNCLASSED = (table: Table): Statement => ({
  name: `${table}-unclassed`,
  text: `SELECT n.fleet, n.name, n.digest FROM fleet f
JOIN LATERAL (SELECT t.fleet, t.name, t.digest FROM ${table} t WHERE t.fleet = f.name AND t.class_digest IS NULL LIMIT $2) AS n ON true
UNION ALL
SELECT t.fleet, t.name, t.digest FROM ${table}_class c JOIN ${table} t ON t.fleet = c.fleet AND t.class_digest = c.digest WHERE c.scheme <> $1
LIMIT $2`,
});

// $1 fleet, $2 to $4 the class, $5 names, $6 their documents. Waiting for a lock, this could wait for somebody who waits for it.
const NOTE = (table: Table): Statement => ({
  name: `${table}-classed`,
  text: `WITH class AS (${internClass(`${table}_class`, 2)}),
free AS (
  SELECT t.name FROM ${table} t JOIN unnest($5::text[], $6::text[]) AS asked (name, digest) ON asked.name = t.name AND asked.digest = t.digest
  WHERE t.fleet = $1 ORDER BY t.name FOR NO KEY UPDATE OF t SKIP LOCKED)
UPDATE ${table} t SET class_digest = $2 FROM free WHERE t.fleet = $1 AND t.name = free.name AND t.class_digest IS DISTINCT FROM $2`,
});

const HOSTS = UNCLASSED('host');
const VMS = UNCLASSED('vm');
const NOTE_HOSTS = NOTE('host');
const NOTE_VMS = NOTE('vm');

export class PgClassStore implements ClassStore {
  constructor(private readonly link: Link) {}

  unclassedHosts(limit: number): Promise<readonly Unclassed[]> {
    return this.link.rows<Unclassed>(HOSTS, [SCHEME, limit]);
  }

  unclassedVms(limit: number): Promise<readonly Unclassed[]> {
    return this.link.rows<Unclassed>(VMS, [SCHEME, limit]);
  }

  classHosts(facts: Fingerprint, hosts: readonly Unclassed[]): Promise<number> {
    return this.note(NOTE_HOSTS, hostClassValues(facts), hosts);
  }

  classVms(needs: Manifest, vms: readonly Unclassed[]): Promise<number> {
    return this.note(NOTE_VMS, vmClassValues(needs), vms);
  }

  private async note(statement: Statement, values: readonly string[], rows: readonly Unclassed[]): Promise<number> {
    const [first] = rows;
    if (first === undefined) return 0;
    const members = [rows.map(({ name }) => name), rows.map(({ digest }) => digest)];
    return this.link.touch(statement, [first.fleet, ...values, ...members]);
  }
}
