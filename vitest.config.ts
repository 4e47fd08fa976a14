import { defineConfig } from 'vitest/config';

// vitest's reporter prints a failure with Map.groupBy. Node 20 lacks it, and would say only that something failed.
function groupBy<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
if (!('groupBy' in Map)) Object.assign(Map, { groupBy });

// Tests run on the sources: each room's package.json names them under this condition.
const source = ['berth-source'];

export default defineConfig({
  resolve: { conditions: source },
  ssr: { resolve: { conditions: source, externalConditions: source } },
  test: {
    include: ['libs/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/support/postgres-of-the-run.ts'],
    pool: 'forks',
    maxWorkers: 2,
  },
});
