// What one API process was told, another one knows: correct at once, by its answers and by its events. How soon is for
// `node tools/measure-visibility.mjs` to say.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('a change in one process is in every answer, and in the events, of another', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['tools/measure-visibility.mjs', '--changes', '12', '--json'],
    { encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  const found = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(found).toMatchObject({
    changes: 12,
    preflight: { p99: expect.any(Number) },
    event: { p99: expect.any(Number) },
  });
}, 120_000);
