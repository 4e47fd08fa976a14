import { BUILT_IN_ROWS, builtInClashes, type CatalogueRow, type Clash, clashesWith } from '@berth/engine';
import type { Caller } from '../caller.js';
import type { Tx, UnitOfWork } from '../ports/unit-of-work.js';
import type { CatalogueReads } from './catalogue-reads.js';
import type { AddedRows, CatalogueRecord, CatalogueRowSubmission } from './catalogue-row.js';

/** A built-in row has this name, or tells already what the row would. */
export interface RowBuiltIn {
  readonly kind: 'row-built-in';
  readonly row: CatalogueRow;
  readonly clashes: readonly Clash[];
}

export type CatalogueRowPut =
  | {
      readonly kind: 'stored';
      readonly created: boolean;
      readonly changed: boolean;
      readonly revision: number;
      readonly digest: string;
    }
  | RowBuiltIn
  | { readonly kind: 'row-clash'; readonly row: CatalogueRow; readonly clashes: readonly Clash[] }
  | { readonly kind: 'catalogue-full'; readonly most: number }
  | { readonly kind: 'revision-mismatch'; readonly revision: number };

export type CatalogueRowRemoved = { readonly kind: 'removed' | 'row-unknown' | 'row-built-in' };

/** Every question reads all of them. */
const MOST_ROWS = 256;

const isBuiltIn = (name: string): boolean => BUILT_IN_ROWS.some(({ id }) => id === name);

/** What operators say of drivers that Berth does not know. */
export class CatalogueRows {
  constructor(
    private readonly work: UnitOfWork,
    private readonly catalogue: CatalogueReads,
  ) {}

  list(caller: Caller): Promise<AddedRows> {
    return this.catalogue.list(caller.fleet);
  }

  async put(
    caller: Caller,
    name: string,
    submission: CatalogueRowSubmission,
    options: { readonly ifMatch?: number | undefined } = {},
  ): Promise<CatalogueRowPut> {
    const row = submission.named(name);
    const clashes = builtInClashes(row);
    if (clashes.length > 0 || isBuiltIn(name)) return { kind: 'row-built-in', row, clashes };
    return this.work.run((tx) => put(tx, caller, name, submission, options.ifMatch));
  }

  async remove(caller: Caller, name: string): Promise<CatalogueRowRemoved> {
    if (isBuiltIn(name)) return { kind: 'row-built-in' };
    return this.work.run(async (tx): Promise<CatalogueRowRemoved> => {
      const stored = (await tx.catalogue.lock(caller.fleet)).find((record) => record.name === name);
      if (stored === undefined) return { kind: 'row-unknown' };
      await tx.catalogue.remove(caller.fleet, name);
      const { revision, digest } = stored;
      await tx.audit.write(caller, 'catalogue.remove', name, { revision, digest });
      return { kind: 'removed' };
    });
  }
}

async function put(
  tx: Tx,
  caller: Caller,
  name: string,
  submission: CatalogueRowSubmission,
  ifMatch: number | undefined,
): Promise<CatalogueRowPut> {
  const records = await tx.catalogue.lock(caller.fleet);
  const stored = records.find((record) => record.name === name);
  const refusal = refusalOf(records, stored, submission.named(name), ifMatch);
  if (refusal !== undefined) return refusal;
  const { digest } = submission;
  const answer = { kind: 'stored', created: stored === undefined, digest } as const;
  if (stored?.digest === digest) return { ...answer, changed: false, revision: stored.revision };
  const revision = await tx.catalogue.put(caller.fleet, name, submission);
  await tx.audit.write(caller, 'catalogue.put', name, { revision, digest, was: stored?.digest ?? null });
  return { ...answer, changed: true, revision };
}

function refusalOf(
  records: readonly CatalogueRecord[],
  stored: CatalogueRecord | undefined,
  row: CatalogueRow,
  ifMatch: number | undefined,
): CatalogueRowPut | undefined {
  const revision = stored?.revision ?? 0;
  if (ifMatch !== undefined && ifMatch !== revision) return { kind: 'revision-mismatch', revision };
  const others = records.filter((record) => record !== stored).map((record) => record.row);
  const clashes = clashesWith(row, others);
  if (clashes.length > 0) return { kind: 'row-clash', row, clashes };
  return stored === undefined && records.length >= MOST_ROWS ? { kind: 'catalogue-full', most: MOST_ROWS } : undefined;
}
