import { Agent, type IncomingMessage, request } from 'node:http';
import type { Exchange } from './http-client.js';

/** A request as bytes, so that what no well-behaved client would send can be sent. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as they go into the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Buffer | undefined;
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

export function sendWire(port: number, wire: WireRequest): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(
      Object.entries(wire.headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
    );
    const length = wire.body === undefined ? {} : { 'content-length': String(wire.body.length) };
    const outgoing = request(
      { host: '127.0.0.1', port, method: wire.method, path: wire.target, agent, headers: { ...length, ...headers } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => resolve(exchangeOf(wire, incoming, Buffer.concat(chunks).toString('utf8'))));
      },
    );
    // the server may answer and close before it has read all of a body that it refuses
    outgoing.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? undefined : reject(error)));
    outgoing.end(wire.body);
  });
}

function exchangeOf(wire: WireRequest, incoming: IncomingMessage, text: string): Exchange {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const json =
    text !== '' && /json/.test(headers.get('content-type') ?? '') ? (JSON.parse(text) as unknown) : undefined;
  return { method: wire.method, path: wire.target, status: incoming.statusCode ?? 0, headers, text, json };
}
