import { open } from 'node:fs/promises';
import { Failure } from './failure.js';
import type { Terminal } from './terminal.js';

/** A file, or standard input for `-`, that is refused when it is larger than it can need to be. */
export async function readBounded(terminal: Terminal, path: string, most: number): Promise<Buffer> {
  const bytes = path === '-' ? await terminal.readStdin() : await beginningOf(path, most + 1);
  if (bytes.length > most) throw new Failure(`${path} is larger than ${most} bytes`);
  return bytes;
}

async function beginningOf(path: string, bytes: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      return await readUpTo(file, bytes);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'error';
    const why = code === 'ENOENT' ? 'there is no such file' : code;
    throw new Failure(`cannot read ${path}: ${why}`, { cause, cure: 'check the path; `-` reads standard input' });
  }
}

type OpenFile = Awaited<ReturnType<typeof open>>;

/** Files under /proc have no size, so it goes on until nothing more comes. */
async function readUpTo(file: OpenFile, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, null);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
