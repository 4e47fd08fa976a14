import { setTimeout as sleep } from 'node:timers/promises';
import { ServicePulse } from '@berth/application';
import { RUNTIME, type Runtime } from '@berth/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Says every few seconds that there is an API to hear the hosts; the first time before it listens. */
@Injectable()
export class Pulse implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #runtime: Runtime;
  readonly #pulse: ServicePulse;
  readonly #stop = new AbortController();
  #life: Promise<void> = Promise.resolve();

  constructor(@Inject(RUNTIME) runtime: Runtime, @Inject(ServicePulse) pulse: ServicePulse) {
    this.#runtime = runtime;
    this.#pulse = pulse;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#beat();
    this.#life = this.#live();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#life;
  }

  async #live(): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      await sleep(this.#pulse.everyMilliseconds, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#beat();
    }
  }

  /** A database that is away hears no heartbeats either: the silence is found when it is back. */
  async #beat(): Promise<void> {
    await this.#pulse.beat().catch((error: unknown) => this.#runtime.logger.debug({ err: error }, 'no pulse'));
  }
}
