import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

export type Resolve = (hostname: string) => Promise<readonly Address[]>;

export type Guarded =
  | { readonly kind: 'allowed'; readonly addresses: readonly Address[] }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unresolved'; readonly why: string };

type Subnet = readonly [network: string, prefix: number];

function listOf(ipv4: readonly Subnet[], ipv6: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ipv4) list.addSubnet(network, prefix, 'ipv4');
  for (const [network, prefix] of ipv6) list.addSubnet(network, prefix, 'ipv6');
  return list;
}

// Where no receiver ever is: this network, link-local with the metadata services of clouds, multicast, reserved.
const NEVER = listOf(
  [
    ['0.0.0.0', 8],
    ['169.254.0.0', 16],
    ['100.100.100.200', 32],
    ['192.0.0.192', 32],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ],
  [
    ['fd00:ec2::', 32],
    ['fd20:ce::', 32],
    ['2002::', 16],
    ['2001::', 32],
  ],
);

// Not reached from everywhere: loopback, private, shared, for benchmarks, for documentation (IANA's special-purpose registries).
const PRIVATE = listOf(
  [
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
  ],
  [
    ['::1', 128],
    ['fc00::', 7],
    ['2001::', 23],
    ['2001:db8::', 32],
    ['3fff::', 20],
  ],
);

const GLOBAL = listOf([], [['2000::', 3]]);
// What these hold is an IPv4 address, and it is that one that is reached.
const EMBEDDING = listOf(
  [],
  [
    ['::ffff:0:0', 96],
    ['64:ff9b::', 96],
  ],
);

export type Reach = 'public' | 'private' | 'never';

/** Who could be met at an address. What is not an address is never reached. */
export function reachOf(address: string): Reach {
  const [bare = ''] = address.split('%');
  const family = isIP(bare);
  if (family === 4) return reachOfIpv4(bare);
  if (family === 6) return reachOfIpv6(bare);
  return 'never';
}

function reachOfIpv4(address: string): Reach {
  if (NEVER.check(address, 'ipv4')) return 'never';
  return PRIVATE.check(address, 'ipv4') ? 'private' : 'public';
}

function reachOfIpv6(address: string): Reach {
  if (EMBEDDING.check(address, 'ipv6')) return reachOfIpv4(lastFourOf(address));
  if (NEVER.check(address, 'ipv6')) return 'never';
  if (PRIVATE.check(address, 'ipv6')) return 'private';
  return GLOBAL.check(address, 'ipv6') ? 'public' : 'never';
}

/** The last 32 bits, as an IPv4 address. */
function lastFourOf(address: string): string {
  // A URL spells every IPv6 address in one way: groups of hexadecimal digits, the longest run of zeros left out.
  const host = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [low = '0', high = '0'] = host.split(':').reverse();
  const bits = (Number.parseInt(high || '0', 16) << 16) | Number.parseInt(low || '0', 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}

const RESOLVE_MILLISECONDS = 5_000;

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const resolveByName: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));

export interface GuardOptions {
  /** Receivers in the same network are usual where the orchestrator is one's own. */
  readonly allowPrivate: boolean;
  readonly resolve?: Resolve | undefined;
}

/**
 * Says where messages may be sent. Whoever names an address makes Berth send there from inside: so each address that a name
 * has is looked at, and only those that were looked at are connected to.
 */
export class AddressGuard {
  readonly #allowPrivate: boolean;
  readonly #resolve: Resolve;

  constructor(options: GuardOptions) {
    this.#allowPrivate = options.allowPrivate;
    this.#resolve = options.resolve ?? resolveByName;
  }

  /** What is wrong with the form of this URL, whatever its name means today. */
  formFault(text: string): string | undefined {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined) return 'is not a URL';
    if (url.protocol !== 'https:' && !(this.#allowPrivate && url.protocol === 'http:'))
      return this.#allowPrivate ? 'must begin with `https://` or `http://`' : 'must begin with `https://`';
    if (url.username !== '' || url.password !== '') return 'must not hold a user or a password';
    if (url.hash !== '') return 'must not have a fragment';
    return undefined;
  }

  /** The addresses behind the URL, when all of them may be sent to. */
  async check(url: string): Promise<Guarded> {
    const fault = this.formFault(url);
    if (fault !== undefined) return { kind: 'refused', why: fault };
    const hostname = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
    const found = await this.#addressesOf(hostname);
    if (found.kind === 'unresolved') return found;
    const refused = found.addresses.find(({ address }) => !this.#isAllowed(address));
    if (refused === undefined) return { kind: 'allowed', addresses: found.addresses };
    return { kind: 'refused', why: `is at ${refused.address}, where nothing is sent (${reachOf(refused.address)})` };
  }

  async #addressesOf(hostname: string): Promise<Exclude<Guarded, { kind: 'refused' }>> {
    const family = isIP(hostname);
    if (family !== 0) return { kind: 'allowed', addresses: [{ address: hostname, family: family === 6 ? 6 : 4 }] };
    try {
      const addresses = await within(RESOLVE_MILLISECONDS, this.#resolve(hostname));
      if (addresses.length > 0) return { kind: 'allowed', addresses };
      return { kind: 'unresolved', why: `\`${hostname}\` has no address` };
    } catch {
      return { kind: 'unresolved', why: `\`${hostname}\` could not be resolved` };
    }
  }

  #isAllowed(address: string): boolean {
    const reach = reachOf(address);
    return reach === 'public' || (reach === 'private' && this.#allowPrivate);
  }
}
