// Runs where there is no network but loopback: starts Berth, asks it one question, stops it, prints what it heard as JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const dataDir = process.env.BERTH_DATA_DIR ?? '';
const url = `http://127.0.0.1:${process.env.BERTH_PORT}`;
const document = (path) => JSON.parse(readFileSync(`examples/${path}`, 'utf8'));

function listens(port) {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}

async function call(method, path, body) {
  const authorization = `Bearer ${readFileSync(join(dataDir, 'admin-key'), 'utf8').trim()}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
  return { status: response.status, json: await response.json() };
}

const usualPorts = [await listens(5432), await listens(6379)];
const berth = spawn(process.execPath, ['apps/standalone/dist/main.js'], { stdio: ['ignore', 'inherit', 'inherit'] });
const ended = once(berth, 'exit');
const ready = () =>
  fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
while (berth.exitCode === null && !(await ready())) await sleep(50);
const now = new Date().toISOString();
const host = await call('PUT', '/v1/hosts/gh-09/fingerprint', {
  ...document('fingerprints/7.2.13-max.json'),
  collectedAt: now,
});
const vm = await call('PUT', '/v1/vms/vm-42/manifest', document('manifests/grace-gpu-vm.json'));
const phases = ['vm', 'memslot', 'fault'];
const verdict = await call('POST', '/v1/preflights', { vm: 'vm-42', target: 'gh-09', phases });
berth.kill('SIGTERM');
const [code] = await ended;
console.log(
  JSON.stringify({
    usualPorts,
    host: host.status,
    vm: vm.status,
    verdict: verdict.status,
    outcome: verdict.json.outcome,
    code,
  }),
);
