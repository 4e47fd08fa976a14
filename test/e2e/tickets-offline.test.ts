// Tickets of a real Berth, verified where it is gone: stopped, and without a network.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printFingerprint, printManifest } from '@berth/contract';
import { afterAll, expect, it } from 'vitest';
import { BerthProcess, freePort, ROOT } from '../support/berth-process.js';
import { aCpuHost, aCpuVm } from '../support/builders-cpu.js';
import { berth } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'berth-tickets-'));
const started: BerthProcess[] = [];
afterAll(async () => {
  for (const server of started) await server.end();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

async function start(env: Readonly<Record<string, string>>): Promise<BerthProcess> {
  const server = new BerthProcess({ dataDir: join(folder, 'data'), port: await freePort(), env });
  started.push(server);
  return server;
}
const file = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const vmm = { name: 'qemu', version: '11.0.0' };
const BOOT = 'boot-of-the-test';
/** What a yes needs to know of a host and of a VM. */
const facts = {
  ...printFingerprint(aCpuHost(), { collectedAt: new Date().toISOString() }),
  machineId: 'machine-of-gh-09',
  bootId: BOOT,
  vmm: { ...vmm, machineTypes: ['virt-11.0'] },
};
const needs = { ...printManifest(aCpuVm()), vmm: { ...vmm, machineType: 'virt-11.0' }, host: 'gh-03' };

const clientOf = ({ url, key }: BerthProcess) => ({ BERTH_URL: url, BERTH_KEY: key });

async function ticketFrom(server: BerthProcess, vm: string): Promise<string> {
  const client = server.client();
  for (const host of ['gh-03', 'gh-09']) {
    const machineId = `machine-of-${host}`;
    const sent = { ...facts, machineId, collectedAt: new Date().toISOString() };
    expect((await client.put(`/v1/hosts/${host}/fingerprint`, sent)).status).toBeLessThan(300);
  }
  await client.put(`/v1/vms/${vm}/manifest`, { ...needs, runId: `run-of-${vm}` });
  const opened = await client.post('/v1/migrations', { vm, target: 'gh-09' });
  expect([opened.status, opened.text]).toEqual([201, expect.stringContaining('"ticket":"ey')]);
  return opened.json.ticket;
}

interface Verified {
  readonly status: number | null;
  readonly codes: readonly string[];
}
function verify(ticket: string, more: Readonly<Record<string, string>> = {}): Verified {
  const options = {
    ticket: file('a.ticket', ticket),
    jwks: join(folder, 'jwks.json'),
    fingerprint: file('now.json', facts),
    'boot-id': BOOT,
    host: 'gh-09',
    ...more,
  };
  const argv = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const apart = process.getuid?.() === 0 ? ['--net'] : ['--net', '--map-root-user'];
  const command = [process.execPath, 'apps/cli/bin/berth.js', 'ticket', 'verify', ...argv, '-o', 'json'];
  const { status, stdout, stderr } = spawnSync('unshare', [...apart, ...command], { cwd: ROOT, encoding: 'utf8' });
  expect(stderr).toBe('');
  return { status, codes: JSON.parse(stdout).refusals.map(({ code }: { code: string }) => code) };
}

/** Another last byte but one, so that no bit is touched that the encoding leaves unused. */
const forged = (ticket: string): string => {
  const at = ticket.length - 3;
  return ticket.slice(0, at) + (ticket[at] === 'A' ? 'B' : 'A') + ticket.slice(at + 1);
};

it('a key for tickets that is none is named at the start, and not repeated', async () => {
  const server = await start({ BERTH_TICKET_KEY: 'hunter2' });
  expect(await server.exited).toBe(2);
  expect(server.screen).toContain('BERTH_TICKET_KEY: must be an Ed25519 private key');
  expect(server.screen).not.toContain('hunter2');
});

it('with Berth stopped and no network, the good ticket is accepted and each of the others refused', async () => {
  const before = await (await start({ BERTH_TICKET_TTL: '1s' })).ready();
  const over = await ticketFrom(before, 'vm-1');
  const turned = await berth(['ticket', 'rotate'], { env: clientOf(before) });
  expect(turned).toMatchObject({ code: 0, err: '' });
  expect(turned.out).toMatch(/^signing\t\S{43}\nnext\t\S{43}\nverifying\t\S{43}\t\S+Z\n$/);
  await before.stop();

  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const after = await (await start({ BERTH_TICKET_KEY: pem })).ready();
  const ticket = await ticketFrom(after, 'vm-2');
  const keySet = await berth(['ticket', 'keys'], { env: { BERTH_URL: after.url } });
  file('jwks.json', keySet.out);
  const fixed = await berth(['ticket', 'rotate'], { env: clientOf(after) });
  expect(fixed).toMatchObject({ code: 1, out: '', err: expect.stringContaining('TICKET_KEY_FIXED') });
  await after.stop();
  await expect(fetch(after.url)).rejects.toThrow();

  expect(verify(ticket, { vm: 'vm-2', 'run-id': 'run-of-vm-2' })).toEqual({ status: 0, codes: [] });
  // signed by a key of the database that was turned, and then erased for the one of the environment: known, and only too late
  expect(verify(over, { 'clock-skew': '0s' })).toEqual({ status: 3, codes: ['TICKET_EXPIRED'] });
  expect(verify(forged(ticket))).toEqual({ status: 3, codes: ['TICKET_FORGED'] });
  expect(verify(ticket, { host: 'gh-07' })).toEqual({ status: 3, codes: ['OTHER_HOST'] });
  const kernel = { ...facts, kernel: { release: '7.3.0', pageSize: 4096 } };
  expect(verify(ticket, { fingerprint: file('later.json', kernel) })).toEqual({
    status: 3,
    codes: ['FINGERPRINT_CHANGED'],
  });
  expect(verify(ticket, { 'boot-id': 'the-boot-after' })).toEqual({
    status: 3,
    codes: ['HOST_REBOOTED', 'FINGERPRINT_OUTDATED'],
  });
}, 180_000);
