import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer, ApiClient } from './api-client.js';
import { EXIT } from './exit-code.js';
import { Failure } from './failure.js';
import { isPassing } from './is-passing.js';
import type { MigrationRead } from './migration-types.js';
import { PATHS } from './paths.js';
import { type Progress, startProgress } from './progress.js';
import { eventsOf } from './server-events.js';
import type { Session } from './session.js';
import { isEnded } from './views/migration-view.js';

const AGAIN_MS = 1_000;

/** How far each state is on the way; what comes after the last is the end. */
const STEPS: readonly string[] = ['admitted', 'verified', 'in-flight', 'unreported'];
const WAY = 4;

function show(progress: Progress, { state, why, deadlineAt }: MigrationRead): void {
  const until = state === 'in-flight' && deadlineAt !== null ? ` (report expected by ${deadlineAt})` : '';
  const done = STEPS.includes(state) ? Math.min(STEPS.indexOf(state) + 1, WAY - 1) : WAY;
  progress.at({ done, total: WAY, words: `${state}: ${why}${until}` });
}

type Answer = ApiAnswer<MigrationRead>;

async function look(api: ApiClient, id: string, progress: Progress): Promise<Answer> {
  const answer = await api.call<MigrationRead>({ path: PATHS.migration(id) });
  show(progress, answer.json);
  return answer;
}

/** Looks again with each event about it. The stream is there before the first look, so that nothing falls between the two. */
async function follow(api: ApiClient, id: string, signal: AbortSignal, progress: Progress): Promise<Answer> {
  const query = new URLSearchParams({ subject: `migrations/${id}`, after: 'latest' });
  const response = await api.stream(`${PATHS.events}?${query}`, {}, signal);
  const first = await look(api, id, progress);
  if (response === undefined || isEnded(first.json)) return first;
  for await (const _event of eventsOf(response)) {
    const answer = await look(api, id, progress);
    if (isEnded(answer.json)) return answer;
  }
  return look(api, id, progress);
}

async function untilEnded(session: Session, id: string, progress: Progress): Promise<Answer | undefined> {
  const api = session.api();
  const { interrupted } = session.terminal;
  // Asked once without patience: a server that was never there, or does not know it, is told at once.
  let answer: Answer | undefined = await look(api, id, progress);
  while (answer === undefined || !isEnded(answer.json)) {
    if (interrupted.aborted) return undefined;
    answer = await once(api, id, interrupted, progress);
    if (answer === undefined) await sleep(AGAIN_MS, undefined, { signal: interrupted }).catch(() => undefined);
  }
  return answer;
}

/** A stream that breaks off is no failure of a call, and no reason to stop either. */
const isWrong = (error: unknown): boolean => error instanceof Failure && !isPassing(error);

/** As long as one stream lasts. A server that is away goes on with the migration when it is back, and so does this. */
async function once(
  api: ApiClient,
  id: string,
  interrupted: AbortSignal,
  progress: Progress,
): Promise<Answer | undefined> {
  // A signal of its own, so that the stream does not outlive the wait.
  const left = new AbortController();
  try {
    const answer = await follow(api, id, AbortSignal.any([interrupted, left.signal]), progress);
    return isEnded(answer.json) ? answer : undefined;
  } catch (error) {
    if (!interrupted.aborted && isWrong(error)) throw error;
    return undefined;
  } finally {
    left.abort();
  }
}

const unlessInterrupted = (session: Session) => (error: unknown) => {
  if (!session.terminal.interrupted.aborted) throw error;
  return undefined;
};

/** Stays until the migration ends. ^C leaves it as it is: whoever moves the VM does it, not this program. */
export async function waitForMigration(session: Session, id: string): Promise<Answer | number> {
  const progress = startProgress(session.terminal, 'migration');
  if (session.terminal.errIsTty)
    session.terminal.err(`${id}  ^C leaves it as it is: berth migration get ${id} --wait\n`);
  try {
    const answer = await untilEnded(session, id, progress).catch(unlessInterrupted(session));
    if (answer !== undefined) return answer;
  } finally {
    progress.end();
  }
  session.terminal.err(`${id} goes on without you; berth migration get ${id} --wait\n`);
  return EXIT.interrupted;
}
