import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { ChildLog } from './child-log.js';

const dir = mkdtempSync(join(tmpdir(), 'berth-log-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const line = (n: number): string => JSON.stringify({ level: 30, time: '2026-11-20T07:00:00.000Z', msg: `line ${n}` });

it('keeps every line, however it is cut, in two files at most', async () => {
  const file = join(dir, 'log', 'berth.log');
  const log = new ChildLog(file, 40, 4000);
  const source = new PassThrough();
  log.follow(source);
  const text = Array.from({ length: 90 }, (_, n) => `${line(n)}\n`).join('');
  for (let at = 0; at < text.length; at += 37) source.write(text.slice(at, at + 37));
  source.end();
  await once(source, 'end');
  const [older, newer] = [readFileSync(`${file}.1`, 'utf8'), readFileSync(file, 'utf8')];
  expect(older + newer).toBe(text);
  expect(newer.length).toBeLessThanOrEqual(4000);
});
