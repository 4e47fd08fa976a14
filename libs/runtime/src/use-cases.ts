import {
  AddressGuard,
  Calibration,
  type CalibrationStore,
  type CatalogueReads,
  CatalogueRows,
  Classing,
  type ClassStore,
  type DeadLetterStore,
  DeadLetters,
  type Documents,
  DriftReconciler,
  type DriftStore,
  Drifts,
  Evaluations,
  EventFeed,
  EventSequencer,
  type EventStore,
  FeedWatch,
  FleetQuestions,
  type FleetStore,
  type HostReads,
  Hosts,
  IdempotencyKeys,
  type IdempotencyStore,
  type JobSender,
  type KeyReads,
  Keys,
  type MigrationSettings,
  type MigrationStore,
  Migrations,
  newId,
  OutboxRelay,
  type OutboxStore,
  type PreflightStore,
  Preflights,
  type PulseStore,
  RegisterFingerprint,
  RegisterManifest,
  ServicePulse,
  type ShadowStore,
  Shadows,
  ShadowWatch,
  SweepChunks,
  SweepReconciler,
  type SweepStore,
  Sweeps,
  TargetsBetween,
  type TicketKeyring,
  TicketKeys,
  type TicketSigner,
  type UnitOfWork,
  type VmReads,
  Vms,
  WebhookCouriers,
  type WebhookReads,
  Webhooks,
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
  readonly catalogue: CatalogueReads;
  readonly sweeps: SweepStore;
  readonly outbox: OutboxStore;
  readonly letters: DeadLetterStore;
  readonly drift: DriftStore;
  readonly classes: ClassStore;
  readonly fleet: FleetStore;
  readonly pulse: PulseStore;
  readonly heartbeatMilliseconds: number;
  readonly sender: JobSender;
  readonly migrations: MigrationStore;
  readonly calibration: CalibrationStore;
  readonly shadows: ShadowStore;
  /** One in each program: what is set through it is known to it at once. */
  readonly shadowWatch: ShadowWatch;
  readonly idempotency: IdempotencyStore;
  readonly migrationSettings: MigrationSettings;
  readonly events: EventStore;
  readonly sequencer: EventSequencer;
  readonly feedWatch: FeedWatch;
  readonly webhooks: WebhookReads;
  readonly guard: AddressGuard;
  readonly webhookRetryMilliseconds: number;
  readonly tickets: TicketKeyring & TicketSigner;
}

type Recipe = readonly [UseCaseType<unknown>, (ports: Ports) => unknown];

const RECIPES: readonly Recipe[] = [
  [RegisterFingerprint, (ports) => new RegisterFingerprint(ports.work, ports.hosts)],
  [RegisterManifest, (ports) => new RegisterManifest(ports.work)],
  [Hosts, (ports) => new Hosts(ports.work, ports.hosts, ports.documents, ports.heartbeatMilliseconds / 1000)],
  [ServicePulse, (ports) => new ServicePulse(ports.pulse, ports.heartbeatMilliseconds)],
  [Vms, (ports) => new Vms(ports.work, ports.vms, ports.documents)],
  [Preflights, preflightsOn],
  [Evaluations, (ports) => new Evaluations(ports.catalogue, ports.documents)],
  [CatalogueRows, (ports) => new CatalogueRows(ports.work, ports.catalogue)],
  [Sweeps, (ports) => new Sweeps(ports.work, ports.sweeps)],
  [Keys, (ports) => new Keys(ports.work, ports.keys)],
  [SweepChunks, (ports) => new SweepChunks(ports.sweeps, ports.documents)],
  [SweepReconciler, (ports) => new SweepReconciler(ports.sweeps, ports.sender)],
  [OutboxRelay, (ports) => new OutboxRelay(ports.outbox, ports.sender)],
  [Migrations, migrationsOn],
  [Calibration, (ports) => new Calibration(ports.calibration)],
  [ShadowWatch, (ports) => ports.shadowWatch],
  [Shadows, (ports) => new Shadows(ports.work, ports.shadows, ports.shadowWatch)],
  [IdempotencyKeys, (ports) => new IdempotencyKeys(ports.idempotency)],
  [DeadLetters, (ports) => new DeadLetters(ports.work, ports.letters)],
  [Drifts, driftsOn],
  [TargetsBetween, (ports) => new TargetsBetween(ports.drift, ports.documents, ports.catalogue)],
  [Classing, (ports) => new Classing(ports.classes, ports.documents)],
  [FleetQuestions, (ports) => new FleetQuestions(ports.fleet, ports.documents)],
  [DriftReconciler, (ports) => new DriftReconciler(ports.drift, ports.sender)],
  [TicketKeys, (ports) => new TicketKeys(ports.work, ports.tickets)],
  [EventSequencer, (ports) => ports.sequencer],
  [FeedWatch, (ports) => ports.feedWatch],
  [EventFeed, (ports) => new EventFeed(ports.events, ports.sequencer, ports.feedWatch)],
  [AddressGuard, (ports) => ports.guard],
  [Webhooks, (ports) => new Webhooks(ports.work, ports.webhooks, ports.guard)],
  [WebhookCouriers, couriersOn],
];

function preflightsOn({ preflights, documents, catalogue, shadowWatch }: Ports): Preflights {
  return new Preflights(preflights, documents, catalogue, shadowWatch.witness);
}

function driftsOn(ports: Ports): Drifts {
  const { work, documents, catalogue: added, drift: store } = ports;
  const preflights = new Preflights(ports.preflights, documents, added);
  return new Drifts({
    work,
    store,
    documents,
    added,
    preflights,
    migrations: migrationsOn(ports),
    letters: new DeadLetters(work, ports.letters),
  });
}

function couriersOn({ work, webhookRetryMilliseconds }: Ports): WebhookCouriers {
  return new WebhookCouriers(work, { retryBaseMilliseconds: webhookRetryMilliseconds });
}

function migrationsOn({ work, migrations, tickets, shadowWatch, migrationSettings }: Ports): Migrations {
  const { witness } = shadowWatch;
  return new Migrations({ work, store: migrations, signer: tickets, newId, witness }, migrationSettings);
}

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
