import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Link {
  readonly near: Socket;
  readonly far: Socket;
}

/** Stands between a client and its server, and fails as networks do. */
export class TcpProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #links = new Set<Link>();
  #server: Server | undefined;
  #port = 0;

  constructor(target: { host: string; port: number }) {
    this.#target = target;
  }

  static async to(target: { host: string; port: number }): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.heal();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** The links there are stay open and carry nothing any more, either way; new ones work. */
  freeze(): void {
    for (const { near, far } of this.#links) {
      near.unpipe(far);
      far.unpipe(near);
      near.resume();
      far.resume();
    }
  }

  /** Cuts all links and refuses new ones. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const link of this.#links) destroy(link);
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
  }

  /** Takes new links, on the same port as before. */
  async heal(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((near) => this.#join(near));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  #join(near: Socket): void {
    const link = { near, far: connect(this.#target) };
    this.#links.add(link);
    for (const socket of [near, link.far]) {
      socket.on('error', () => destroy(link));
      socket.on('close', () => {
        destroy(link);
        this.#links.delete(link);
      });
    }
    near.pipe(link.far);
    link.far.pipe(near);
  }
}

function destroy({ near, far }: Link): void {
  near.destroy();
  far.destroy();
}
