// `node tools/measure-visibility.mjs [--changes 200] [--json]`: how soon a change made in one API process shows in another, on one
// durable PostgreSQL. Each change is a fingerprint; the other process is asked a preflight at once, and heard over its event stream.
// Times are told, and judged by nobody; a wrong answer, or an event that is missed, ends it with 1.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../apps/standalone/dist/postgres/postgres-server.js';

const PATIENCE_MS = 60_000;
const program = (name) => fileURLToPath(new URL(`../apps/${name}`, import.meta.url));
const example = async (name) =>
  JSON.parse(await readFile(new URL(`../examples/orchestrator/${name}`, import.meta.url)));

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

/** Nothing that was meant for another Berth. */
function environment(more) {
  const outside = Object.entries(process.env).filter(([name]) => !/^(BERTH_|DATABASE_URL$|REDIS_URL$)/.test(name));
  return { ...Object.fromEntries(outside), BERTH_LOG_LEVEL: 'warn', ...more };
}

class Api {
  static async start(databaseUrl, dataDir) {
    const port = await freePort();
    const env = environment({ DATABASE_URL: databaseUrl, BERTH_DATA_DIR: dataDir, BERTH_PORT: String(port) });
    const child = spawn(process.execPath, [program('api/dist/main.js')], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const key = (await readFile(join(dataDir, 'admin-key'), 'utf8')).trim();
    return new Api(child, `http://127.0.0.1:${port}`, key).ready();
  }

  constructor(child, url, key) {
    this.child = child;
    this.url = url;
    this.headers = { authorization: `Bearer ${key}` };
  }

  async ready() {
    for (let waited = 0; waited < PATIENCE_MS && this.child.exitCode === null; waited += 50) {
      if (
        await fetch(`${this.url}/readyz`).then(
          (answer) => answer.ok,
          () => false,
        )
      )
        return this;
      await sleep(50);
    }
    throw new Error('an API did not become ready');
  }

  async call(method, path, body) {
    const headers = { ...this.headers, 'content-type': 'application/json' };
    const answer = await fetch(this.url + path, { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  async stop() {
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }
}

/** When each revision of a host was heard of. */
class Ear {
  heard = new Map();
  #left = new AbortController();

  static async open(api, host) {
    const ear = new Ear();
    const query = `after=latest&type=dev.berth.host.changed.v1&subject=hosts/${host}`;
    const headers = { ...api.headers, accept: 'text/event-stream' };
    const answer = await fetch(`${api.url}/v1/events?${query}`, { headers, signal: ear.#left.signal });
    const reader = answer.body.getReader();
    // The place it begins at: from here on nothing is missed.
    await reader.read();
    ear.listening = ear.#listen(reader).catch(() => undefined);
    return ear;
  }

  async #listen(reader) {
    const decoder = new TextDecoder();
    for (let text = ''; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      const now = performance.now();
      const lines = (text + decoder.decode(value, { stream: true })).split('\n');
      text = lines.pop();
      for (const line of lines.filter((each) => each.startsWith('data: ')))
        this.heard.set(JSON.parse(line.slice('data: '.length)).data.revision, now);
    }
  }

  async timeOf(revision) {
    for (let waited = 0; waited < PATIENCE_MS; waited += 1) {
      const time = this.heard.get(revision);
      if (time !== undefined) return time;
      await sleep(1);
    }
    throw new Error(`nobody told of revision ${revision}`);
  }

  async close() {
    this.#left.abort();
    await this.listening;
  }
}

/** The floor: one committed row, told of by NOTIFY, from one connection to another, in turns with what is measured. */
class Floor {
  #links;
  #waiting;

  static async open(databaseUrl) {
    const links = [0, 1].map(() => new pg.Client({ connectionString: databaseUrl }));
    for (const link of links) await link.connect();
    await links[0].query('CREATE TABLE visibility_floor (n integer)');
    await links[1].query('LISTEN visibility_floor');
    return new Floor(links);
  }

  constructor(links) {
    this.#links = links;
    links[1].on('notification', () => this.#waiting(performance.now()));
  }

  async once() {
    const told = new Promise((resolve) => {
      this.#waiting = resolve;
    });
    const sent = performance.now();
    await this.#links[0].query(`INSERT INTO visibility_floor VALUES (1); NOTIFY visibility_floor`);
    const committed = performance.now();
    return { floorCommit: committed - sent, floorEvent: Math.max(0, (await told) - committed) };
  }

  async close() {
    for (const link of this.#links) await link.end();
  }
}

/** Two hosts and a VM that may go to the second while that has 48 bits of IPA, and may not while it has 36. */
async function prepare(api) {
  const host = await example('host.json');
  const clock = { now: Date.now() - 600_000 };
  const fingerprint = (name, bits) => ({
    ...host,
    machineId: `machine of ${name}`,
    bootId: `boot of ${name}`,
    collectedAt: new Date(clock.now++).toISOString(),
    kvm: {
      ...host.kvm,
      capabilities: { ...host.kvm.capabilities, KVM_CAP_ARM_VM_IPA_SIZE: { system: bits, vm: bits } },
    },
  });
  for (const name of ['source', 'target'])
    await api.call('PUT', `/v1/hosts/${name}/fingerprint`, fingerprint(name, 48));
  await api.call('PUT', '/v1/vms/vm/manifest', { ...(await example('vm.json')), host: 'source' });
  return (bits) => fingerprint('target', bits);
}

const SPACES = [
  { bits: 36, outcome: 'incompatible' },
  { bits: 48, outcome: 'compatible' },
];

async function change(here, there, ear, body, { outcome }) {
  const sent = performance.now();
  const { revision, digest } = await here.call('PUT', '/v1/hosts/target/fingerprint', body);
  const acknowledged = performance.now();
  const verdict = await there.call('POST', '/v1/preflights', { vm: 'vm', target: 'target' });
  const answered = performance.now();
  const { basis } = verdict;
  if (basis.hostRevision !== revision || basis.fingerprint !== digest || verdict.outcome !== outcome)
    throw new Error(`revision ${revision} was acknowledged, and ${JSON.stringify(basis)} was ${verdict.outcome}`);
  const heard = await ear.timeOf(revision);
  return { put: acknowledged - sent, preflight: answered - acknowledged, event: Math.max(0, heard - acknowledged) };
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => Number(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)].toFixed(1));
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}

async function measure(databaseUrl, dataDir, changes) {
  const apis = [];
  try {
    for (let count = 0; count < 2; count += 1) apis.push(await Api.start(databaseUrl, dataDir));
    const [here, there] = apis;
    const fingerprint = await prepare(here);
    const ear = await Ear.open(there, 'target');
    const floor = await Floor.open(databaseUrl);
    const samples = [];
    for (let at = 0; at < changes; at += 1) {
      const space = SPACES[at % SPACES.length];
      samples.push({ ...(await change(here, there, ear, fingerprint(space.bits), space)), ...(await floor.once()) });
    }
    await ear.close();
    await floor.close();
    const of = (name) => summary(samples.map((sample) => sample[name]));
    const names = ['put', 'preflight', 'event', 'floorCommit', 'floorEvent'];
    return { changes, ...Object.fromEntries(names.map((name) => [name, of(name)])) };
  } finally {
    await Promise.all(apis.map((api) => api.stop()));
  }
}

const { values } = parseArgs({ options: { changes: { type: 'string', default: '200' }, json: { type: 'boolean' } } });
const dir = await mkdtemp(join(tmpdir(), 'berth-visibility-'));
const postgres = await startPostgres({ dataDir: dir });
try {
  const dataDir = join(dir, 'berth');
  const env = environment({ DATABASE_URL: postgres.url, BERTH_DATA_DIR: dataDir });
  const prepared = spawn(process.execPath, [program('standalone/dist/migrate.js')], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if ((await once(prepared, 'exit'))[0] !== 0) throw new Error('the schema could not be made');
  const found = await measure(postgres.url, dataDir, Number(values.changes));
  const line = (what, { p50, p99, most }) => `${what.padEnd(58)} p50 ${p50} ms, p99 ${p99} ms, at most ${most} ms`;
  if (values.json) console.log(JSON.stringify(found));
  else {
    console.log(`${found.changes} changes in one process, each seen at once in the other:`);
    console.log(line('registered (sent until acknowledged)', found.put));
    console.log(line('right in the other process (acknowledged until answered)', found.preflight));
    console.log(line('heard of over its stream (after it was acknowledged)', found.event));
    console.log(line('the floors: one row committed on this PostgreSQL', found.floorCommit));
    console.log(line('and a NOTIFY heard on another connection', found.floorEvent));
  }
} finally {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
