import { setTimeout as sleep } from 'node:timers/promises';
import type { IQueueBackend } from 'bullmq';
import { SETTINGS } from './settings.js';

/** Closes three gaps that BullMQ leaves open. */
export function steady<B extends IQueueBackend>(backend: B): B {
  // After an error BullMQ blocks for as long as the backend allows: an hour on Postgres.
  Object.defineProperty(backend, 'maximumBlockTimeout', { value: SETTINGS.drainDelay / 1000 });
  const move = backend.moveToActive.bind(backend);
  // A question that fails at once would be asked again at once, for ever.
  backend.moveToActive = async (token, name) => {
    try {
      return legible(await move(token, name));
    } catch (error) {
      await sleep(SETTINGS.retry / 4);
      throw error;
    }
  };
  const complete = backend.moveToCompleted.bind(backend);
  backend.moveToCompleted = async (...args) => legible(await complete(...args));
  const fail = backend.moveToFailed.bind(backend);
  backend.moveToFailed = async (...args) => legible(await fail(...args));
  return backend;
}

/**
 * What these three answer begins with the next job as it is stored. BullMQ throws on data that is no JSON before any of our code
 * sees the job, and the job would come back for ever: as `null` it goes the way of other forged jobs.
 */
function legible<T>(answer: T): T {
  const next: unknown = Array.isArray(answer) ? answer[0] : undefined;
  if (
    typeof next === 'object' &&
    next !== null &&
    'data' in next &&
    typeof next.data === 'string' &&
    !isJson(next.data)
  )
    next.data = 'null';
  return answer;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
