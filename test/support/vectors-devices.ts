import { readdirSync, readFileSync } from 'node:fs';
import type { MemslotRow, Outcome, Phase, Question, Reason, WouldFail } from '@berth/engine';
import { fingerprintOf, manifestOf } from './recorded.js';

const HERE = new URL('../vectors/device/', import.meta.url);

type JsonObject = Readonly<Record<string, unknown>>;

/** A VM with devices as data. `sourceDevices` left out: the source was not asked. */
export interface DeviceVector {
  readonly id: string;
  readonly title: string;
  /** A file, from `test/vectors/` on; `devices` stand in the place of its own. */
  readonly fingerprint: string;
  readonly devices: readonly JsonObject[];
  readonly sourceDevices?: readonly JsonObject[];
  readonly phases: readonly Phase[];
  readonly manifest: JsonObject;
  readonly expect: {
    readonly outcome: Outcome;
    readonly wouldFail: WouldFail | null;
    readonly warnings: readonly Reason[];
    /** What is not known, of all phases asked. */
    readonly doubts: readonly string[];
    /** The line of the device's slot. */
    readonly row?: Partial<MemslotRow>;
    readonly derived?: readonly string[];
  };
}

const readJson = (path: string) => JSON.parse(readFileSync(new URL(path, HERE), 'utf8'));

export const DEVICE_VECTORS: readonly DeviceVector[] = readdirSync(HERE)
  .filter((file) => file.endsWith('.json'))
  .map((file) => readJson(file));

export function deviceVectorQuestion(vector: DeviceVector): Question {
  const { fingerprint, devices, sourceDevices, manifest, phases } = vector;
  const host: JsonObject = readJson(`../${fingerprint}`);
  const source = sourceDevices && { source: fingerprintOf({ ...host, devices: sourceDevices }) };
  return {
    manifest: manifestOf(manifest),
    target: fingerprintOf({ ...host, devices }),
    phases,
    ...source,
  };
}
