import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { LineWriter } from './line-writer.js';

const dirs: string[] = [];

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'berth-lines-'));
  dirs.push(dir);
  return dir;
}

/** The two ends of a pipe. */
function pipe(): { reader: number; writer: number } {
  const path = join(newDir(), 'pipe');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK) };
}

function readSome(fd: number): string {
  const buffer = Buffer.alloc(1 << 20);
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer));
  } catch {
    return '';
  }
}

afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

describe('line writer', () => {
  it('writes every line, in order', async () => {
    const file = join(newDir(), 'log');
    const fd = openSync(file, 'w');
    const writer = new LineWriter(fd);
    const lines = Array.from({ length: 1000 }, (_, n) => `line ${n} é\n`);
    for (const [n, line] of lines.entries()) {
      writer.write(line);
      if (n % 100 === 0) await new Promise(setImmediate);
    }
    writer.flushSync();
    closeSync(fd);
    expect(readFileSync(file, 'utf8')).toBe(lines.join(''));
  });

  it('waits for a reader that is slow, without holding up the program', async () => {
    const { reader, writer: fd } = pipe();
    const writer = new LineWriter(fd);
    const lines = Array.from({ length: 3000 }, (_, n) => `${n} ${'é'.repeat(200)}\n`);
    for (const line of lines) writer.write(line);
    const wanted = Buffer.from(lines.join('')).toString('latin1');
    let said = '';
    for (; said.length < wanted.length; await sleep(5)) said += readSome(reader);
    expect(said).toBe(wanted);
    closeSync(reader);
    closeSync(fd);
  });

  it('lets a program end whose reader is gone', () => {
    const { reader, writer: fd } = pipe();
    closeSync(reader);
    const writer = new LineWriter(fd);
    writer.write('nobody hears this\n');
    writer.flushSync();
    writer.flushSync();
    closeSync(fd);
  });
});
