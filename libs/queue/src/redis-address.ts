import type { RedisOptions } from 'ioredis';

export interface Node {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is: one server, a Sentinel's choice, or a cluster. */
export type RedisAddress =
  | { readonly kind: 'server'; readonly options: RedisOptions }
  | {
      readonly kind: 'sentinel';
      readonly nodes: readonly Node[];
      readonly name: string;
      readonly options: RedisOptions;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly Node[]; readonly options: RedisOptions };

const FORM =
  /^(redis|rediss|valkey|valkeys|redis\+sentinel|redis\+cluster):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?#]+)(?:\/([^?#]*))?$/;

const SCHEMES: ReadonlyMap<string, { readonly kind: RedisAddress['kind']; readonly options: RedisOptions }> = new Map([
  ['redis', { kind: 'server', options: {} }],
  ['valkey', { kind: 'server', options: {} }],
  ['rediss', { kind: 'server', options: { tls: {} } }],
  ['valkeys', { kind: 'server', options: { tls: {} } }],
  ['redis+sentinel', { kind: 'sentinel', options: {} }],
  ['redis+cluster', { kind: 'cluster', options: {} }],
]);

/**
 * `redis://[user[:password]@]host[:port][/db]` (`rediss://` for TLS; `valkey` and `valkeys` are the same), or several hosts with commas
 * between them: `redis+sentinel://a,b,c/name` and `redis+cluster://a,b,c`.
 */
export function parseRedisAddress(url: string): RedisAddress {
  const [, scheme = '', user, password, hosts = '', path = ''] = FORM.exec(url) ?? [];
  const shape = SCHEMES.get(scheme);
  // The address is left out of the message: it may hold a password.
  if (shape === undefined) throw new Error('the address of Redis cannot be read');
  const { kind, options } = shape;
  const nodes = hosts.split(',').map((host) => parseNode(host, kind === 'sentinel' ? 26379 : 6379));
  const common = { ...options, ...login(user, password) };
  if (kind === 'sentinel') return { kind, nodes, name: path === '' ? 'mymaster' : path, options: common };
  if (kind === 'cluster') return { kind, nodes, options: common };
  return { kind, options: { ...common, ...onlyOne(nodes), ...(path === '' ? {} : { db: Number(path) }) } };
}

function onlyOne(nodes: readonly Node[]): Node {
  const [node, ...more] = nodes;
  if (node === undefined || more.length > 0) throw new Error('an address of one Redis server names one host');
  return node;
}

function login(user: string | undefined, password: string | undefined): RedisOptions {
  return {
    ...(user ? { username: decodeURIComponent(user) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
  };
}

function parseNode(text: string, defaultPort: number): Node {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw new Error('the address of Redis cannot be read');
  return { host, port: port === undefined ? defaultPort : Number(port) };
}
