import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EXAMPLE_MANIFEST } from '../examples/example-documents.js';
import type { JsonObject } from '../json/json-value.js';
import { parseManifest, readManifest } from './parse-manifest.js';

const RECORDED = new URL('../../../../test/recorded/cases/', import.meta.url);

function faultsOf(value: unknown) {
  const parsed = parseManifest(value, 'register');
  return parsed.kind === 'ok' ? [] : parsed.faults.map(({ code, pointer }) => `${code} ${pointer}`);
}

function accepted(value: unknown) {
  const parsed = parseManifest(value, 'register');
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.faults));
  return parsed.value;
}

const manifest = (fields: object): object => ({ schema: 'berth.manifest/1', ...fields });
const slot = (fields: object): object => ({ slot: 1, gpa: '0x80000000', size: '0x4000', ...fields });
const withSlot = (fields: object): object => manifest({ memslots: [slot(fields)] });
const mapped = (...mappings: object[]): object => withSlot({ mappings });
const vma = (offset: string, size: string, fields: object = {}): object => ({ offset, size, ...fields });

describe('manifests as recorded', () => {
  it.each(readdirSync(RECORDED))('%s: each registers without a warning', (name) => {
    const lines = gunzipSync(readFileSync(new URL(name, RECORDED)))
      .toString('utf8')
      .trim()
      .split('\n');
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) {
      const recorded = JSON.parse(line) as { readonly manifest: unknown };
      expect(parseManifest(recorded.manifest, 'register')).toMatchObject({ kind: 'ok', value: { warnings: [] } });
    }
  });
});

describe('a manifest', () => {
  it('needs nothing but its schema', () => {
    expect(accepted(manifest({})).needs).toEqual({});
    expect(faultsOf({})).toEqual(['REQUIRED /schema']);
  });

  it('needs of a slot its number and place, of a mapping its place, of a device its name', () => {
    expect(faultsOf(manifest({ memslots: [{}], devices: [{}] }))).toEqual([
      'REQUIRED /memslots/0/slot',
      'REQUIRED /memslots/0/gpa',
      'REQUIRED /memslots/0/size',
      'REQUIRED /devices/0/name',
    ]);
    expect(faultsOf(mapped({}))).toEqual([
      'REQUIRED /memslots/0/mappings/0/offset',
      'REQUIRED /memslots/0/mappings/0/size',
    ]);
  });

  it('becomes needs: what is absent is undefined, but the protection of a mapping is rw', () => {
    const { needs } = accepted(mapped(vma('0x0', '0x4000')));
    expect(needs.memslots).toEqual([
      { slot: 1, gpa: 0x80000000n, size: 0x4000n, mappings: [{ offset: 0n, size: 0x4000n, protection: 'rw' }] },
    ]);
    expect(needs.memslots?.[0]?.flags).toBeUndefined();
    expect(needs.memslots?.[0]?.mappings?.[0]?.access).toBeUndefined();
  });

  it('is read again from what was stored', () => {
    expect(readManifest(EXAMPLE_MANIFEST)).toEqual(accepted(EXAMPLE_MANIFEST).needs);
  });

  it('may have 10,000 slots', () => {
    const memslots = Array.from({ length: 10_000 }, (_, index) => slot({ slot: index }));
    expect(accepted(manifest({ memslots })).needs.memslots).toHaveLength(10_000);
  });

  it('warns of a field that nobody reads, and keeps it', () => {
    const document = mapped(vma('0x0', '0x1000', { vmflags: ['pfnmap'] }));
    const parsed = accepted(document);
    expect(parsed.warnings).toMatchObject([{ code: 'UNKNOWN_FIELD', pointer: '/memslots/0/mappings/0/vmflags' }]);
    expect(parsed.document).toBe(document);
    expect(parsed.digest).not.toBe(accepted(mapped(vma('0x0', '0x1000'))).digest);
  });
});

describe('what only KVM would refuse is no fault of form', () => {
  it.each<[string, object]>([
    ['a misaligned slot', withSlot({ gpa: '0x80000800' })],
    ['a slot of broken pages under whole ones', withSlot({ size: '0x3800', mappings: [vma('0x0', '0x4000')] })],
    ['a slot of no size', withSlot({ size: '0x0', mappings: [vma('0x0', '0x4000')] })],
    ['a slot that wraps', withSlot({ gpa: '0xfffffffffffff000' })],
    ['slots that overlap, with one number', manifest({ memslots: [slot({}), slot({})] })],
    ['a slot beyond every IPA size', withSlot({ gpa: '0xff00000000000000' })],
    ['contradicting flags', withSlot({ flags: ['log-dirty-pages', 'readonly', 'guest-memfd'] })],
    ['a hole', mapped(vma('0x0', '0x1000'), vma('0x3000', '0x1000'))],
    ['a misaligned mapping', mapped(vma('0x10', '0x20'))],
    ['an IPA size of 64', manifest({ vm: { ipaBits: 64 } })],
  ])('%s', (_claim, value) => {
    expect(faultsOf(value)).toEqual([]);
  });
});

describe('faults of form', () => {
  it.each<[string, object]>([
    ['ORDER /memslots/0/mappings/1/offset', mapped(vma('0x2000', '0x1000'), vma('0x0', '0x1000'))],
    ['OVERLAP /memslots/0/mappings/1/offset', mapped(vma('0x0', '0x2000'), vma('0x1000', '0x1000'))],
    ['OVERLAP /memslots/0/mappings/1/offset', mapped(vma('0x0', '0x1000'), vma('0x0', '0x1000'))],
    ['OUT_OF_SLOT /memslots/0/mappings/0/size', mapped(vma('0x0', '0x5000'))],
    ['OUT_OF_SLOT /memslots/0/mappings/0/size', mapped(vma('0xfffffffffffff000', '0xffffffffffffffff'))],
    ['RANGE /memslots/0/mappings/0/size', mapped(vma('0x0', '0x0'))],
    [
      'OVERLAP /memslots/0/mappingsAtFault/1/offset',
      withSlot({ mappingsAtFault: [vma('0x0', '0x2000'), vma('0x1000', '0x1000')] }),
    ],
    ['REQUIRED /memslots/0/mappings/0/device', mapped(vma('0x0', '0x1000', { region: 4 }))],
    [
      'DEVICE_UNKNOWN /memslots/0/mappings/0/device',
      { ...mapped(vma('0x0', '0x1000', { device: 'gpu1' })), devices: [{ name: 'gpu0' }] },
    ],
    ['DUPLICATE /devices/1/name', manifest({ devices: [{ name: 'gpu0' }, { name: 'gpu0' }] })],
    ['ENUM /memslots/0/mappings/0/memoryType', mapped(vma('0x0', '0x1000', { memoryType: 'NORMAL' }))],
    ['ENUM /memslots/0/mappings/0/vmFlags/1', mapped(vma('0x0', '0x1000', { vmFlags: ['pfnmap', 'VM_IO'] }))],
    ['ENUM /memslots/0/mappings/0/protection', mapped(vma('0x0', '0x1000', { protection: 'rwx' }))],
    ['ENUM /memslots/0/mappings/0/access/0', mapped(vma('0x0', '0x1000', { access: ['exec'] }))],
    ['ENUM /memslots/0/flags/0', withSlot({ flags: ['dirty'] })],
    ['TYPE /memslots/0/slot', withSlot({ slot: '1' })],
    ['RANGE /memslots/0/slot', withSlot({ slot: -1 })],
    ['FORMAT /memslots/0/gpa', withSlot({ gpa: '0x8000_0000' })],
    ['FORMAT /memslots/0/gpa', withSlot({ gpa: '0xABC' })],
    ['TYPE /memslots', manifest({ memslots: {} })],
    ['FORMAT /host', manifest({ host: '../etc' })],
    ['FORMAT /host', manifest({ host: 'h'.repeat(129) })],
    ['ENUM /vm/type', manifest({ vm: { type: 'pkvm' } })],
    ['TYPE /vm/enabledCapabilities', manifest({ vm: { enabledCapabilities: 'KVM_CAP_ARM_MTE' } })],
    ['FORMAT /vm/enabledCapabilities/0', manifest({ vm: { enabledCapabilities: ['KVM-CAP'] } })],
    ['TYPE /vcpu/hasEl2', manifest({ vcpu: { hasEl2: 'yes' } })],
    ['FORMAT /vcpu/gicvGpa', manifest({ vcpu: { gicvGpa: '0x8010000L' } })],
    ['TYPE /devices/0/viommu', manifest({ devices: [{ name: 'nic0', viommu: 1 }] })],
    [
      'FORMAT /vcpu/idRegisters/__proto__',
      manifest({ vcpu: { idRegisters: JSON.parse('{"__proto__":"0x1"}') as JsonObject } }),
    ],
  ])('%s', (expected, value) => {
    expect(faultsOf(value)).toEqual([expected]);
  });

  it('a device may be named where no list of devices was given', () => {
    expect(faultsOf(mapped(vma('0x0', '0x1000', { device: 'gpu0', region: 4 })))).toEqual([]);
  });

  it('of fields and of their order are told together', () => {
    const value = { ...mapped(vma('0x2000', '0x1000', { backing: 'tmpfs' }), vma('0x0', '0x1000')), agnet: {} };
    expect(faultsOf(value)).toEqual([
      'ENUM /memslots/0/mappings/0/backing',
      'UNKNOWN_FIELD /agnet',
      'ORDER /memslots/0/mappings/1/offset',
    ]);
  });
});
