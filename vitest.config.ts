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

const ALL = ['libs/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/**/*.test.ts'];
const PURE = ['libs/engine/src/**/*.test.ts', 'test/{engine,vectors,recorded,simulation}/**/*.test.ts'];

export default defineConfig({
  resolve: { conditions: source },
  ssr: { resolve: { conditions: source, externalConditions: source } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // More than the cores: what takes longest waits for servers, not for a core.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        // Functions of their arguments alone: these files share a process, which spares loading the rooms for each of them.
        test: { name: 'pure', include: PURE, isolate: false },
      },
      {
        extends: true,
        test: { name: 'servers', include: ALL, exclude: PURE, globalSetup: ['test/support/postgres-of-the-run.ts'] },
      },
    ],
  },
});
