import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { say } from './terminal.js';

const LIMIT = 50 * 1024 * 1024;
const LEVELS = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
]);

/** Where the children's lines go: all to a file, and from a level on to the terminal, in short. */
export class ChildLog {
  readonly file: string;
  readonly #threshold: number;
  readonly #limit: number;
  #handle: number;
  #size: number;

  constructor(file: string, threshold: number, limit: number = LIMIT) {
    this.file = file;
    this.#threshold = threshold;
    this.#limit = limit;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#handle = openSync(file, 'a', 0o600);
    this.#size = fstatSync(this.#handle).size;
  }

  /** JSON lines, as the logger writes them. */
  follow(source: Readable): void {
    let rest = '';
    source.setEncoding('utf8');
    source.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      this.#keep(lines);
      for (const line of lines) this.#show(line);
    });
  }

  /** What a child says when it cannot use its logger. */
  followRaw(source: Readable): void {
    source.setEncoding('utf8');
    source.on('data', (chunk: string) => {
      this.#keep([chunk.trimEnd()]);
      say(chunk.trimEnd());
    });
  }

  /** A full disk, or a log that somebody removed, costs log lines, not the service. */
  #keep(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    try {
      if (this.#size + bytes.length > this.#limit) this.#turn();
      this.#size += writeSync(this.#handle, bytes);
    } catch {
      // nowhere to say it
    }
  }

  /** One file back is kept, so that the logs never fill the disk. */
  #turn(): void {
    renameSync(this.file, `${this.file}.1`);
    closeSync(this.#handle);
    this.#handle = openSync(this.file, 'a', 0o600);
    this.#size = 0;
  }

  #show(line: string): void {
    // the logger writes the level first; most lines are below the threshold and are not parsed
    const level = Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? Number.NaN);
    if (level >= this.#threshold) say(brief(line, level));
  }
}

function brief(line: string, level: number): string {
  try {
    const { time, part, msg, err } = JSON.parse(line);
    return [String(time).slice(11, 19), part, LEVELS.get(level) ?? level, msg, err?.message].filter(Boolean).join('  ');
  } catch {
    return line;
  }
}
