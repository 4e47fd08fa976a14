import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { BerthProcess, freePort } from '../support/berth-process.js';
import type { HttpClient } from '../support/http-client.js';

const CLIENTS = 50;
const ENOUGH = 300;

interface Acknowledged {
  /** host -> what the server said of each of its revisions */
  readonly revisions: Map<string, Map<number, string>>;
  /** preflight id -> its outcome */
  readonly preflights: Map<string, string>;
}

const example = (path: string): Record<string, unknown> => JSON.parse(readFileSync(`examples/${path}`, 'utf8'));
const FINGERPRINT = example('fingerprints/7.2.13-neoverse-v1.json');
const MANIFEST = example('manifests/plain-linux-vm.json');

/** The same host, with another fact each time, so that each acknowledgement is a revision of its own. */
function fingerprint(client: number, round: number): object {
  const kvm = { ...(FINGERPRINT['kvm'] as object), counterFrequency: 1_000_000 + round };
  return { ...FINGERPRINT, machineId: `machine-${client}`, collectedAt: new Date().toISOString(), kvm };
}

/** One client: registers its host and asks about it, until the server is gone. */
async function work(http: HttpClient, client: number, acknowledged: Acknowledged): Promise<void> {
  const host = `host-${client}`;
  const revisions = new Map<number, string>();
  acknowledged.revisions.set(host, revisions);
  for (let round = 1; ; round++) {
    const put = await http.put(`/v1/hosts/${host}/fingerprint`, fingerprint(client, round));
    if (put.status > 201) throw new Error(`PUT: ${put.status} ${put.text}`);
    revisions.set(put.json.revision, put.json.digest);
    const asked = await http.post('/v1/preflights', { vm: 'vm-1', target: host });
    if (asked.status !== 200) throw new Error(`POST: ${asked.status} ${asked.text}`);
    acknowledged.preflights.set(asked.json.id, asked.json.outcome);
  }
}

async function lostRevisions(http: HttpClient, { revisions }: Acknowledged): Promise<string[]> {
  const lost: string[] = [];
  for (const [host, acked] of revisions) {
    const { json } = await http.get(`/v1/hosts/${host}/revisions?limit=1000`);
    const stored = new Map<number, string>(
      (json.items ?? []).map((row: { revision: number; digest: string }) => [row.revision, row.digest]),
    );
    for (const [revision, digest] of acked)
      if (stored.get(revision) !== digest) lost.push(`${host} ${revision} ${digest}, stored ${stored.get(revision)}`);
    const newest = (await http.get(`/v1/hosts/${host}`)).json.revision;
    if (newest < Math.max(...acked.keys())) lost.push(`${host} went back to ${newest}`);
  }
  return lost;
}

async function lostPreflights(http: HttpClient, { preflights }: Acknowledged): Promise<string[]> {
  const lost: string[] = [];
  for (const [id, outcome] of preflights) {
    const { status, json } = await http.get(`/v1/preflights/${id}`);
    if (status !== 200 || json.outcome !== outcome) lost.push(`${id} ${outcome}: ${status}`);
  }
  return lost;
}

async function failsTest(end: Promise<unknown>): Promise<never> {
  throw await end;
}

describe('a crash under load', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'berth-crash-'));
  const started: BerthProcess[] = [];
  const start = async (): Promise<BerthProcess> => {
    const berth = new BerthProcess({ dataDir, port: await freePort() });
    started.push(berth);
    return berth.ready();
  };

  afterEach(async () => {
    await Promise.all(started.splice(0).map((berth) => berth.end()));
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  });

  it('loses no write that was acknowledged', async () => {
    const before = await start();
    const http = before.client();
    expect((await http.put('/v1/vms/vm-1/manifest', MANIFEST)).status).toBe(201);
    const acknowledged: Acknowledged = { revisions: new Map(), preflights: new Map() };
    const ends = Array.from({ length: CLIENTS }, (_, client) =>
      work(http, client, acknowledged).catch((error: unknown) => error),
    );
    while (acknowledged.preflights.size < ENOUGH) await Promise.race([sleep(20), ...ends.map(failsTest)]);
    await before.killAll();
    // the crash is what ended each of them, not an answer
    for (const end of await Promise.all(ends)) expect(String(end)).toMatch(/fetch failed|terminated/);

    const after = await start();
    expect(await lostRevisions(after.client(), acknowledged)).toEqual([]);
    expect(await lostPreflights(after.client(), acknowledged)).toEqual([]);
    expect(await after.stop()).toBe(0);
  });
});
