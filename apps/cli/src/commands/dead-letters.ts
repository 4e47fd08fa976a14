import type { DeadLetterRead } from '../api-types.js';
import { Failure } from '../failure.js';
import { type ListOptions, sayList } from '../listing.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';

export interface QueueOption {
  readonly queue?: string;
}

/** `berth dead-letters list [--queue QUEUE]`. The payload is in `-o json`. */
export function deadLetterList(session: Session, options: ListOptions & QueueOption): Promise<number> {
  return sayList<DeadLetterRead>(
    session,
    {
      path: PATHS.deadLetters,
      query: { queue: options.queue },
      columns: [
        { head: 'ID' },
        { head: 'QUEUE' },
        { head: 'DIED' },
        { head: 'REDRIVES' },
        { head: 'REASON', gives: true },
      ],
      cells: (letter) => [letter.id, letter.queue, letter.diedAt, redrivesOf(letter), letter.reason],
      name: (letter) => letter.id,
      empty: 'no dead letters',
    },
    options,
  );
}

const redrivesOf = ({ redrives, redrivenAt }: DeadLetterRead): string =>
  redrivenAt === null ? `${redrives}` : `${redrives}, under way`;

/** `berth dead-letters redrive ID…` or `--queue QUEUE`: prints the ids of those that were put back. */
export async function deadLetterRedrive(
  session: Session,
  ids: readonly string[],
  { queue }: QueueOption,
): Promise<number> {
  if ((ids.length === 0) === (queue === undefined)) throw new Failure('name the letters, or --queue and no letter');
  const body = queue === undefined ? { ids } : { queue };
  const answer = await session
    .api()
    .call<{ redriven: readonly string[] }>({ method: 'POST', path: PATHS.redrive, body });
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else if (answer.json.redriven.length > 0) session.say(answer.json.redriven);
  else session.terminal.err('nothing was put back\n');
  return 0;
}
