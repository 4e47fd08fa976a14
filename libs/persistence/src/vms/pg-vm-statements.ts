import type { LockedVm, ManifestSubmission, VmStatements } from '@berth/application';
import { internClass, vmClassValues } from '../classes/class-values.js';
import { printLabels, readLabels } from '../database/labels.js';
import type { Link, Statement } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import { partsOf } from '../documents/parts-of.js';

interface LockedRow {
  readonly revision: number;
  readonly digest: string;
  readonly host: string | null;
  readonly labels: unknown;
}

const LOCK: Statement = {
  name: 'vm-lock',
  text: 'SELECT revision, digest, host, labels FROM vm WHERE fleet = $1 AND name = $2 FOR NO KEY UPDATE',
};

// $3 digest, $4 document, $5 host, $6 run id, $7 to $9 the class
const DOCUMENT = 'INSERT INTO manifest (fleet, digest, document) VALUES ($1, $3, $4) ON CONFLICT DO NOTHING';
const CLASS = internClass('vm_class', 7);
const note = (from: string): string =>
  `INSERT INTO vm_revision (fleet, vm, revision, digest, host) SELECT $1, $2, revision, digest, host FROM ${from}`;

// A writer who makes the same VM at the same time is waited for: after its commit nothing is inserted and nothing comes back.
const INSERT: Statement = {
  name: 'vm-insert',
  text: `WITH document AS (${DOCUMENT}),
class AS (${CLASS}),
made AS (
  INSERT INTO vm (fleet, name, revision, digest, host, run_id, class_digest)
  VALUES ($1, $2, 1 + coalesce((SELECT revision FROM removed_name WHERE fleet = $1 AND kind = 'vm' AND name = $2), 0), $3, $5, $6, $7)
  ON CONFLICT (fleet, name) DO NOTHING RETURNING revision, digest, host),
noted AS (${note('made')})
SELECT revision FROM made`,
};

const ADVANCE: Statement = {
  name: 'vm-advance',
  text: `WITH document AS (${DOCUMENT}),
class AS (${CLASS}),
moved AS (
  UPDATE vm SET revision = revision + 1, digest = $3, class_digest = $7, host = coalesce(host, $5), run_id = $6, updated_at = clock_timestamp()
  WHERE fleet = $1 AND name = $2 AND revision = $10 RETURNING revision, digest, host),
noted AS (${note('moved')})
SELECT revision FROM moved`,
};

const PLACE: Statement = {
  name: 'vm-place',
  text: `WITH moved AS (
  UPDATE vm SET revision = revision + 1, host = $4, updated_at = clock_timestamp()
  WHERE fleet = $1 AND name = $2 AND revision = $3 RETURNING revision, digest, host),
noted AS (${note('moved')})
SELECT revision FROM moved`,
};

const RELABEL: Statement = {
  name: 'vm-relabel',
  text: 'UPDATE vm SET labels = $3::jsonb WHERE fleet = $1 AND name = $2',
};

const REMOVE: Statement = {
  name: 'vm-remove',
  text: `WITH gone AS (DELETE FROM vm WHERE fleet = $1 AND name = $2 RETURNING revision)
INSERT INTO removed_name (fleet, kind, name, revision) SELECT $1, 'vm', $2, revision FROM gone
ON CONFLICT (fleet, kind, name) DO UPDATE SET revision = excluded.revision, removed_at = now()`,
};

export class PgVmStatements implements VmStatements {
  constructor(private readonly link: Link) {}

  async lock(fleet: string, vm: string): Promise<LockedVm | undefined> {
    const row = await this.link.row<LockedRow>(LOCK, [fleet, vm]);
    if (row === undefined) return undefined;
    return { revision: row.revision, digest: row.digest, host: orUndefined(row.host), labels: readLabels(row.labels) };
  }

  async insert(fleet: string, vm: string, submission: ManifestSubmission): Promise<number | undefined> {
    const row = await this.link.row<{ revision: number }>(INSERT, [fleet, vm, ...valuesOf(submission)]);
    return row?.revision;
  }

  async advance(fleet: string, vm: string, revision: number, submission: ManifestSubmission): Promise<number> {
    const row = await this.link.row<{ revision: number }>(ADVANCE, [fleet, vm, ...valuesOf(submission), revision]);
    return moved(vm, revision, row);
  }

  async place(fleet: string, vm: string, revision: number, host: string): Promise<number> {
    return moved(vm, revision, await this.link.row<{ revision: number }>(PLACE, [fleet, vm, revision, host]));
  }

  async relabel(fleet: string, vm: string, labels: ReadonlyMap<string, string>): Promise<void> {
    await this.link.touch(RELABEL, [fleet, vm, printLabels(labels)]);
  }

  async remove(fleet: string, vm: string): Promise<void> {
    await this.link.touch(REMOVE, [fleet, vm]);
  }
}

/** $3 to $9 of INSERT and ADVANCE. */
const valuesOf = ({ digest, document, needs }: ManifestSubmission): readonly unknown[] => [
  digest,
  partsOf(document).content,
  needs.host ?? null,
  needs.runId ?? null,
  ...vmClassValues(needs),
];

function moved(vm: string, revision: number, row: { readonly revision: number } | undefined): number {
  if (row === undefined) throw new Error(`VM \`${vm}\` moved on from revision ${revision} under its lock`);
  return row.revision;
}
