import { writeSync } from 'node:fs';

/** The person's terminal. Its reader may be gone, and that must stop nothing. */
export function say(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // EPIPE or EAGAIN: nobody reads
  }
}
