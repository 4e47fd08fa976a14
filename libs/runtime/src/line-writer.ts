import { writeSync } from 'node:fs';

// what is kept for a reader that does not read; then lines are lost, not memory
const LIMIT = 4 * 1024 * 1024;
const RETRY_MS = 20;

/**
 * Writes log lines to a file descriptor, many in one call. What becomes of the other end (it is gone, its disk is full)
 * may neither end the program nor keep it from ending.
 */
export class LineWriter {
  readonly #fd: number;
  #waiting: string[] = [];
  /** bytes that the other end did not take yet */
  #rest: Buffer = Buffer.alloc(0);
  #size = 0;
  #scheduled = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(line: string): void {
    if (this.#size > LIMIT) return;
    this.#waiting.push(line);
    this.#size += line.length;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  /** One try, as at the end of the program. */
  flushSync(): void {
    const bytes = Buffer.concat([this.#rest, Buffer.from(this.#waiting.join(''))]);
    this.#waiting = [];
    this.#rest = bytes.subarray(this.#taken(bytes));
    this.#size = this.#rest.length;
  }

  #flush(): void {
    this.flushSync();
    this.#scheduled = this.#size > 0;
    if (this.#scheduled) setTimeout(() => this.#flush(), RETRY_MS).unref();
  }

  #taken(bytes: Buffer): number {
    try {
      return bytes.length === 0 ? 0 : writeSync(this.#fd, bytes);
    } catch (error) {
      // a full pipe may be read later; anything else will not be better the next time
      const full = error instanceof Error && Reflect.get(error, 'code') === 'EAGAIN';
      return full ? 0 : bytes.length;
    }
  }
}
