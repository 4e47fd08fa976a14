import { isDue, isOpen, type MigrationRow, type SimStore } from './sim-store.js';
import { HOSTS, VM } from './world.js';

export type Broken =
  | 'two open migrations of one VM'
  | 'the VM is not where the migrations that landed have brought it'
  | 'a path that the contract does not draw'
  | 'an event is missing, or one too many'
  | 'no job waits for the end of a migration'
  | 'what is due is left';

/** As the contract draws them. */
const EDGES: ReadonlySet<string> = new Set([
  'admitted',
  'admitted verified',
  'admitted revoked',
  'verified in-flight',
  'verified revoked',
  'in-flight landed',
  'in-flight aborted',
  'in-flight unreported',
  'unreported landed',
  'unreported aborted',
]);

/** What holds at every moment. */
export function brokenAtCommit(store: SimStore): Broken | undefined {
  const migrations = store.all('migration');
  if (migrations.filter(isOpen).length > 1) return 'two open migrations of one VM';
  const landed = migrations.filter(({ state }) => state === 'landed');
  const vm = store.get('vm', VM);
  if (vm?.revision !== 1 + landed.length) return 'the VM is not where the migrations that landed have brought it';
  if (landed.length === 0 && vm.host !== HOSTS[0])
    return 'the VM is not where the migrations that landed have brought it';
  if (!migrations.every(hasPath)) return 'a path that the contract does not draw';
  return undefined;
}

function hasPath({ steps, state }: MigrationRow): boolean {
  const edges = steps.map(({ from, to }) => (from === null ? to : `${from} ${to}`));
  const isChain = steps.every(({ from }, at) => from === (steps[at - 1]?.to ?? null));
  return isChain && edges.every((edge) => EDGES.has(edge)) && steps.at(-1)?.to === state;
}

/** What holds when all has come to rest. */
export function brokenAtEnd(store: SimStore): Broken | undefined {
  for (const migration of store.all('migration')) {
    const broken = brokenTrace(store, migration);
    if (broken !== undefined) return broken;
  }
  return store.all('migration').some((row) => isDue(row, store.now)) ? 'what is due is left' : undefined;
}

/** Each step has its event, and each wait a job that ends it. */
function brokenTrace({ events, jobs }: SimStore, { id, steps }: MigrationRow): Broken | undefined {
  const told = events.filter(({ subject }) => subject === `migrations/${id}`).map(({ type }) => type);
  const expected = steps.map(({ to }) => `migration.${to === 'in-flight' ? 'started' : to}`);
  if (told.join() !== expected.join()) return 'an event is missing, or one too many';
  const waits = steps.map(({ to }) => to).filter((to) => WAITS.includes(to));
  const isForgotten = waits.some((to) => !jobs.includes(`berth.migration.due ${id}.${to}`));
  return isForgotten ? 'no job waits for the end of a migration' : undefined;
}

const WAITS: readonly string[] = ['admitted', 'verified', 'in-flight'];
