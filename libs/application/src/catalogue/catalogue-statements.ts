import type { CatalogueRecord, CatalogueRowSubmission } from './catalogue-row.js';

export interface CatalogueStatements {
  /** Every row of the fleet; nobody else changes any until the transaction ends. */
  lock(fleet: string): Promise<readonly CatalogueRecord[]>;
  /** The new revision. What the questions to come are asked under follows in the same transaction. */
  put(fleet: string, name: string, submission: CatalogueRowSubmission): Promise<number>;
  remove(fleet: string, name: string): Promise<void>;
}
