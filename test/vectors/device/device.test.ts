import { readdirSync, readFileSync } from 'node:fs';
import {
  type Decision,
  decide,
  type MemslotRow,
  type Outcome,
  type Phase,
  type Reason,
  type WouldFail,
} from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, manifestOf } from '../../support/recorded.js';

const HERE = new URL('./', import.meta.url);

type JsonObject = Readonly<Record<string, unknown>>;

/** A VM with devices as data. `sourceDevices` left out: the source was not asked. */
interface DeviceVector {
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

const VECTORS: readonly DeviceVector[] = readdirSync(HERE)
  .filter((file) => file.endsWith('.json'))
  .map((file) => readJson(file));

function ask({ fingerprint, devices, sourceDevices, manifest, phases }: DeviceVector): Decision {
  const host: JsonObject = readJson(`../${fingerprint}`);
  const source = sourceDevices && { source: fingerprintOf({ ...host, devices: sourceDevices }) };
  return decide({
    manifest: manifestOf(manifest),
    target: fingerprintOf({ ...host, devices }),
    phases,
    ...source,
  });
}

describe.each(VECTORS)('$id $title', (vector) => {
  const { outcome, wouldFail, findings, memslots, derived } = ask(vector);
  const expected = vector.expect;

  it('comes to what is expected', () => {
    expect({ outcome, wouldFail }).toEqual({ outcome: expected.outcome, wouldFail: expected.wouldFail });
    if (expected.row !== undefined) expect(memslots.find(({ slot }) => slot === 1)).toMatchObject(expected.row);
  });

  it('warns, and doubts, of that and of nothing else', () => {
    const of = (asked: string) => findings.filter(({ severity }) => severity === asked);
    expect(of('warn').map(({ reason }) => reason)).toEqual(expected.warnings);
    expect([...new Set(of('unknown').flatMap(({ missing }) => missing))]).toEqual(expected.doubts);
  });

  it('says what it took from the catalogue', () => {
    if (expected.derived !== undefined) expect(derived?.map(({ at }) => at)).toEqual(expected.derived);
    for (const { from } of derived ?? []) expect(from).toMatch(/^catalogue /);
  });
});

describe('the GPU example', () => {
  it('is refused at the source, before all that its memory is asked', () => {
    const manifest = manifestOf(readJson('../../../examples/manifests/grace-gpu-vm.json'));
    const target = fingerprintOf(readJson('../../../examples/fingerprints/7.2.13-neoverse-n1.json'));
    const { wouldFail, findings, derived } = decide({ manifest, target });
    expect(wouldFail).toMatchObject({ phase: 'source', reason: 'DEVICE_NOT_MIGRATABLE', errno: 'ENOTTY' });
    const memory = findings.filter(({ slot, severity }) => slot === 3 && severity === 'reject');
    expect(memory.map(({ reason }) => reason)).toEqual(['CACHEABLE_PFNMAP_UNSUPPORTED']);
    expect(derived).toBeUndefined();
  });
});

describe('the device vectors', () => {
  it('have each an id of their own, and CV25 to CV28 among them', () => {
    const ids = VECTORS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['CV25', 'CV26', 'CV27', 'CV28', 'TV38', 'TV39', 'TV40']));
  });
});
