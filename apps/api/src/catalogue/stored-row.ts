import type { CatalogueRowPut } from '@berth/application';
import { clashFaults, type ProblemError } from '@berth/contract';
import { refuse, revisionMismatch } from '../http/refuse.js';

type Stored = Extract<CatalogueRowPut, { kind: 'stored' }>;

export const BUILT_IN_NAME: ProblemError = {
  parameter: 'row',
  code: 'BUILT_IN',
  detail: 'a built-in row has this name, and stays as it is',
};

/** The row as it is stored now, or the problem that it met. */
export function storedOr(answer: CatalogueRowPut): Stored {
  switch (answer.kind) {
    case 'stored':
      return answer;
    case 'row-built-in': {
      const faults = clashFaults(answer.row, answer.clashes, 'BUILT_IN');
      return refuse('CATALOGUE_ROW_BUILT_IN', { errors: faults.length > 0 ? faults : [BUILT_IN_NAME] });
    }
    case 'row-clash':
      return refuse('CATALOGUE_ROW_CLASH', { errors: clashFaults(answer.row, answer.clashes, 'DUPLICATE') });
    case 'catalogue-full':
      return refuse('CATALOGUE_FULL', {
        detail: `a fleet adds ${answer.most} rows at most; one row may name many drivers`,
      });
    case 'revision-mismatch':
      return revisionMismatch(answer.revision);
  }
}
