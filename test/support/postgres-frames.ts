import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const STARTUP_LENGTH_AT = 0;
const LENGTH_AT = 1;
const LENGTH_BYTES = 4;

/** Cuts a stream of the Postgres protocol into its messages. Only a client's first has no type byte. */
export class Frames {
  #rest = Buffer.alloc(0);
  #untyped: boolean;

  constructor(startsUntyped: boolean) {
    this.#untyped = startsUntyped;
  }

  take(bytes: Buffer): readonly Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    for (let end = this.#end(); end !== undefined && end <= this.#rest.length; end = this.#end()) {
      frames.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
      this.#untyped = false;
    }
    return frames;
  }

  #end(): number | undefined {
    const at = this.#untyped ? STARTUP_LENGTH_AT : LENGTH_AT;
    return this.#rest.length < at + LENGTH_BYTES ? undefined : at + this.#rest.readInt32BE(at);
  }
}

export interface Cut {
  /** Counted over all links and both directions, from 0. */
  readonly message: number;
  readonly when: 'before' | 'after';
}

/** Stands before a Postgres and cuts everything at one message, as a killed client or a lost network does. */
export class FrameProxy {
  readonly #target: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut: Cut | undefined;
  #passed = 0;
  #isCut = false;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((near) => this.#link(near));
  }

  static async to(target: string): Promise<FrameProxy> {
    const proxy = new FrameProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    const url = new URL(this.#target);
    if (typeof address === 'object' && address !== null) url.host = `127.0.0.1:${address.port}`;
    return url.href;
  }

  /** How many messages have gone through. */
  get passed(): number {
    return this.#passed;
  }

  cutAt(cut: Cut): void {
    this.#cut = cut;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #link(near: Socket): void {
    if (this.#isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(this.#target.port || 5432), this.#target.hostname);
    this.#pass(near, far, new Frames(true));
    this.#pass(far, near, new Frames(false));
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
  }

  #pass(from: Socket, to: Socket, frames: Frames): void {
    from.on('data', (bytes: Buffer) => {
      for (const frame of frames.take(bytes)) this.#forward(frame, to);
    });
  }

  #forward(frame: Buffer, to: Socket): void {
    if (this.#isCut) return;
    const hit = this.#cut?.message === this.#passed ? this.#cut.when : undefined;
    this.#passed += 1;
    if (hit !== 'before') to.write(frame);
    if (hit === undefined) return;
    this.#isCut = true;
    // What was written goes out before the end does.
    for (const socket of this.#sockets) socket.destroySoon();
  }
}
