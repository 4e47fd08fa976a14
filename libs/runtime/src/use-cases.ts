import {
  type Documents,
  Evaluations,
  type HostReads,
  Hosts,
  type JobSender,
  type KeyReads,
  Keys,
  OutboxRelay,
  type OutboxStore,
  type PreflightStore,
  Preflights,
  RegisterFingerprint,
  RegisterManifest,
  SweepChunks,
  SweepReconciler,
  type SweepStore,
  Sweeps,
  type UnitOfWork,
  type VmReads,
  Vms,
} from '@berth/application';
import type { UseCaseType } from './runtime.js';

/** Everything the use-cases need from outside. */
export interface Ports {
  readonly work: UnitOfWork;
  readonly hosts: HostReads;
  readonly vms: VmReads;
  readonly keys: KeyReads;
  readonly documents: Documents;
  readonly preflights: PreflightStore;
  readonly sweeps: SweepStore;
  readonly outbox: OutboxStore;
  readonly sender: JobSender;
}

type Recipe = readonly [UseCaseType<unknown>, (ports: Ports) => unknown];

const RECIPES: readonly Recipe[] = [
  [RegisterFingerprint, (ports) => new RegisterFingerprint(ports.work, ports.hosts)],
  [RegisterManifest, (ports) => new RegisterManifest(ports.work)],
  [Hosts, (ports) => new Hosts(ports.work, ports.hosts, ports.documents)],
  [Vms, (ports) => new Vms(ports.work, ports.vms, ports.documents)],
  [Preflights, (ports) => new Preflights(ports.preflights, ports.documents)],
  [Evaluations, () => new Evaluations()],
  [Sweeps, (ports) => new Sweeps(ports.work, ports.sweeps)],
  [Keys, (ports) => new Keys(ports.work, ports.keys)],
  [SweepChunks, (ports) => new SweepChunks(ports.sweeps, ports.documents)],
  [SweepReconciler, (ports) => new SweepReconciler(ports.sweeps, ports.sender)],
  [OutboxRelay, (ports) => new OutboxRelay(ports.outbox, ports.sender)],
];

/** Every use-case class of `@berth/application`: each is a token that an app can inject. */
export const USE_CASES: readonly UseCaseType<unknown>[] = RECIPES.map(([type]) => type);

/** One instance of each, found by its class. */
export function buildUseCases(ports: Ports): <T>(type: UseCaseType<T>) => T {
  const built = new Map(RECIPES.map(([type, build]) => [type, build(ports)]));
  return <T>(type: UseCaseType<T>): T => {
    const found = built.get(type);
    if (!(found instanceof type)) throw new Error(`\`${type.name}\` is not a use-case`);
    return found;
  };
}
