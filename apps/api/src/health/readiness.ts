import type { HealthPart } from '@berth/runtime';

export interface Readiness {
  readonly status: 'ready' | 'not-ready';
  readonly checks: Readonly<Record<string, 'ok' | 'failing'>>;
  /** What is wrong, in words; absent when nothing is. */
  readonly details?: Readonly<Record<string, string>>;
}

// Anybody may ask whether we are ready; where our servers are is nobody's business.
const ADDRESS = /\S+:\d+\b/g;

/** Without its database the API can answer nothing; without the queue everything but the work on sweeps. */
export function readinessOf(parts: readonly HealthPart[]): Readiness {
  const failing = parts.filter(({ ok }) => !ok);
  const details = failing.map(({ part, detail = 'no answer' }) => [part, detail.replaceAll(ADDRESS, '(address)')]);
  return {
    status: failing.every(({ part }) => part === 'queue') ? 'ready' : 'not-ready',
    checks: Object.fromEntries(parts.map(({ part, ok }) => [part, ok ? 'ok' : 'failing'])),
    ...(failing.length === 0 ? {} : { details: Object.fromEntries(details) }),
  };
}
