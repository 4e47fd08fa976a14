// Workers that each take one job after another. A job that never ends costs its worker, and is answered for by another.
import { Worker } from 'node:worker_threads';

const WORKER = new URL('worker.mjs', import.meta.url);
const NEVER_ENDS = 60_000;

export class Pool {
  #workers = new Set();
  #jobs = [];
  #settings;
  #failed;
  #departed;
  /** The answers that were stored, and that these sources do not give. */
  departed = new Promise((resolve) => {
    this.#departed = resolve;
  });

  constructor(count, settings) {
    this.#settings = settings;
    for (let at = 0; at < count; at += 1) this.#start(at === 0);
  }

  /** What kills a mutant among the kept questions; `undefined`: nothing. */
  killerOf(mutant) {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ mutant, resolve, reject });
      this.#give();
    });
  }

  #start(isFirst) {
    const worker = new Worker(WORKER, { workerData: { ...this.#settings, isFirst } });
    const state = { worker, isReady: false, job: undefined, timer: undefined };
    this.#workers.add(state);
    worker.on('message', (message) => this.#hear(state, message));
    worker.on('error', (error) => this.#fail(error));
  }

  #hear(state, { departed, ready, killer }) {
    if (departed !== undefined) return this.#departed(departed);
    clearTimeout(state.timer);
    state.isReady = true;
    if (ready === undefined) state.job.resolve(killer);
    state.job = undefined;
    return this.#give();
  }

  #give() {
    for (const state of this.#workers) {
      if (!state.isReady || state.job !== undefined || this.#jobs.length === 0) continue;
      state.job = this.#jobs.shift();
      state.timer = setTimeout(() => this.#replace(state), NEVER_ENDS);
      state.worker.postMessage({ mutant: state.job.mutant });
    }
    if (this.#failed !== undefined) this.#fail(this.#failed);
  }

  #replace(state) {
    this.#workers.delete(state);
    void state.worker.terminate();
    state.job.resolve('it never ends');
    this.#start(false);
  }

  #fail(error) {
    this.#failed = error;
    const waiting = [...this.#jobs.splice(0), ...[...this.#workers].flatMap(({ job }) => job ?? [])];
    for (const { reject } of waiting) reject(error);
  }

  async close() {
    await Promise.all([...this.#workers].map(({ worker }) => worker.terminate()));
  }
}
