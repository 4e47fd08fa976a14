export interface PulseStore {
  /** That the API is there, and how far apart it asks the hosts to send their heartbeats. */
  touch(heartbeatMilliseconds: number): Promise<void>;
}

/** So many times it says so between two heartbeats: the first one that is missed says nothing yet. */
const TIMES = 4;

/** Tells the database that there is somebody to hear the hosts, so that our own silence is not taken for theirs. */
export class ServicePulse {
  constructor(
    private readonly store: PulseStore,
    private readonly heartbeatMilliseconds: number,
  ) {}

  /** How often it has to be told. */
  get everyMilliseconds(): number {
    return this.heartbeatMilliseconds / TIMES;
  }

  beat(): Promise<void> {
    return this.store.touch(this.heartbeatMilliseconds);
  }
}
