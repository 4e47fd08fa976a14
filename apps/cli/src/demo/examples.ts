import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@berth/contract';
import { Failure } from '../failure.js';

// The same way up from `src/demo` and from `dist/demo`.
const ROOT = fileURLToPath(new URL('../../../../examples/', import.meta.url));

function load(folder: string): Map<string, JsonObject> {
  try {
    const files = readdirSync(`${ROOT}${folder}`).filter((file) => file.endsWith('.json'));
    return new Map(
      files.map((file) => [
        file.replace(/\.json$/, ''),
        JSON.parse(readFileSync(`${ROOT}${folder}/${file}`, 'utf8')) as JsonObject,
      ]),
    );
  } catch (cause) {
    throw new Failure(`cannot read the examples in ${ROOT}${folder}`, { cause, cure: 'run the demo from a checkout' });
  }
}

export interface Examples {
  readonly fingerprints: ReadonlyMap<string, JsonObject>;
  readonly manifests: ReadonlyMap<string, JsonObject>;
}

export function loadExamples(): Examples {
  return { fingerprints: load('fingerprints'), manifests: load('manifests') };
}
