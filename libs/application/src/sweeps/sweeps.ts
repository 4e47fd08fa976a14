import type { Outcome, Phase, Policy } from '@berth/engine';
import type { Caller } from '../caller.js';
import { pageOf } from '../cursor.js';
import { isId, newId } from '../new-id.js';
import type { CursorInvalid, Listed, Page } from '../page.js';
import type { Tx, UnitOfWork } from '../ports/unit-of-work.js';
import type { Selector } from './selector.js';
import { sweepJob } from './sweep-job.js';
import { planSweep } from './sweep-plan.js';
import type { SweepRecord, SweepResult, SweepStore } from './sweep-store.js';

export type SelectorSide = 'vms' | 'targets';

export interface SweepRequest {
  readonly vms: Selector;
  readonly targets: Selector;
  readonly policy?: Policy | undefined;
  readonly phases?: readonly Phase[] | undefined;
}

export type SweepStart =
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'selector-empty'; readonly which: SelectorSide }
  | { readonly kind: 'name-unknown'; readonly which: SelectorSide; readonly name: string };

export type SweepCancel = { readonly kind: 'cancelled' | 'already-finished' | 'sweep-unknown' };

export interface ResultsPage extends Page {
  readonly outcome?: Outcome | undefined;
}

/** Many VMs against many hosts. The work is done elsewhere, chunk by chunk: see `SweepChunks`. */
export class Sweeps {
  readonly #unitOfWork: UnitOfWork;
  readonly #store: SweepStore;

  constructor(unitOfWork: UnitOfWork, store: SweepStore) {
    this.#unitOfWork = unitOfWork;
    this.#store = store;
  }

  /** The sweep, its work list, the jobs to come and the audit row: all of it or nothing. */
  start(caller: Caller, request: SweepRequest): Promise<SweepStart> {
    const id = newId();
    return this.#unitOfWork.run((tx) => start(tx, caller, id, request));
  }

  async get(caller: Caller, id: string): Promise<{ kind: 'found'; sweep: SweepRecord } | { kind: 'sweep-unknown' }> {
    const sweep = await this.#find(caller, id);
    return sweep === undefined ? { kind: 'sweep-unknown' } : { kind: 'found', sweep };
  }

  async results(
    caller: Caller,
    id: string,
    page: ResultsPage,
  ): Promise<Listed<SweepResult> | CursorInvalid | { kind: 'sweep-unknown' }> {
    const sweep = await this.#find(caller, id);
    if (sweep === undefined) return { kind: 'sweep-unknown' };
    const list = `sweep/${id}/${page.outcome ?? ''}`;
    return pageOf(list, page, keyOf, (after, limit) =>
      this.#store.results(caller.fleet, id, page.outcome, pairOf(after), limit),
    );
  }

  async cancel(caller: Caller, id: string): Promise<SweepCancel> {
    if (!isId(id)) return { kind: 'sweep-unknown' };
    return this.#unitOfWork.run(async (tx): Promise<SweepCancel> => {
      const before = await tx.sweeps.cancel(caller.fleet, id);
      if (before === undefined) return { kind: 'sweep-unknown' };
      if (before === 'cancelled') return { kind: 'cancelled' };
      if (before === 'succeeded' || before === 'failed') return { kind: 'already-finished' };
      await tx.audit.write(caller, 'sweep.cancel', id, {});
      return { kind: 'cancelled' };
    });
  }

  async #find(caller: Caller, id: string): Promise<SweepRecord | undefined> {
    return isId(id) ? this.#store.find(caller.fleet, id) : undefined;
  }
}

// Names have no spaces.
const keyOf = (result: SweepResult): string => `${result.vm} ${result.target}`;

function pairOf(key: string): { vm: string; target: string } {
  const [vm = '', target = ''] = key.split(' ');
  return { vm, target };
}

async function start(tx: Tx, caller: Caller, id: string, request: SweepRequest): Promise<SweepStart> {
  const { fleet } = caller;
  const vms = await tx.sweeps.vms(fleet, request.vms);
  const noVms = unmet('vms', request.vms, new Set(vms.map((vm) => vm.name)));
  if (noVms !== undefined) return (await unknownHost(tx, fleet, request.vms)) ?? noVms;
  const targets = await tx.sweeps.targets(fleet, request.targets);
  const noTargets = unmet('targets', request.targets, new Set(targets));
  if (noTargets !== undefined) return noTargets;
  const plan = planSweep(vms, targets);
  // All that was asked is VMs against the host they are on.
  if (plan.total === 0) return { kind: 'selector-empty', which: 'targets' };
  await tx.sweeps.insert({
    ...plan,
    fleet,
    id,
    policy: request.policy ?? 'strict',
    phases: request.phases,
    vms,
    targets,
  });
  const chunks = plan.vmBands.length * plan.targetBands.length;
  await tx.outbox.put(
    fleet,
    Array.from({ length: chunks }, (_, chunk) => sweepJob(fleet, id, chunk)),
  );
  await tx.audit.write(caller, 'sweep.start', id, { vms: vms.length, targets: targets.length, total: plan.total });
  return { kind: 'accepted', id };
}

/** What is wrong with a selector, given the names it came to. */
function unmet(which: SelectorSide, selector: Selector, found: ReadonlySet<string>): SweepStart | undefined {
  if ('names' in selector) {
    const name = selector.names.find((asked) => !found.has(asked));
    if (name !== undefined) return { kind: 'name-unknown', which, name };
  }
  if (found.size > 0) return undefined;
  if (which === 'targets' && 'host' in selector) return { kind: 'name-unknown', which, name: selector.host };
  return { kind: 'selector-empty', which };
}

/** The VMs of a host that is not registered are an error of the name, those of an empty host are none. */
async function unknownHost(tx: Tx, fleet: string, selector: Selector): Promise<SweepStart | undefined> {
  if (!('host' in selector)) return undefined;
  const hosts = await tx.sweeps.targets(fleet, selector);
  return hosts.length === 0 ? { kind: 'name-unknown', which: 'vms', name: selector.host } : undefined;
}
