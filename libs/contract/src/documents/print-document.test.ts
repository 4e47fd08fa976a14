import {
  ACCESSES,
  BACKINGS,
  type Fingerprint,
  KVM_MODES,
  type Manifest,
  type Mapping,
  MEMORY_TYPES,
  PROTECTIONS,
  SLOT_FLAGS,
  VM_FLAGS,
  VM_TYPES,
} from '@berth/engine';
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAW_RUNS } from '../../../../test/support/law-runs.js';
import { parseJson } from '../json/parse-json.js';
import { parseFingerprint } from './parse-fingerprint.js';
import { parseManifest } from './parse-manifest.js';
import { printFingerprint, printManifest } from './print-document.js';

const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
  fc.constantFrom('constructor', 'toString'),
);
const kernelName = fc.oneof(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/), fc.constantFrom('constructor', 'valueOf'));
const text = fc.stringMatching(/^[ -~é😀]{1,20}$/u);
const some = <T>(items: readonly T[]): Arbitrary<T[]> => fc.uniqueArray(fc.constantFrom(...items));
const mapOf = <T>(value: Arbitrary<T>): Arbitrary<Map<string, T>> =>
  fc.array(fc.tuple(kernelName, value), { maxLength: 4 }).map((entries) => new Map(entries));

/** Each field is there or is not: what is unknown is absent. */
const partly = <T extends object>(
  fields: { readonly [K in keyof T]-?: Arbitrary<Exclude<T[K], undefined>> },
): Arbitrary<T> => fc.record(fields, { requiredKeys: [] }) as unknown as Arbitrary<T>;

const sve = fc.array(fc.integer({ min: 1, max: 256 }), { maxLength: 4 });
const registerList = partly({
  digest: fc.stringMatching(/^sha256:[0-9a-f]{64}$/),
  ids: fc.array(uint64, { maxLength: 4 }),
});
const vendorDevice = fc.stringMatching(/^[0-9a-f]{4}:[0-9a-f]{4}$/);
const capabilityValue = fc.oneof(fc.integer(), fc.constantFrom('EINVAL', 'ENOTTY'));

const region = fc.record(
  { index: fc.nat(8), size: uint64, vmFlags: some(VM_FLAGS), memoryType: fc.constantFrom(...MEMORY_TYPES) },
  { requiredKeys: ['index'] },
);

const fingerprint = partly<Fingerprint>({
  machineId: text,
  bootId: text,
  arch: name,
  kernel: partly({ release: text, pageSize: fc.constantFrom(4096, 16384, 65536) }),
  cpu: partly({
    midr: fc.array(uint64, { maxLength: 3 }),
    fwb: fc.boolean(),
    dic: fc.boolean(),
    idc: fc.boolean(),
    rme: fc.boolean(),
    idRegisters: mapOf(uint64),
    sanitisedIdRegisters: mapOf(uint64),
  }),
  kvm: partly({
    mode: fc.constantFrom(...KVM_MODES),
    capabilities: mapOf(partly({ system: capabilityValue, vm: capabilityValue })),
    writableMasks: mapOf(uint64),
    sveVectorLengths: sve,
    gic: fc.array(text, { maxLength: 2 }),
    counterFrequency: fc.nat(),
    registerList,
  }),
  cca: partly({ rmm: text, realmMigration: fc.boolean() }),
  devices: fc.array(
    partly({
      address: text,
      vendorDevice,
      driver: text,
      migration: partly({
        stopCopy: fc.boolean(),
        p2p: fc.boolean(),
        preCopy: fc.boolean(),
        dirtyTracking: fc.boolean(),
      }),
      regions: fc.uniqueArray(region, { selector: ({ index }) => index, maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
  vmm: partly({ name: text, version: text, machineTypes: fc.array(text, { maxLength: 3 }) }),
  operator: partly({ containment: fc.boolean() }),
});

const mapping = fc.record(
  {
    gap: fc.bigInt({ min: 0n, max: 1n << 20n }),
    size: fc.bigInt({ min: 1n, max: 1n << 40n }),
    protection: fc.constantFrom(...PROTECTIONS),
    backing: fc.constantFrom(...BACKINGS),
    vmFlags: some(VM_FLAGS),
    memoryType: fc.constantFrom(...MEMORY_TYPES),
    kernelMapped: fc.boolean(),
    access: some(ACCESSES),
    region: fc.nat(8),
  },
  { requiredKeys: ['gap', 'size', 'protection'] },
);

/** In ascending order, with holes here and there. */
const mappings = fc.array(mapping, { maxLength: 4 }).map((drawn) => {
  let end = 0n;
  return drawn.map(({ gap, ...rest }): Mapping => {
    const offset = end + gap;
    end = offset + rest.size;
    return { offset, ...rest, ...(rest.region === undefined ? {} : { device: 'gpu0' }) };
  });
});

const memslot = fc.record(
  {
    slot: fc.nat(),
    gpa: uint64,
    size: fc.constant(1n << 60n),
    flags: some(SLOT_FLAGS),
    mappings,
    mappingsAtFault: mappings,
  },
  { requiredKeys: ['slot', 'gpa', 'size'] },
);

const manifest = partly<Manifest>({
  arch: name,
  host: name,
  runId: text,
  vm: partly({
    type: fc.constantFrom(...VM_TYPES),
    ipaBits: fc.nat(64),
    mte: fc.boolean(),
    enabledCapabilities: fc.array(kernelName, { maxLength: 3 }),
  }),
  vcpu: partly({
    count: fc.nat(512),
    sveVectorLengths: sve,
    gic: text,
    gicvGpa: uint64,
    hasEl2: fc.boolean(),
    midr: uint64,
    counterFrequency: fc.nat(),
    idRegisters: mapOf(uint64),
    registerList,
  }),
  memslots: fc.array(memslot, { maxLength: 4 }),
  devices: fc.constantFrom<NonNullable<Manifest['devices']>>(
    [{ name: 'gpu0', vendorDevice: '10de:2342' }],
    [{ name: 'gpu0', driver: 'mlx5_vfio_pci', viommu: true }],
  ),
  vmm: partly({ name: text, version: text, machineType: text }),
});

/** Over the wire and back, as text. */
function sent(document: object): unknown {
  const json = parseJson(JSON.stringify(document));
  if (json.kind === 'refused') throw new Error(json.problem.detail);
  return json.value;
}

describe('print then parse is the identity', () => {
  it('for what a host can do', () => {
    fc.assert(
      fc.property(fingerprint, (facts) => {
        expect(parseFingerprint(sent(printFingerprint(facts)), 'evaluate')).toMatchObject({
          kind: 'ok',
          value: { warnings: [] },
        });
        const parsed = parseFingerprint(sent(printFingerprint(facts)), 'evaluate');
        expect(parsed.kind === 'ok' && parsed.value.facts).toEqual(facts);
      }),
      { numRuns: LAW_RUNS.printThenParse.fingerprint },
    );
  });

  it('for what a VM needs', () => {
    fc.assert(
      fc.property(manifest, (needs) => {
        const parsed = parseManifest(sent(printManifest(needs)), 'register');
        expect(parsed).toMatchObject({ kind: 'ok', value: { warnings: [] } });
        expect(parsed.kind === 'ok' && parsed.value.needs).toEqual(needs);
      }),
      { numRuns: LAW_RUNS.printThenParse.manifest },
    );
  });

  it('and leaves out what is not known', () => {
    expect(printFingerprint({ cpu: { fwb: true, dic: undefined } })).toEqual({
      schema: 'berth.fingerprint/1',
      cpu: { fwb: true },
    });
    expect(printManifest({ devices: [] })).toEqual({ schema: 'berth.manifest/1', devices: [] });
  });
});
