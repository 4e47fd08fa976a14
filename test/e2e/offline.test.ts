import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { cleanEnvironment, ROOT } from '../support/berth-process.js';

const dataDir = mkdtempSync(join(tmpdir(), 'berth-offline-'));
afterEach(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));

// SIOCSIFFLAGS, IFF_UP | IFF_RUNNING: for machines with neither `ip` nor `ifconfig`
const PERL = `socket(S, 2, 2, 0); my $up = pack("a16s", "lo", 0x41); ioctl(S, 0x8914, $up) or die $!`;
const LOOPBACK_UP = `ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null || perl -e '${PERL}'`;

it('starts and answers with no network but loopback, and nothing on the usual ports', async () => {
  const apart = process.getuid?.() === 0 ? ['--net'] : ['--net', '--map-root-user'];
  const script = `${LOOPBACK_UP} && exec "$0" test/support/offline-probe.mjs`;
  const env = { ...cleanEnvironment(), BERTH_DATA_DIR: dataDir, BERTH_PORT: '8420' };
  const probe = spawn('unshare', [...apart, 'sh', '-c', script, process.execPath], { cwd: ROOT, env });
  let said = '';
  for (const stream of [probe.stdout, probe.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  await once(probe, 'close');
  const line = said.split('\n').find((text) => text.startsWith('{"usualPorts"'));
  expect(line, said).toBeDefined();
  expect(JSON.parse(line ?? '')).toEqual({
    usualPorts: [false, false],
    host: 201,
    vm: 201,
    verdict: 200,
    outcome: 'compatible',
    code: 0,
  });
});
