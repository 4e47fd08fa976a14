// `node demo.mjs`: two hosts and a VM, and the VM moves. BERTH_URL and BERTH_KEY (an admin's) say where.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { call } from './berth.mjs';
import { place } from './hypervisor.mjs';

const here = (name) => new URL(name, import.meta.url);
const read = async (name) => JSON.parse(await readFile(here(name), 'utf8'));
const [source, target, vm] = ['demo-gh-01', 'demo-gh-02', 'demo-vm'];

/** Each agent has a key of its own, which speaks for its host alone. */
async function agentOf(host) {
  const { key } = await call('POST', '/v1/keys', { body: { role: 'agent', host, label: 'demo' } });
  const names = { machineId: `machine of ${host}`, bootId: `boot of ${host}`, collectedAt: new Date().toISOString() };
  await call('PUT', `/v1/hosts/${host}/fingerprint`, { body: { ...(await read('host.json')), ...names }, key });
  return key;
}

const keys = { [source]: await agentOf(source), [target]: await agentOf(target) };
const { key: orchestrator } = await call('POST', '/v1/keys', { body: { role: 'orchestrator', label: 'demo' } });
// Where it runs is whatever the last demonstration left.
const { host = source } = await call('GET', `/v1/vms/${vm}`).catch(() => ({}));
const other = host === source ? target : source;
await call('PUT', `/v1/vms/${vm}/manifest`, { body: { ...(await read('vm.json')), host }, key: orchestrator });
await place(vm, host);

const env = {
  ...process.env,
  BERTH_KEY: orchestrator,
  BERTH_TARGET_KEY: keys[other],
  PRETEND_BOOT_ID: 'boot of {host}',
};
const child = spawn(process.execPath, [here('move.mjs').pathname, vm, other], { env, stdio: 'inherit' });
const [code] = await once(child, 'exit');
process.exitCode = code;
