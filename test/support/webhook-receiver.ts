import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestCertificate } from './certificate.js';
import { Webhook } from './standard-webhooks.js';

/** One message as it came. */
export interface Received {
  readonly id: string;
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every type
  readonly event: any;
  readonly status: number;
}

/** What a receiver does with a message: a status, or something of its own with the response. */
export type Behaviour = (received: Omit<Received, 'status'>, response: ServerResponse) => number | Promise<number>;

const well: Behaviour = () => 204;

/** A real HTTP server that is sent messages. Each signature is checked by the package of Standard Webhooks. */
export class WebhookReceiver {
  /** Every message, in the order in which they came. */
  readonly received: Received[] = [];
  /** Messages whose signature was not good. */
  readonly forged: string[] = [];
  behave: Behaviour = well;
  /** As the sender gave it; until it is set nothing is checked. */
  secret: string | undefined;
  atOnce = 0;
  mostAtOnce = 0;
  #server: Server | undefined;
  port = 0;

  /** With a certificate it is reached by HTTPS, under this name or address. */
  constructor(
    private readonly tls?: TestCertificate,
    private readonly host = '127.0.0.1',
  ) {}

  static async start(tls?: TestCertificate, host?: string): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(tls, host);
    await receiver.listen();
    return receiver;
  }

  get url(): string {
    return `${this.tls === undefined ? 'http' : 'https'}://${this.host}:${this.port}/hook`;
  }

  /** Comes (back) to its port. */
  async listen(): Promise<void> {
    const take = (request: IncomingMessage, response: ServerResponse): void => void this.#take(request, response);
    const server = this.tls === undefined ? createServer(take) : createTlsServer(this.tls, take);
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Goes away, with all links. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  well(): void {
    this.behave = well;
  }

  /** The messages that were taken, each once, in the order in which they first were. */
  get taken(): Received[] {
    const good = this.received.filter(({ status }) => status >= 200 && status < 300);
    return good.filter(({ id }, at) => good.findIndex((other) => other.id === id) === at);
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    this.#check(body, headers);
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    const message = { id: headers['webhook-id'] ?? '', at: Date.now(), headers, body, event: JSON.parse(body) };
    const status = await this.behave(message, response);
    this.atOnce -= 1;
    this.received.push({ ...message, status });
    if (!response.headersSent && !response.destroyed) response.writeHead(status).end('seen');
  }

  #check(body: string, headers: Record<string, string>): void {
    if (this.secret === undefined) return;
    try {
      new Webhook(this.secret).verify(body, headers);
    } catch (error) {
      this.forged.push(String(error));
    }
  }
}
