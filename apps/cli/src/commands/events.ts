import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.js';
import type { EventRead } from '../api-types.js';
import { EXIT } from '../exit-code.js';
import { Failure } from '../failure.js';
import { type ListOptions, sayList } from '../listing.js';
import { PATHS } from '../paths.js';
import { eventsOf } from '../server-events.js';
import type { Session } from '../session.js';
import { eventCells, shortType, wireType } from '../views/event-view.js';

export interface EventsOptions extends ListOptions {
  readonly follow?: boolean;
  readonly after?: string;
  readonly type?: string;
  readonly subject?: string;
}

const AGAIN_MS = 1_000;

/** `berth events`: what happened, page after page; with `--follow` what happens, until ^C. */
export function events(session: Session, options: EventsOptions): Promise<number> {
  const query = { type: typesOf(options.type), subject: options.subject };
  if (options.follow === true) return follow(session, { ...query, after: options.after ?? 'latest' });
  return sayList<EventRead>(
    session,
    {
      path: PATHS.events,
      query: { ...query, after: options.after },
      columns: [
        { head: 'SEQUENCE' },
        { head: 'TIME' },
        { head: 'TYPE' },
        { head: 'SUBJECT' },
        { head: 'DATA', gives: true },
      ],
      cells: eventCells,
      name: (event) => event.subject,
      empty: 'nothing has happened that is still kept',
    },
    options,
  );
}

function typesOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').map(wireType);
}

interface FollowQuery {
  readonly type: readonly string[];
  readonly subject: string | undefined;
  readonly after: string;
}

/** A stream that breaks is asked for again from where it was; one that is refused, or was never there, is the end. */
async function follow(session: Session, query: FollowQuery): Promise<number> {
  const { interrupted } = session.terminal;
  let place = query.after;
  for (let first = true; !interrupted.aborted; first = false) {
    const broken = await untilBroken(session, { ...query, after: place }, (event) => {
      place = event.sequence;
    });
    if (interrupted.aborted) break;
    // A network or a server that is away for a while is no reason to miss what happens meanwhile.
    if (broken !== undefined && (first || isFinal(broken))) throw broken;
    await sleep(AGAIN_MS, undefined, { signal: interrupted }).catch(() => undefined);
  }
  return EXIT.interrupted;
}

/** Says what comes until nothing more does; answers why, when that was not the server's own end. */
async function untilBroken(session: Session, query: FollowQuery, seen: (event: EventRead) => void): Promise<unknown> {
  try {
    for await (const event of stream(session.api(), query, session.terminal.interrupted)) {
      seen(event);
      say(session, event);
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

const FOR_A_WHILE: ReadonlySet<string> = new Set(['UNAVAILABLE', 'STREAMS_FULL', 'INTERNAL']);
const isFinal = (error: unknown): boolean =>
  error instanceof Failure && error.code !== undefined && !FOR_A_WHILE.has(error.code);

async function* stream(
  api: ApiClient,
  { after, ...query }: FollowQuery,
  interrupted: AbortSignal,
): AsyncGenerator<EventRead> {
  const text = new URLSearchParams({ after });
  for (const type of query.type) text.append('type', type);
  if (query.subject !== undefined) text.append('subject', query.subject);
  const response = await api.stream(`${PATHS.events}?${text}`, {}, interrupted);
  if (response === undefined) {
    // Why not is told by the same question for a page.
    await api.call({ path: PATHS.events, query: { ...query, after, limit: '1' } });
    return;
  }
  for await (const event of eventsOf(response)) yield JSON.parse(event.data) as EventRead;
}

function say(session: Session, event: EventRead): void {
  if (session.output === 'json' || session.output === 'ndjson') session.say([JSON.stringify(event)]);
  else if (session.output === 'name') session.say([event.subject]);
  else if (session.style.laidOut) {
    const [, time = '', , , data = ''] = eventCells(event);
    session.say([
      `${session.style.faint(time)}  ${shortType(event.type)}  ${event.subject}  ${session.style.faint(data)}`,
    ]);
  } else session.say([eventCells(event).join('\t')]);
}
