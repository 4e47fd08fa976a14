import type { CatalogueRow } from '@berth/engine';
import type { JsonObject } from '../json.js';

/** A row that an operator adds, parsed at the door. */
export interface CatalogueRowSubmission {
  readonly digest: string;
  readonly document: JsonObject;
  /** The row under the name that it gets. */
  readonly named: (id: string) => CatalogueRow;
}

/** A row that was added. */
export interface CatalogueRecord {
  readonly name: string;
  /** Grows with every change of any row of the fleet, so that no two rows of one name ever have the same. */
  readonly revision: number;
  readonly digest: string;
  readonly document: JsonObject;
  readonly row: CatalogueRow;
  readonly updatedAt: Date;
}

/** What was added, at one moment. */
export interface AddedRows {
  /** Of all of them together; left out where there are none. */
  readonly digest: string | undefined;
  /** In order of their names. */
  readonly rows: readonly CatalogueRecord[];
}
