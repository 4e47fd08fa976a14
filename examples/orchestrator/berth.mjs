// Calling Berth so that an answer that is lost loses nothing. Node 20 and nothing else.
import { setTimeout as sleep } from 'node:timers/promises';

const URL_ = process.env.BERTH_URL ?? 'http://127.0.0.1:8420';
const CALL_MS = 10_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 15_000;

/** An answer that says no: it was heard, and asking again would not change it. */
export class Refused extends Error {
  constructor(status, problem) {
    super(`${problem.code ?? status}: ${problem.detail ?? problem.title ?? 'no reason given'}`);
    this.status = status;
    this.code = problem.code;
    this.problem = problem;
  }
}

/**
 * One call, repeated until there is an answer: a timeout, a broken link, a 429 and every 5xx say nothing of what became of it. So only
 * what may be repeated is called like this; opening a migration may be, with its `Idempotency-Key`.
 */
export async function call(method, path, { body, headers, key = process.env.BERTH_KEY, patienceMs = 600_000 } = {}) {
  const givenUp = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    const answer = await once(method, path, { body, headers, key }).catch((error) => ({ error }));
    if (answer.status >= 200 && answer.status < 300) return answer.json;
    const isUnknown = answer.error !== undefined || answer.status === 429 || answer.status >= 500;
    if (!isUnknown) throw new Refused(answer.status, answer.json ?? {});
    if (Date.now() > givenUp) throw new Error(`${method} ${path}: no answer`, { cause: answer.error });
    await sleep(pauseAfter(attempt, answer.retryAfter));
  }
}

async function once(method, path, { body, headers, key }) {
  const response = await fetch(URL_ + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(CALL_MS),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
    retryAfter: Number(response.headers.get('retry-after') ?? 0) * 1000,
  };
}

/** Longer each time, and never all callers at once. */
function pauseAfter(attempt, retryAfterMs) {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + Math.random());
  return Math.max(pause, retryAfterMs);
}

/**
 * What happens, as it happens, from `after` on (a `sequence`, `latest` or `oldest`). A stream that breaks off is asked for again from
 * where it was, so that nothing is missed; what is brought twice has the same `id`.
 */
export async function* events({ after = 'latest', types = [], subject, signal }) {
  const query = new URLSearchParams(types.map((type) => ['type', `dev.berth.${type}.v1`]));
  if (subject !== undefined) query.append('subject', subject);
  const feed = { place: after, query, signal };
  while (!signal?.aborted) {
    yield* untilCut(feed);
    await sleep(1_000, undefined, { signal }).catch(() => undefined);
  }
}

async function* untilCut(feed) {
  feed.query.set('after', feed.place);
  try {
    for await (const frame of framesOf(await open(`/v1/events?${feed.query}`, feed.signal))) {
      // A frame without data only says how far the feed has come.
      feed.place = frame.id ?? feed.place;
      if (frame.data !== undefined) yield JSON.parse(frame.data);
    }
  } catch (error) {
    if (error instanceof Refused) throw error;
  }
}

async function open(path, signal) {
  const headers = { authorization: `Bearer ${process.env.BERTH_KEY}`, accept: 'text/event-stream' };
  const response = await fetch(URL_ + path, { headers, signal });
  if (response.ok) return response.body;
  const problem = await response.json().catch(() => ({}));
  if (response.status >= 500) throw new Error(problem.code ?? String(response.status));
  throw new Refused(response.status, problem);
}

async function* framesOf(body) {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const frames = text.split('\n\n');
    text = frames.pop();
    for (const frame of frames) yield frameOf(frame);
  }
}

function frameOf(text) {
  const field = (name) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2))
      .join('\n') || undefined;
  return { id: field('id'), data: field('data') };
}
