import {
  type Caller,
  type HostReads,
  Hosts,
  type MigrationAnswer,
  type MigrationOpened,
  Migrations,
} from '@berth/application';
import { isOpen, type SimStore } from './sim-store.js';
import { dueIn, SimUnitOfWork } from './sim-tx.js';
import { type Op, seen } from './spec.js';
import { DEADLINE_MILLISECONDS, DOCUMENTS, FLEET, TICKET_MILLISECONDS, VM } from './world.js';

const SETTINGS = { ticketMilliseconds: TICKET_MILLISECONDS, deadlineMilliseconds: DEADLINE_MILLISECONDS };

/** One call of one client to one process, and its answer in a word or two. */
export interface Asking {
  readonly store: SimStore;
  readonly process: number;
  readonly client: string;
}

export async function ask(asking: Asking, op: Op): Promise<string> {
  if (op.f === 'read') return atOnce(asking, look);
  if (op.f === 'fact') return tellFact(asking, op);
  const migrations = migrationsFor(asking, op);
  const caller = callerOf(asking);
  if (op.f === 'sweep') return migrations.sweep().then(() => 'ok');
  if (op.f === 'open') return open(migrations, caller, op);
  if (op.f === 'report')
    return answered(await migrations.report(caller, op.id, { side: op.side, outcome: op.outcome }));
  if (op.f !== 'reconsider') return answered(await migrations[op.f](caller, op.id));
  const state = await migrations.reconsider(FLEET, op.id);
  return state === undefined ? 'unknown' : `ok ${state}`;
}

const callerOf = ({ client }: Asking): Caller => ({ fleet: FLEET, keyId: client, role: 'admin' });

function migrationsFor(asking: Asking, op: Op): Migrations {
  const { store, process } = asking;
  const ports = {
    work: new SimUnitOfWork(store, process),
    store: { find: unasked, page: unasked, openOn: unasked, due: () => atOnce(asking, dueIn) },
    signer: { sign: async (claims: object) => JSON.stringify(claims) },
    newId: () => (op.f === 'open' ? op.newId : ''),
  };
  return new Migrations(ports, SETTINGS);
}

/** What is read outside every transaction: one statement, of what is committed. */
async function atOnce<T>({ store, process }: Asking, read: (store: SimStore) => T): Promise<T> {
  await store.scheduler.point(process);
  return read(store);
}

function look(store: SimStore): string {
  const migrations = store.all('migration').filter(isOpen);
  return seen(store.get('vm', VM)?.host, migrations[0]);
}

async function tellFact(asking: Asking, { host, fit }: Op & { f: 'fact' }): Promise<string> {
  const hosts = new Hosts(new SimUnitOfWork(asking.store, asking.process), NO_HOSTS, DOCUMENTS);
  await hosts.patch(callerOf(asking), host, { state: fit ? 'active' : 'cordoned' });
  return 'ok';
}

async function open(migrations: Migrations, caller: Caller, { key, target }: Op & { f: 'open' }): Promise<string> {
  const print = ({ id }: { readonly id: string }): string => id;
  const kept = key === undefined ? undefined : { key, requestDigest: target, print };
  return opened(await migrations.open(caller, { vm: VM, target }, kept));
}

function opened(answer: MigrationOpened): string {
  switch (answer.kind) {
    case 'opened':
      return `201 ${answer.migration.id}`;
    case 'replayed':
      return `201 ${answer.body}`;
    case 'migration-open':
      return `409 ${answer.id}`;
    case 'not-compatible':
      return 'no';
    default:
      return answer.kind;
  }
}

const WORDS: Readonly<Partial<Record<MigrationAnswer['kind'], string>>> = {
  'not-compatible': 'no',
  'other-caller': 'other',
  'report-conflict': 'conflict',
  'migration-unknown': 'unknown',
};

function answered(answer: MigrationAnswer): string {
  return answer.kind === 'done' ? `ok ${answer.migration.state}` : (WORDS[answer.kind] ?? answer.kind);
}

const unasked = async (): Promise<never> => {
  throw new Error('nobody in this simulation asks that');
};
const NO_HOSTS: HostReads = {
  find: async () => undefined,
  page: unasked,
  revision: unasked,
  revisions: unasked,
  beat: unasked,
  renewUnchanged: unasked,
};
