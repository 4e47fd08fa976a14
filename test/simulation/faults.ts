/** Bugs that the store can be given, one at a time, to see that the checker has teeth. */
export const PLANTED = {
  'vm-not-locked': 'the VM is not locked, and the index that allows one open migration is not there',
  'start-without-compare-and-set':
    'a state is overwritten whatever it is, and neither the VM nor the migration is locked',
  'host-changed-at-start': 'the VM is placed on the target when the migration is started',
  'key-ignored': 'a request with a known Idempotency-Key is done again',
  'key-kept-after-commit': 'the Idempotency-Key is written in a transaction of its own, after the effect',
  'report-moves-twice': 'a report that landed is taken for news each time',
  'timeout-is-failure': 'a migration whose deadline passed is aborted',
  'stale-evaluation': 'the hosts are not locked while a decision rests on them',
} as const;
export type Planted = keyof typeof PLANTED;
