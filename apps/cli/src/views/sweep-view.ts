import type { ApiAnswer } from '../api-client.js';
import type { CountsRead, SweepRead } from '../api-types.js';
import { EXIT, exitOfCounts } from '../exit-code.js';
import { type Session, sayBody } from '../session.js';
import { pairLines } from './pairs.js';

export const isOver = (sweep: SweepRead): boolean => !['queued', 'running'].includes(sweep.state);

export const grouped = (number: number): string => number.toLocaleString('en-US');

export function countWords(counts: CountsRead): string {
  const { compatible, incompatible, indeterminate } = counts;
  return `${grouped(compatible)} compatible, ${grouped(incompatible)} incompatible, ${grouped(indeterminate)} indeterminate`;
}

/** A sweep that ended is an answer about a set; one that failed or was cancelled is none. */
export function exitOfSweep(sweep: SweepRead): number {
  if (!isOver(sweep)) return EXIT.ok;
  return sweep.state === 'succeeded' ? exitOfCounts(sweep.counts) : EXIT.error;
}

/** How far a sweep is and what it found. */
export function saySweep(session: Session, answer: Pick<ApiAnswer<SweepRead>, 'json' | 'text'>): number {
  const sweep = answer.json;
  const { done, total } = sweep.progress;
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else if (session.output === 'name') session.say([sweep.id]);
  else {
    session.say([
      [sweep.state, sweep.id].join(session.style.laidOut ? '  ' : '\t'),
      ...pairLines(session.style, [
        ['pairs', `${grouped(done)} of ${grouped(total)}`],
        ['answers', countWords(sweep.counts)],
        ['failure', sweep.failure ?? ''],
      ]),
    ]);
  }
  return exitOfSweep(sweep);
}
