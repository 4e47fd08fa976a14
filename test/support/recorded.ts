import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseFingerprint, parseManifest } from '@berth/contract';
import type { Errno, Fault, Fingerprint, Manifest, Registration, Stage2Type } from '@berth/engine';

const HERE = new URL('../recorded/', import.meta.url);

/** What a real kernel did with one slot and one kind of access. */
export interface RecordedCase {
  readonly id: string;
  readonly manifest: Manifest;
  readonly expect: {
    readonly registration: { readonly result: Registration; readonly errno?: Errno };
    readonly fault: { readonly result: Fault; readonly errno?: Errno; readonly stage2?: Stage2Type };
  };
}

/** The machines that were recorded, as `<kernel>-<cpu>`. */
export const RECORDED_HOSTS: readonly string[] = readdirSync(new URL('fingerprints/', HERE))
  .map((file) => file.replace(/\.json$/, ''))
  .sort();

export function recordedDocument(host: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`fingerprints/${host}.json`, HERE), 'utf8')) as Record<string, unknown>;
}

export function fingerprintOf(document: unknown): Fingerprint {
  const parsed = parseFingerprint(document, 'evaluate');
  if (parsed.kind === 'invalid') throw new Error(`fingerprint: ${JSON.stringify(parsed.faults)}`);
  return parsed.value.facts;
}

export function manifestOf(document: unknown): Manifest {
  const parsed = parseManifest(document, 'evaluate');
  if (parsed.kind === 'invalid') throw new Error(`manifest: ${JSON.stringify(parsed.faults)}`);
  return parsed.value.needs;
}

export function recordedFingerprint(host: string): Fingerprint {
  return fingerprintOf(recordedDocument(host));
}

export function recordedCases(host: string): readonly RecordedCase[] {
  const lines = gunzipSync(readFileSync(new URL(`cases/${host}.jsonl.gz`, HERE)))
    .toString('utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const recorded = JSON.parse(line) as RecordedCase;
    return { ...recorded, manifest: manifestOf(recorded.manifest) };
  });
}
