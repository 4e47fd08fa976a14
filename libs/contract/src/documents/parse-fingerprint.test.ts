import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXAMPLE_FINGERPRINT } from '../examples/example-documents.js';
import { parseJson } from '../json/parse-json.js';
import { parseFingerprint, readFingerprint } from './parse-fingerprint.js';

const RECORDED = new URL('../../../../test/recorded/fingerprints/', import.meta.url);
const { collectedAt: _at, ...UNDATED } = EXAMPLE_FINGERPRINT;

function faultsOf(value: unknown, purpose: 'register' | 'evaluate' = 'evaluate') {
  const parsed = parseFingerprint(value, purpose);
  return parsed.kind === 'ok' ? [] : parsed.faults.map(({ code, pointer }) => `${code} ${pointer}`);
}

function accepted(value: unknown) {
  const parsed = parseFingerprint(value, 'evaluate');
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.faults));
  return parsed.value;
}

const minimal = { schema: 'berth.fingerprint/1' };

describe('hosts as recorded', () => {
  const names = readdirSync(RECORDED);

  it('are there', () => expect(names.length).toBeGreaterThan(40));

  it.each(names)('%s registers without a warning', (name) => {
    const json = parseJson(readFileSync(new URL(name, RECORDED)));
    const parsed = parseFingerprint(json.kind === 'ok' ? json.value : undefined, 'register');
    expect(parsed).toMatchObject({ kind: 'ok', value: { warnings: [] } });
  });
});

describe('a fingerprint', () => {
  it('needs nothing but its schema to be evaluated', () => {
    expect(accepted(minimal).facts).toEqual({});
    expect(faultsOf({})).toEqual(['REQUIRED /schema']);
    expect(faultsOf({ schema: 'berth.fingerprint/2' })).toEqual(['ENUM /schema']);
  });

  it('says who speaks and when, to be registered', () => {
    expect(faultsOf(minimal, 'register')).toEqual(['REQUIRED /collectedAt', 'REQUIRED /machineId', 'REQUIRED /bootId']);
    expect(faultsOf(UNDATED, 'register')).toEqual(['REQUIRED /collectedAt']);
    expect(faultsOf(EXAMPLE_FINGERPRINT, 'register')).toEqual([]);
  });

  it('becomes facts: registers are numbers, what is absent is undefined', () => {
    const { facts } = accepted(EXAMPLE_FINGERPRINT);
    expect(facts.cpu?.midr).toEqual([0x414fd0c1n]);
    expect(facts.cpu?.idRegisters?.get('CTR_EL0')).toBe(0x9444c004n);
    expect(facts.cpu?.rme).toBeUndefined();
    expect(facts.kvm?.capabilities?.get('KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED')).toEqual({ system: 'EINVAL', vm: 0 });
    expect(facts.devices).toEqual([]);
    expect(readFingerprint(EXAMPLE_FINGERPRINT)).toEqual(facts);
  });

  it('is kept as it was sent', () => {
    const document = { ...EXAMPLE_FINGERPRINT, evidence: { '/cpu/fwb': { source: 'kernel-log' } } };
    expect(accepted(document).document).toBe(document);
  });
});

describe('a field that nobody reads', () => {
  it('is refused at the top', () => {
    expect(faultsOf({ ...minimal, kernal: {}, constructor: 1, toString: 2 })).toEqual([
      'UNKNOWN_FIELD /kernal',
      'UNKNOWN_FIELD /constructor',
      'UNKNOWN_FIELD /toString',
    ]);
    expect(faultsOf(JSON.parse('{"schema":"berth.fingerprint/1","__proto__":{}}'))).toEqual([
      'UNKNOWN_FIELD /__proto__',
    ]);
  });

  it('is kept below, with a warning that names it', () => {
    const document = JSON.parse(
      '{"schema":"berth.fingerprint/1","cpu":{"fbw":true,"__proto__":{}},"devices":[{},{"regions":[{"index":0,"kind":1}]}],"kvm":{"capabilities":{"constructor":{"vm":1,"fd":2}}}}',
    );
    expect(accepted(document).warnings.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'UNKNOWN_FIELD /cpu/fbw',
      'UNKNOWN_FIELD /cpu/__proto__',
      'UNKNOWN_FIELD /devices/1/regions/0/kind',
      'UNKNOWN_FIELD /kvm/capabilities/constructor/fd',
    ]);
  });

  it('does not make a list of warnings without end', () => {
    const cpu = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x${index}`, 1]));
    expect(accepted({ ...minimal, cpu }).warnings).toHaveLength(100);
  });
});

describe('names that every object has', () => {
  const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf'];

  it.each(names)('%s may name a capability and a register', (name) => {
    const { facts } = accepted({
      ...minimal,
      cpu: { idRegisters: { [name]: '0x1' } },
      kvm: { capabilities: { [name]: { vm: 1 } } },
    });
    expect(facts.kvm?.capabilities?.get(name)).toEqual({ system: undefined, vm: 1 });
    expect(facts.cpu?.idRegisters?.get(name)).toBe(1n);
  });

  it('__proto__ names nothing in the kernel', () => {
    const value = JSON.parse('{"schema":"berth.fingerprint/1","kvm":{"capabilities":{"__proto__":{"vm":true}}}}');
    expect(faultsOf(value)).toEqual(['FORMAT /kvm/capabilities/__proto__']);
    const hidden = JSON.parse('{"schema":"berth.fingerprint/1","cpu":{"sanitisedIdRegisters":{"__proto__":"0x1"}}}');
    expect(faultsOf(hidden)).toEqual(['FORMAT /cpu/sanitisedIdRegisters/__proto__']);
  });
});

describe('faults of form', () => {
  it.each<[string, object]>([
    ['TYPE /cpu/fwb', { cpu: { fwb: 'yes' } }],
    ['TYPE /cpu/fwb', { cpu: { fwb: null } }],
    ['TYPE /cpu', { cpu: [] }],
    ['TYPE /cpu/midr', { cpu: { midr: '0x1' } }],
    ['FORMAT /cpu/midr/0', { cpu: { midr: ['0X1'] } }],
    ['FORMAT /cpu/midr/0', { cpu: { midr: ['0x'] } }],
    ['FORMAT /cpu/midr/0', { cpu: { midr: [`0x${'1'.repeat(17)}`] } }],
    ['TYPE /cpu/midr/0', { cpu: { midr: [4096] } }],
    ['FORMAT /cpu/idRegisters/CTR-EL0', { cpu: { idRegisters: { 'CTR-EL0': '0x1' } } }],
    ['FORMAT /cpu/sanitisedIdRegisters/X', { cpu: { sanitisedIdRegisters: { X: '1' } } }],
    ['TYPE /operator', { operator: true }],
    ['TYPE /operator/containment', { operator: { containment: 'yes' } }],
    ['ENUM /kvm/mode', { kvm: { mode: 'VHE' } }],
    ['TYPE /kvm/capabilities/KVM_CAP_X/vm', { kvm: { capabilities: { KVM_CAP_X: { vm: true } } } }],
    ['FORMAT /kvm/capabilities/KVM_CAP_X/vm', { kvm: { capabilities: { KVM_CAP_X: { vm: 'einval' } } } }],
    ['TYPE /kvm/capabilities/KVM_CAP_X/vm', { kvm: { capabilities: { KVM_CAP_X: { vm: 1.5 } } } }],
    ['TYPE /kernel/pageSize', { kernel: { pageSize: '4096' } }],
    ['TYPE /kernel/pageSize', { kernel: { pageSize: 4096.5 } }],
    ['RANGE /kernel/pageSize', { kernel: { pageSize: 0 } }],
    ['TOO_LONG /kernel/release', { kernel: { release: 'x'.repeat(129) } }],
    ['TOO_SHORT /kernel/release', { kernel: { release: '' } }],
    ['FORMAT /kernel/release', { kernel: { release: '6.1\u001b[31m' } }],
    ['REQUIRED /devices/0/regions/0/index', { devices: [{ regions: [{}] }] }],
    ['DUPLICATE /devices/0/regions/1/index', { devices: [{ regions: [{ index: 4 }, { index: 4 }] }] }],
    ['FORMAT /devices/0/vendorDevice', { devices: [{ vendorDevice: '10DE:2342' }] }],
    ['ENUM /devices/0/regions/0/memoryType', { devices: [{ regions: [{ index: 0, memoryType: 'cached' }] }] }],
    ['FORMAT /collectedAt', { collectedAt: '2026-11-20T07:00:00' }],
    ['FORMAT /collectedAt', { collectedAt: '2026-02-30T07:00:00Z' }],
    ['FORMAT /collectedAt', { collectedAt: '2026-11-20T07:00:00+01:00' }],
    ['FORMAT /collectedAt', { collectedAt: '2016-12-31T23:59:60Z' }],
    ['FORMAT /collectedAt', { collectedAt: '0000-01-01T00:00:00Z' }],
  ])('%s', (expected, fields) => {
    expect(faultsOf({ ...minimal, ...fields })).toEqual([expected]);
  });

  it.each([null, [], 'x', 1, true])('%j is not a document', (value) => {
    expect(faultsOf(value)).toEqual(['TYPE ']);
    expect(faultsOf(undefined)).toEqual(['REQUIRED ']);
  });

  it('are told all at once, and say what was expected and what came', () => {
    const parsed = parseFingerprint({ arch: 5, kvm: { mode: 'x', gic: 'v3' }, extra: 1 }, 'register');
    expect(parsed).toMatchObject({ kind: 'invalid' });
    expect(parsed.kind === 'invalid' && parsed.faults).toEqual([
      { pointer: '/schema', code: 'REQUIRED', detail: 'expected "berth.fingerprint/1", got nothing' },
      {
        pointer: '/collectedAt',
        code: 'REQUIRED',
        detail: 'expected a time in UTC such as "2026-11-20T07:00:00.120Z", got nothing',
      },
      { pointer: '/machineId', code: 'REQUIRED', detail: 'expected text, got nothing' },
      { pointer: '/bootId', code: 'REQUIRED', detail: 'expected text, got nothing' },
      {
        pointer: '/arch',
        code: 'TYPE',
        detail: 'expected a name of up to 128 letters, digits, `.`, `_` and `-`, the first a letter or digit, got 5',
      },
      { pointer: '/kvm/mode', code: 'ENUM', detail: 'expected "vhe", "nvhe" or "protected", got "x"' },
      { pointer: '/kvm/gic', code: 'TYPE', detail: 'expected a list, got "v3"' },
      { pointer: '/extra', code: 'UNKNOWN_FIELD', detail: 'expected no field "extra" here' },
    ]);
  });

  it('are not so many, nor so long, that the answer outgrows its reader', () => {
    const midr = Array.from({ length: 4_000 }, () => 'x'.repeat(100));
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}`.repeat(5_000), 1]));
    const many = parseFingerprint({ ...minimal, cpu: { midr } }, 'evaluate');
    expect(many.kind === 'invalid' && many.faults.at(-1)).toMatchObject({ code: 'MORE', pointer: '' });
    for (const parsed of [many, parseFingerprint({ ...minimal, ...fields }, 'evaluate')]) {
      expect(JSON.stringify(parsed).length).toBeLessThan(64 * 1024);
    }
  });
});
