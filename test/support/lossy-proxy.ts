import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What a caller says and a proxy passes on. */
const PASSED = ['authorization', 'content-type', 'idempotency-key'] as const;

/** Passes every call on, and loses the first answer to each: what was asked has happened, and nobody heard of it. */
export class LossyProxy {
  /** Method, path and status of each answer that was lost. */
  readonly lost: string[] = [];
  readonly #target: string;
  readonly #server: Server;
  readonly #asked = new Set<string>();

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  static async to(target: string): Promise<LossyProxy> {
    const proxy = new LossyProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = `${request.method} ${request.url}`;
    const headers = PASSED.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value] as [string, string]] : [];
    });
    const body = await buffer(request);
    const answer = await fetch(this.#target + request.url, {
      method: request.method ?? 'GET',
      headers,
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    const text = await answer.text();
    if (this.#asked.has(call)) {
      response
        .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
        .end(text);
      return;
    }
    this.#asked.add(call);
    this.lost.push(`${call} ${answer.status}`);
    response.destroy();
  }
}
