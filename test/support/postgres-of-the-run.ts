import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const RUN_FOLDER = 'BERTH_TEST_RUN';

/** vitest's global setup. It starts nothing: the first test that wants the run's Postgres does. */
export function setup(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'berth-run-'));
  process.env[RUN_FOLDER] = folder;
  process.env['BERTH_TEST_RUN_PID'] = String(process.pid);
  return async () => {
    const pid = serverPid(folder);
    if (pid !== undefined) await stop(pid);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
}

function serverPid(folder: string): number | undefined {
  try {
    return Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}

async function stop(pid: number): Promise<void> {
  process.kill(pid, 'SIGINT');
  for (let waited = 0; waited < 200; waited += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(25);
  }
}
