import type { SweepResultRead } from '../api-types.js';
import { type ListOptions, sayList } from '../listing.js';
import { PATHS } from '../paths.js';
import type { Session } from '../session.js';

export interface SweepResultsOptions extends ListOptions {
  readonly outcome?: string;
}

function firstFailure(result: SweepResultRead): string[] {
  const fail = result.wouldFail;
  if (fail === null) return ['-', '-', '-', '-'];
  return [fail.phase, fail.slot === null ? '-' : `${fail.slot}`, fail.reason, fail.errno ?? fail.failure];
}

/** `berth sweep results ID`: pair by pair, with what each would hit first. */
export function sweepResults(session: Session, id: string, options: SweepResultsOptions): Promise<number> {
  return sayList<SweepResultRead>(
    session,
    {
      path: PATHS.sweepResults(id),
      query: { outcome: options.outcome },
      columns: [
        { head: 'VM' },
        { head: 'TARGET' },
        { head: 'OUTCOME' },
        { head: 'PHASE' },
        { head: 'SLOT' },
        { head: 'REASON', gives: true },
        { head: 'ERRNO' },
      ],
      cells: (result) => [result.vm, result.host, result.outcome, ...firstFailure(result)],
      name: (result) => `${result.vm}\t${result.host}`,
      empty: 'no results yet',
    },
    options,
  );
}
