import { readdirSync, readFileSync } from 'node:fs';
import type {
  Errno,
  Fault,
  Fingerprint,
  GenerationId,
  Manifest,
  Outcome,
  Phase,
  Reason,
  Registration,
  Stage2Type,
} from '@berth/engine';
import { fingerprintOf, manifestOf } from './recorded.js';

const HERE = new URL('../vectors/', import.meta.url);

/** What such a vector asks: it knows of memory and of nothing else. */
export const VECTOR_PHASES: readonly Phase[] = ['vm', 'memslot', 'fault'];

/** `reason` is that of what fails first. */
export interface ExpectedVerdict {
  readonly outcome: Outcome;
  readonly reason: Reason | null;
}

/** A decision as data: `row` is the line of `memslots` that the vector is about, `rule` the row of the kernel's tables. */
export interface Vector {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly rule: string;
  readonly expressible: true;
  readonly border?: string;
  readonly side?: 'before' | 'after';
  /** A file, from `test/vectors/` on. */
  readonly fingerprint: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly expect: {
    readonly generation: GenerationId | null;
    readonly row: number;
    readonly registration: Registration;
    readonly errno: Errno | null;
    readonly fault: Fault;
    readonly faultErrno: Errno | null;
    readonly stage2: Stage2Type | null;
    /** The mapping that the slot is refused for, where it is not the one of the row. */
    readonly failsAtMapping?: number;
    readonly kernel: ExpectedVerdict;
    readonly strict: ExpectedVerdict;
  };
}

/** What the kernel does and no manifest can say. */
export interface Inexpressible {
  readonly id: string;
  readonly expressible: false;
  readonly why: string;
}

function readFolder(folder: string): readonly (Vector | Inexpressible)[] {
  const files = readdirSync(new URL(`${folder}/`, HERE)).sort();
  return files.map((file) => JSON.parse(readFileSync(new URL(`${folder}/${file}`, HERE), 'utf8')));
}

const isVector = (read: Vector | Inexpressible): read is Vector => read.expressible;

const memory = readFolder('memory');

export const MEMORY_VECTORS: readonly Vector[] = memory.filter(isVector);
export const INEXPRESSIBLE: readonly Inexpressible[] = memory.filter((read) => !read.expressible);

/** The same VM on the last kernel before a border and on the first one after it. */
export const BORDER_VECTORS: readonly Vector[] = readFolder('borders').filter(isVector);

export function vectorFingerprint({ fingerprint }: Vector): Fingerprint {
  return fingerprintOf(JSON.parse(readFileSync(new URL(fingerprint, HERE), 'utf8')));
}

export function vectorManifest({ manifest }: Vector): Manifest {
  return manifestOf(manifest);
}
