// The small fleet that is asked about, put in and read back over HTTP: what is measured is checked by its effect, not by its status alone.
import { fingerprint, manifest, PHASES } from './documents.mjs';

const CONNECTIONS = 8;
const HOSTS_EACH = 8;
const range = (count) => Array.from({ length: count }, (_, i) => i);

// Each connection has hosts of its own, so no two requests in flight want the same row.
const hostsOf = (kind) => range(CONNECTIONS).map((i) => range(HOSTS_EACH).map((j) => `${kind}-${i}-${j}`));
const HOSTS = { still: hostsOf('still'), moving: hostsOf('moving') };

export class Fleet {
  #url;
  #headers;

  constructor({ port, key }) {
    this.#url = `http://127.0.0.1:${port}/v1`;
    this.#headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  }

  async #call(method, path, body) {
    const answer = await fetch(this.#url + path, {
      method,
      headers: this.#headers,
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  async load(clock) {
    for (const host of ['source', ...Object.values(HOSTS).flat(2)]) {
      const collectedAt = new Date(clock.from).toISOString();
      await this.#call('PUT', `/hosts/${host}/fingerprint`, fingerprint(host, { collectedAt }));
    }
    for (const i of range(CONNECTIONS)) await this.#call('PUT', `/vms/vm-${i}/manifest`, manifest(`vm-${i}`, 'source'));
  }

  #request(method, path, body) {
    return { method, path: `/v1${path}`, headers: this.#headers, body: JSON.stringify(body) };
  }

  plans() {
    const put = (host, options) => this.#request('PUT', `/hosts/${host}/fingerprint`, fingerprint(host, options));
    const evaluation = { manifest: manifest('what-if', 'source'), fingerprint: fingerprint('what-if'), phases: PHASES };
    const preflight = (i) => (target) =>
      this.#request('POST', '/preflights', { vm: `vm-${i}`, target, phases: PHASES });
    return {
      evaluations: [[this.#request('POST', '/evaluations', evaluation)]],
      preflights: HOSTS.still.map((hosts, i) => hosts.map(preflight(i))),
      'put-unchanged': HOSTS.still.map((hosts) => hosts.map((host) => put(host, { collectedAt: '{time}' }))),
      'put-changed': HOSTS.moving.map((hosts) =>
        hosts.map((host) => put(host, { collectedAt: '{time}', serial: '{serial}' })),
      ),
    };
  }

  /** How many revisions the hosts of a kind have seen together. */
  async revisions(kind) {
    const hosts = await Promise.all(HOSTS[kind].flat().map((host) => this.#call('GET', `/hosts/${host}`)));
    return hosts.reduce((sum, { revision }) => sum + revision, 0);
  }
}

/** What the last answer of a row must say, besides its status. */
export const ANSWERS = {
  hello: (body) => body.hello === 'world',
  evaluations: (body) => body.outcome === 'compatible',
  preflights: (body) => body.outcome === 'compatible' && typeof body.id === 'string',
  'put-unchanged': (body) => body.changed === false,
  'put-changed': (body) => body.changed === true,
};
