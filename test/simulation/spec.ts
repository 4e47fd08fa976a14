import type { Side } from '@berth/engine';
import { DEADLINE_MILLISECONDS, HOSTS, type HostName, TICKET_MILLISECONDS } from './world.js';

// The whole promise of contract section 4 for one VM, written from the contract and not from the code.

export type Op =
  | { readonly f: 'open'; readonly key: string | undefined; readonly target: HostName; readonly newId: string }
  | { readonly f: 'verify' | 'start' | 'cancel' | 'reconsider'; readonly id: string }
  | { readonly f: 'report'; readonly id: string; readonly side: Side; readonly outcome: 'landed' | 'failed' }
  | { readonly f: 'fact'; readonly host: HostName; readonly fit: boolean }
  | { readonly f: 'sweep' }
  /** Brief: who looks is not told the state. */
  | { readonly f: 'read'; readonly brief?: true };

/** One call as it was seen from outside. Without `out` nobody heard what became of it. */
export interface Call {
  readonly client: string;
  readonly op: Op;
  readonly began: number;
  ended: number;
  /** The store's clock at both ends. */
  readonly from: number;
  until: number;
  out: string | undefined;
}

interface Migration {
  readonly source: string;
  readonly target: string;
  readonly state: 'admitted' | 'verified' | 'in-flight' | 'unreported' | 'landed' | 'aborted' | 'revoked';
  /** When its time is up: not before `early`, and not after `late`. */
  readonly early: number;
  readonly late: number;
  readonly verifiedBy?: string;
  readonly startedBy?: string;
  readonly cancelledBy?: string;
  readonly refused?: boolean;
  readonly said: Readonly<Partial<Record<Side, string>>>;
}

export interface State {
  readonly host: string;
  readonly unfit: readonly string[];
  /** By client and key: what was asked under it, and the migration it made. */
  readonly keys: Readonly<Record<string, { readonly target: string; readonly id: string }>>;
  readonly migrations: Readonly<Record<string, Migration>>;
}

export const BEGINNING: State = { host: HOSTS[0], unfit: [], keys: {}, migrations: {} };

const WAITING: ReadonlySet<string> = new Set(['admitted', 'verified']);
const OPEN: ReadonlySet<string> = new Set(['admitted', 'verified', 'in-flight', 'unreported']);

interface Outcome {
  readonly out: string;
  readonly next: State;
}

/** Every state that the call may have left behind, from this one; none when its answer is impossible here. */
export function step(state: State, call: Call): readonly State[] {
  return struck(state, call.until).flatMap((each) =>
    outcomes(each, call)
      .filter(({ out }) => call.out === undefined || call.out === out)
      .map(({ next }) => next),
  );
}

/** Time may have struck by then, or not yet: a sweep comes when it comes. */
function struck(state: State, until: number): readonly State[] {
  const due = Object.entries(state.migrations).find(([, each]) => OPEN.has(each.state) && each.early <= until);
  if (due === undefined || due[1].state === 'unreported') return [state];
  const [id, migration] = due;
  const to = migration.state === 'in-flight' ? 'unreported' : 'revoked';
  return [state, changed(state, id, { state: to })];
}

function changed(state: State, id: string, change: Partial<Migration>): State {
  const migration = state.migrations[id];
  if (migration === undefined) throw new Error(`no migration ${id}`);
  return { ...state, migrations: { ...state.migrations, [id]: { ...migration, ...change } } };
}

function outcomes(state: State, call: Call): readonly Outcome[] {
  const { op } = call;
  switch (op.f) {
    case 'open':
      return opened(state, call, op);
    case 'fact':
      return [{ out: 'ok', next: { ...state, unfit: withFact(state.unfit, op.host, op.fit) } }];
    case 'sweep':
      return [{ out: 'ok', next: state }];
    case 'read':
      return [{ out: looked(state, op.brief === true), next: state }];
    default: {
      const migration = state.migrations[op.id];
      if (migration === undefined) return [{ out: 'unknown', next: state }];
      return moved(state, call, op, migration);
    }
  }
}

function withFact(unfit: readonly string[], host: string, fit: boolean): readonly string[] {
  return fit ? unfit.filter((each) => each !== host) : [...new Set([...unfit, host])].sort();
}

/** What somebody who looks sees of the VM. */
export function seen(
  host: string | undefined,
  open: { readonly id: string; readonly state: string } | undefined,
): string {
  return `${host} ${open === undefined ? '-' : `${open.id} ${open.state}`}`;
}

function looked({ host, migrations }: State, isBrief: boolean): string {
  const open = Object.entries(migrations).find(([, { state }]) => OPEN.has(state));
  if (isBrief) return `${host} ${open?.[0] ?? '-'}`;
  return seen(host, open === undefined ? undefined : { id: open[0], state: open[1].state });
}

function opened(state: State, call: Call, op: Op & { f: 'open' }): readonly Outcome[] {
  const at = `${call.client}/${op.key}`;
  const known = op.key === undefined ? undefined : state.keys[at];
  if (known !== undefined) return [{ out: known.target === op.target ? `201 ${known.id}` : 'key-reused', next: state }];
  const open = Object.entries(state.migrations).find(([, each]) => OPEN.has(each.state));
  if (open !== undefined) return mayStill(open[1], call) ? [{ out: `409 ${open[0]}`, next: state }] : [];
  if (op.target === state.host || state.unfit.includes(op.target)) return [{ out: 'no', next: state }];
  const times = { early: call.from + TICKET_MILLISECONDS, late: call.until + TICKET_MILLISECONDS };
  const migration: Migration = { source: state.host, target: op.target, state: 'admitted', said: {}, ...times };
  const keys = op.key === undefined ? state.keys : { ...state.keys, [at]: { target: op.target, id: op.newId } };
  return [
    { out: `201 ${op.newId}`, next: { ...state, keys, migrations: { ...state.migrations, [op.newId]: migration } } },
  ];
}

/** One whose time was up before the call began is not treated as if it were not. */
const mayStill = (migration: Migration, { from }: Call): boolean =>
  !WAITING.has(migration.state) || from < migration.late;

type OnMigration = Exclude<Op, { f: 'open' | 'fact' | 'sweep' | 'read' }>;

/** One call on one migration, and what the answer or the next state is made of. */
interface On {
  readonly state: State;
  readonly call: Call;
  readonly id: string;
  readonly migration: Migration;
}

const answer = ({ state }: On, out: string): readonly Outcome[] => [{ out, next: state }];

const to = ({ state, id }: On, change: Partial<Migration> & Pick<Migration, 'state'>): readonly Outcome[] => [
  { out: `ok ${change.state}`, next: changed(state, id, change) },
];

const over = ({ refused }: Migration): string => (refused === true ? 'no' : 'ended');

function moved(state: State, call: Call, op: OnMigration, migration: Migration): readonly Outcome[] {
  const on: On = { state, call, id: op.id, migration };
  if (op.f === 'verify') return verified(on);
  if (op.f === 'start') return started(on);
  if (op.f === 'cancel') return cancelled(on);
  return op.f === 'report' ? reported(on, op) : reconsidered(on);
}

/** The target is no longer fit: the migration is over. */
const refused = ({ state, id }: On, out: string): readonly Outcome[] => [
  { out, next: changed(state, id, { state: 'revoked', refused: true }) },
];

const isUnfit = ({ state, migration }: On): boolean => state.unfit.includes(migration.target);

const within = ({ from, until }: Call, milliseconds: number) => ({
  early: from + milliseconds,
  late: until + milliseconds,
});

function verified(on: On): readonly Outcome[] {
  const { call, migration } = on;
  if (migration.state === 'revoked') return answer(on, over(migration));
  if (migration.state !== 'admitted' && migration.verifiedBy !== call.client) return answer(on, 'other');
  if (!WAITING.has(migration.state)) return answer(on, `ok ${migration.state}`);
  if (!mayStill(migration, call)) return [];
  if (isUnfit(on)) return refused(on, 'no');
  if (migration.state === 'verified') return answer(on, 'ok verified');
  return to(on, { state: 'verified', verifiedBy: call.client, ...within(call, TICKET_MILLISECONDS) });
}

function started(on: On): readonly Outcome[] {
  const { call, migration } = on;
  if (migration.state === 'revoked') return answer(on, over(migration));
  if (!WAITING.has(migration.state))
    return answer(on, migration.startedBy === call.client ? `ok ${migration.state}` : 'other');
  if (!mayStill(migration, call)) return [];
  if (migration.state === 'admitted') return answer(on, 'not-verified');
  if (isUnfit(on)) return refused(on, 'no');
  return to(on, { state: 'in-flight', startedBy: call.client, ...within(call, DEADLINE_MILLISECONDS) });
}

function cancelled(on: On): readonly Outcome[] {
  const { call, migration } = on;
  if (WAITING.has(migration.state)) return to(on, { state: 'revoked', cancelledBy: call.client });
  if (migration.state === 'in-flight' || migration.state === 'unreported') return answer(on, 'in-flight');
  if (migration.cancelledBy === call.client) return answer(on, 'ok revoked');
  return answer(on, migration.cancelledBy === undefined ? 'ended' : 'other');
}

function reconsidered(on: On): readonly Outcome[] {
  const { call, migration } = on;
  if (!WAITING.has(migration.state)) return answer(on, `ok ${migration.state}`);
  if (!mayStill(migration, call)) return [];
  return isUnfit(on) ? refused(on, 'ok revoked') : answer(on, `ok ${migration.state}`);
}

function reported(on: On, { side, outcome }: Op & { f: 'report' }): readonly Outcome[] {
  const { state, id, migration } = on;
  const end = outcome === 'landed' ? 'landed' : 'aborted';
  const said = { ...migration.said, [side]: outcome };
  if (migration.state === 'landed' || migration.state === 'aborted')
    return answer(on, migration.state === end ? `ok ${end}` : 'conflict');
  if (migration.state !== 'in-flight' && migration.state !== 'unreported') return answer(on, 'not-in-flight');
  const isEnough = migration.state === 'in-flight' || said.source === said.target;
  if (!isEnough) return [{ out: 'ok unreported', next: changed(state, id, { said }) }];
  const next = changed(state, id, { state: end, said });
  return [{ out: `ok ${end}`, next: end === 'landed' ? { ...next, host: migration.target } : next }];
}
