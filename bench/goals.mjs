// What each row is held against. `latency` is the p50 of one client over the floor's, `rate` that of eight clients over the floor's.
const PAIR = { floor: 'hello', latency: 3, rate: 0.4, guide: '0.1 ms; 15,000/s' };

export const ROWS = [
  { id: 'hello', title: 'GET hello, bare Nest on Fastify, 1 KB' },
  { id: 'commit', title: 'one-row UPDATE, prepared, commit waits for the disk' },
  { id: 'evaluations', title: 'POST /v1/evaluations, 16 slots', ...PAIR },
  { id: 'preflights', title: 'POST /v1/preflights, 16 slots, answer stored', ...PAIR },
  { id: 'put-unchanged', title: 'PUT fingerprint, unchanged', floor: 'hello', rate: 0.25, guide: '9,000/s' },
  {
    id: 'put-changed',
    title: 'PUT fingerprint, changed, durable',
    floor: 'commit',
    latency: 4,
    rate: 1 / 3,
    guide: '1 ms; 2,400/s',
  },
];

/** One (memslot, host) decision against the stand-in; and a whole one, of all slots in all phases, on documents parsed before. */
export const DECISION = { latency: 3, guide: '100 ns', microseconds: 25 };
