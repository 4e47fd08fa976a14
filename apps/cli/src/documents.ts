import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Parsed, parseJson, problem } from '@berth/contract';
import { Failure } from './failure.js';
import type { Terminal } from './terminal.js';

/** A JSON document as it came from a file or from standard input. */
export interface InputDocument {
  /** As messages name it. */
  readonly name: string;
  readonly bytes: Buffer;
  readonly value: unknown;
}

async function bytesOf(terminal: Terminal, path: string): Promise<Buffer> {
  if (path === '-') return terminal.readStdin();
  try {
    return await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'error';
    const why = code === 'ENOENT' ? 'there is no such file' : code;
    throw new Failure(`cannot read ${path}: ${why}`, { cause, cure: 'check the path; `-` reads standard input' });
  }
}

export async function readDocument(terminal: Terminal, path: string): Promise<InputDocument> {
  const name = path === '-' ? 'standard input' : path;
  const bytes = await bytesOf(terminal, path);
  const parsed = parseJson(bytes);
  if (parsed.kind === 'ok') return { name, bytes, value: parsed.value };
  const { code, detail, pointer } = parsed.problem;
  throw new Failure(`${name} ${pointer ?? ''}: ${detail} (${code})`.replace(' :', ':'), {
    cure: 'a document is one JSON object, UTF-8, at most 1 MiB',
    body: JSON.stringify(
      problem(code, { detail, ...(pointer === undefined ? {} : { errors: [{ code, detail, pointer }] }) }),
    ),
  });
}

/** What the parser made of the document, or a failure that names each wrong field. */
export function accepted<T>(document: InputDocument, parsed: Parsed<T>): T {
  if (parsed.kind === 'ok') return parsed.value;
  const [first] = parsed.faults;
  const more = parsed.faults.length - 1;
  const where = first === undefined ? '' : ` ${first.pointer}: ${first.detail}`;
  throw new Failure(`${document.name}${where}${more > 0 ? ` (and ${more} more)` : ''}`, {
    faults: parsed.faults.slice(1),
    cure: 'correct the fields named; leave out what is not known',
    // What the server would have answered.
    body: JSON.stringify(problem('INVALID_DOCUMENT', { errors: parsed.faults })),
  });
}

/** `examples/fingerprints/7.2.13-max.json` → `7.2.13-max`. */
export function shortName(path: string): string {
  return path === '-' ? 'stdin' : basename(path).replace(/\.json$/, '');
}
