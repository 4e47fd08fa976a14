import {
  DeadLetters,
  DRIFT_QUEUE,
  type DriftJob,
  type DriftPorts,
  type DriftRun,
  Drifts,
  type Job,
  OutboxRelay,
} from '@berth/application';
import { fingerprint, manifest, openFleet, type TestFleet } from './fleet.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM } from './migratable.js';

/** What was told, in the order of the telling. */
export interface Told {
  readonly type: string;
  readonly subject: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape
  readonly data: any;
}

/** A fleet in which every VM may go everywhere, and a worker for what changes in it, as slow as the test wants it. */
export class DriftLab {
  readonly drifts: Drifts;
  #clock = Date.now() - 3_600_000;

  private constructor(readonly fleet: TestFleet) {
    this.drifts = new Drifts(this.ports());
  }

  static async open(): Promise<DriftLab> {
    return new DriftLab(await openFleet());
  }

  ports(): DriftPorts {
    const { database, preflights, migrations } = this.fleet;
    const { work, documents, catalogue: added, drift: store } = database;
    const letters = new DeadLetters(work, database.letters);
    return { work, store, documents, added, preflights, migrations, letters };
  }

  /** Each time later than the time before. */
  host(name: string, sections: typeof MIGRATABLE_HOST = MIGRATABLE_HOST) {
    this.#clock += 1_000;
    const parts = { machineId: `machine of ${name}`, bootId: `boot of ${name}`, ...sections };
    const at = new Date(this.#clock).toISOString();
    return this.fleet.registerFingerprint.run(this.fleet.operator, name, fingerprint(at, parts));
  }

  vm(name: string, host: string, sections: typeof MIGRATABLE_VM = MIGRATABLE_VM) {
    const parts = { ...sections, host, runId: `run of ${name}` };
    return this.fleet.registerManifest.run(this.fleet.operator, name, manifest(parts));
  }

  /** The id of an answer that holds. */
  async ask(vm: string, target: string, more: object = {}): Promise<string> {
    const answer = await this.fleet.preflights.ask(this.fleet.operator, { vm, target, ...more });
    if (answer.kind !== 'answered') throw new Error(answer.kind);
    return answer.id;
  }

  /** The drift's jobs that wait in the outbox, which they leave with this. */
  async jobs(): Promise<readonly DriftJob[]> {
    const jobs: Job[] = [];
    const sender = { send: async (some: readonly Job[]) => void jobs.push(...some) };
    await new OutboxRelay(this.fleet.database.outbox, sender).drain();
    return jobs.filter(({ queue }) => queue === DRIFT_QUEUE).map(({ payload }) => payload as unknown as DriftJob);
  }

  async run({ v: _, ...ref }: DriftJob): Promise<DriftRun> {
    return this.drifts.run(ref);
  }

  /** Does all the work there is, and what comes of it; answers how many parts it was. */
  async settle(): Promise<number> {
    let parts = 0;
    for (let jobs = await this.jobs(); jobs.length > 0; jobs = await this.jobs()) {
      for (const job of jobs) await this.run(job);
      parts += jobs.length;
    }
    return parts;
  }

  async told(...types: readonly string[]): Promise<readonly Told[]> {
    const rows = await this.query('SELECT type, subject, data FROM event ORDER BY id');
    return rows
      .filter(({ type }) => types.includes(type))
      .map(({ type, subject, data }) => ({ type, subject, data: JSON.parse(data) }));
  }

  /** Forgets all that was told so far, and what is still to be looked at. */
  async forget(): Promise<void> {
    await this.jobs();
    await this.query('TRUNCATE event, drift');
  }

  async query(text: string, values: unknown[] = []) {
    return (await this.fleet.database.pool.query(text, values)).rows;
  }

  close(): Promise<void> {
    return this.fleet.close();
  }
}
