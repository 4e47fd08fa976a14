import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer, ApiClient } from './api-client.js';
import type { SweepRead } from './api-types.js';
import { EXIT } from './exit-code.js';
import { PATHS } from './paths.js';
import { type Progress, startProgress } from './progress.js';
import { eventsOf } from './server-events.js';
import type { Session } from './session.js';
import { isOver, saySweep } from './views/sweep-view.js';

const POLL_MS = 1000;

function show(progress: Progress, sweep: SweepRead): void {
  const { compatible, incompatible, indeterminate } = sweep.counts;
  const share = (count: number): string => `${Math.round((100 * count) / Math.max(1, sweep.progress.done))} %`;
  const words = `yes ${share(compatible)} no ${share(incompatible)} ? ${share(indeterminate)}`;
  progress.at({ ...sweep.progress, words: sweep.progress.done > 0 ? words : sweep.state });
}

/** Follows the stream until the sweep is over; ends early when the stream breaks or is not offered. */
async function follow(api: ApiClient, id: string, signal: AbortSignal, progress: Progress): Promise<void> {
  const response = await api.stream(PATHS.sweepEvents(id), {}, signal);
  if (response === undefined) return;
  for await (const event of eventsOf(response)) {
    const sweep = JSON.parse(event.data) as SweepRead;
    show(progress, sweep);
    if (isOver(sweep)) return;
  }
}

async function untilOver(session: Session, id: string, progress: Progress): Promise<ApiAnswer<SweepRead> | undefined> {
  const api = session.api();
  const { interrupted } = session.terminal;
  // A stream that breaks is no reason to stop: the sweep is asked for again, by polling.
  await follow(api, id, interrupted, progress).catch(() => undefined);
  while (!interrupted.aborted) {
    const answer = await api.call<SweepRead>({ path: PATHS.sweep(id) });
    show(progress, answer.json);
    if (isOver(answer.json)) return answer;
    await sleep(POLL_MS, undefined, { signal: interrupted }).catch(() => undefined);
  }
  return undefined;
}

const unlessInterrupted = (session: Session) => (error: unknown) => {
  if (!session.terminal.interrupted.aborted) throw error;
  return undefined;
};

/** Stays until the sweep ends. ^C leaves it running: the workers do it, not this program. */
export async function waitForSweep(session: Session, id: string): Promise<number> {
  const progress = startProgress(session.terminal, 'sweep');
  if (session.terminal.errIsTty) session.terminal.err(`${id}  ^C leaves it running: berth sweep get ${id} --wait\n`);
  try {
    const answer = await untilOver(session, id, progress).catch(unlessInterrupted(session));
    progress.end();
    if (answer !== undefined) return saySweep(session, answer);
  } finally {
    progress.end();
  }
  session.terminal.err(`${id} goes on without you; berth sweep get ${id} --wait\n`);
  return EXIT.interrupted;
}
