import type { CatalogueReads } from '../catalogue/catalogue-reads.js';
import type { DeadLetters } from '../door/dead-letters.js';
import type { NewEvent } from '../events/event-statements.js';
import type { Documents } from '../ports/documents.js';
import type { Tx, UnitOfWork } from '../ports/unit-of-work.js';
import type { Preflights } from '../preflights/preflights.js';
import { Unavailable } from '../unavailable.js';
import { type DriftRef, driftJob, MAX_FAILURES } from './drift-job.js';
import type { DriftProgress } from './drift-statements.js';
import type { DriftStore, OpenDrift } from './drift-store.js';
import { type DriftedAnswer, DriftedAnswers } from './drifted-answers.js';
import { DriftedTargets } from './drifted-targets.js';
import type { FewTargets } from './few-targets.js';

/** The migrations that hang on a host or a VM. */
export interface OpenMigrations {
  openOn(fleet: string, on: { readonly vm: string } | { readonly host: string }): Promise<readonly string[]>;
  /** Evaluates it again, and revokes it when it is compatible no more. May be called again. */
  reconsider(fleet: string, id: string): Promise<unknown>;
}

export interface DriftPorts {
  readonly work: UnitOfWork;
  readonly store: DriftStore;
  readonly documents: Documents;
  readonly added: CatalogueReads;
  readonly preflights: Preflights;
  readonly migrations: OpenMigrations;
  readonly letters: Pick<DeadLetters, 'bury'>;
}

/** What became of a part: `over` when another has done it, or something changed again since; given up, it is a dead letter. */
export type DriftRun =
  | { readonly kind: 'done'; readonly events: number; readonly next: DriftProgress | undefined }
  | { readonly kind: 'over' }
  | { readonly kind: 'given-up'; readonly why: string };

/** What one part found. */
interface Found {
  readonly events: readonly DriftEvent[];
  readonly next: DriftProgress | undefined;
}

interface DriftEvent {
  readonly vm: string;
  readonly event: NewEvent;
  /** Whether it is news, asked and noted in the transaction that tells it. */
  readonly isNews?: (tx: Tx) => Promise<boolean>;
}

/**
 * Looks at all that hangs on a host or a VM that changed, part by part. A part may run twice, twice at once, or die anywhere: what it
 * tells comes in one transaction with the step to the next part, so it is told once.
 */
export class Drifts {
  readonly #ports: DriftPorts;
  readonly #answers: DriftedAnswers;
  readonly #targets: DriftedTargets;

  constructor(ports: DriftPorts) {
    this.#ports = ports;
    this.#answers = new DriftedAnswers(ports.store, ports.preflights);
    this.#targets = new DriftedTargets(ports.store, ports.documents, ports.added);
  }

  async run(ref: DriftRef): Promise<DriftRun> {
    const drift = await this.#ports.store.begin(ref);
    if (drift === undefined) return { kind: 'over' };
    try {
      return await this.#look(ref, drift);
    } catch (error) {
      // The store's absence says nothing about the part.
      if (error instanceof Unavailable) throw error;
      if ((await this.#ports.store.fail(ref)) !== MAX_FAILURES) throw error;
      return this.#giveUp(ref, error instanceof Error ? error.message : String(error));
    }
  }

  /** It stays as it is and is not sent again, unless somebody puts its letter back or something changes again. */
  async #giveUp(ref: DriftRef, message: string): Promise<DriftRun> {
    const why = `failed ${MAX_FAILURES} times: ${message}`;
    const { queue, id, payload } = driftJob(ref);
    await this.#ports.letters.bury({ queue, job: id, sentAt: 0, data: payload, reason: why });
    return { kind: 'given-up', why };
  }

  async #look(ref: DriftRef, drift: OpenDrift): Promise<DriftRun> {
    // First of all, and as often as the job runs: a migration that may start is why the rest is of interest.
    if (ref.part === 0) await this.#reconsider(ref);
    const found =
      drift.step === 'answers' ? await this.#lookAtAnswers(ref, drift) : await this.#lookAtTargets(ref, drift);
    const told = await this.#tell(ref, found);
    return told === undefined ? { kind: 'over' } : { kind: 'done', events: told, next: found.next };
  }

  async #reconsider({ fleet, kind, name }: DriftRef): Promise<void> {
    const { migrations } = this.#ports;
    const open = await migrations.openOn(fleet, kind === 'vm' ? { vm: name } : { host: name });
    const faults: unknown[] = [];
    // One that cannot be looked at keeps no other waiting.
    for (const id of open) await migrations.reconsider(fleet, id).catch((fault: unknown) => faults.push(fault));
    if (faults.length > 0) throw faults[0];
  }

  async #lookAtAnswers(ref: DriftRef, drift: OpenDrift): Promise<Found> {
    const { drifted, after } = await this.#answers.part(ref, drift);
    const next: DriftProgress = after === undefined ? { step: 'targets', after: '' } : { step: 'answers', after };
    return { events: drifted.map((answer) => answerChanged(ref, answer)), next };
  }

  async #lookAtTargets(ref: DriftRef, drift: OpenDrift): Promise<Found> {
    const { few, after } = await this.#targets.part(ref, drift);
    const next: DriftProgress | undefined = after === undefined ? undefined : { step: 'targets', after };
    return { events: few.map((left) => targetsFew(ref, left)), next };
  }

  /** How many events; undefined, and none of them, when another was first. */
  async #tell(ref: DriftRef, { events, next }: Found): Promise<number | undefined> {
    // In the order of their names: another part that tells of the same VMs waits, and not for ever.
    const ordered = [...events].sort((a, b) => (a.vm < b.vm ? -1 : Number(a.vm > b.vm)));
    try {
      return await this.#ports.work.run(async (tx) => {
        let told = 0;
        for (const event of ordered) if (await tell(tx, ref.fleet, event)) told += 1;
        await goOn(tx, ref, next);
        return told;
      });
    } catch (error) {
      if (error instanceof Overtaken) return undefined;
      throw error;
    }
  }
}

/** Thrown, so that what was written goes with it. */
class Overtaken extends Error {}

async function goOn(tx: Tx, ref: DriftRef, next: DriftProgress | undefined): Promise<void> {
  const first = next === undefined ? await tx.drift.end(ref) : await tx.drift.move(ref, next);
  if (!first) throw new Overtaken('another has done this part');
  if (next !== undefined) await tx.outbox.put(ref.fleet, [driftJob({ ...ref, part: ref.part + 1 })]);
}

async function tell(tx: Tx, fleet: string, { vm, event, isNews }: DriftEvent): Promise<boolean> {
  // Of a VM that is gone there is nothing more to tell.
  if ((await tx.vms.lock(fleet, vm)) === undefined) return false;
  if (isNews !== undefined && !(await isNews(tx))) return false;
  await tx.events.emit(fleet, event);
  return true;
}

const causeOf = ({ kind, name }: DriftRef): { readonly kind: string; readonly name: string } => ({ kind, name });

function answerChanged(ref: DriftRef, { answer, outcome, reason }: DriftedAnswer): DriftEvent {
  const { id, vm, target, told } = answer;
  const data = {
    preflight: id,
    vm,
    target,
    was: told ?? null,
    outcome: outcome ?? null,
    reason: reason ?? null,
    cause: causeOf(ref),
  };
  return {
    vm,
    event: { type: 'answer.changed', subject: `vms/${vm}`, data },
    isNews: (tx) => tx.drift.tell(ref.fleet, id, outcome),
  };
}

function targetsFew(ref: DriftRef, { vm, targets }: FewTargets): DriftEvent {
  const data = { vm, count: targets.length, targets, cause: causeOf(ref) };
  return { vm, event: { type: 'vm.targets-few', subject: `vms/${vm}`, data } };
}
