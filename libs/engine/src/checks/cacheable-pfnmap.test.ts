import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import {
  aBar,
  aHost,
  aManifest,
  aMapping,
  aQuestion,
  aSlot,
  aUdmabuf,
  gpuMemory,
  type HostGiven,
  ioMixedmap,
  vmOver,
} from '../../../../test/support/builders.js';
import { MEMORY_TYPES } from '../model/memory.js';
import type { GenerationId } from '../model/verdict.js';

const ask = (mapping = gpuMemory(), host: HostGiven = {}) =>
  aQuestion({ manifest: vmOver(mapping), target: aHost(host) });

const NO = 'memslot CACHEABLE_PFNMAP_UNSUPPORTED EINVAL refused 0 0';
const CAP = '/fingerprint/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED';
const SINCE_617: readonly GenerationId[] = ['cacheable-pfnmap', 'guest-memfd', 'protected-guest'];

describe('cacheable-pfnmap', () => {
  it.each([
    ['neither', { fwb: false, dic: false }],
    ['FWB alone', { dic: false }],
    ['DIC alone', { fwb: false }],
  ])('says no to a host with %s', (_what, host) => {
    for (const generation of SINCE_617) expect(failsWith(ask(gpuMemory(), { generation, ...host }))).toBe(NO);
  });

  it('says yes with FWB and DIC', () => {
    expect(said('cacheable-pfnmap', ask())).toBe('pass');
  });

  it('goes by the pgprot of the VMA: all but the three uncached types are cacheable', () => {
    const refused = MEMORY_TYPES.filter(
      (memoryType) => said('cacheable-pfnmap', ask(gpuMemory({ memoryType }), { fwb: false })) === 'reject',
    );
    expect(refused).toEqual(['normal', 'normal-tagged']);
  });

  it('says no though RAM is behind the VMA', () => {
    expect(failsWith(ask(aUdmabuf(), { dic: false }))).toBe(NO);
  });

  it('looks neither at VM_MIXEDMAP nor at RAM', () => {
    expect(said('cacheable-pfnmap', ask(ioMixedmap(), { fwb: false }))).toBe('pass');
    expect(said('cacheable-pfnmap', ask(aMapping(), { fwb: false }))).toBe('pass');
  });

  it('names the mapping that does it, with its GPA', () => {
    const mappings = [aMapping({ size: 0x1000n }), gpuMemory({ offset: 0x3000n, size: 0x1000n, device: 'gpu0' })];
    const question = aQuestion({
      manifest: aManifest({ memslots: [aSlot({ slot: 7, mappings })] }),
      target: aHost({ fwb: false }),
    });
    expect(findingsOf('cacheable-pfnmap', question)).toMatchObject([
      {
        slot: 7,
        mapping: 1,
        gpa: 0x40003000n,
        device: 'gpu0',
        actual: { memoryType: 'normal', fwb: false, dic: true },
      },
    ]);
  });

  it.each([
    ['the type', gpuMemory({ memoryType: undefined }), { fwb: false }, ['/manifest/memslots/0/mappings/0/memoryType']],
    ['the flags', gpuMemory({ vmFlags: undefined }), { fwb: false }, ['/manifest/memslots/0/mappings/0/vmFlags']],
    ['FWB', gpuMemory(), { fwb: undefined }, ['/fingerprint/cpu/fwb', CAP]],
    ['DIC', gpuMemory(), { dic: undefined }, ['/fingerprint/cpu/dic', CAP]],
    ['both', gpuMemory(), { fwb: undefined, dic: undefined }, ['/fingerprint/cpu/dic', '/fingerprint/cpu/fwb', CAP]],
  ])('does not know without %s', (_what, mapping, host, missing) => {
    expect(said('cacheable-pfnmap', ask(mapping, host))).toBe('unknown');
    expect(missingOf('cacheable-pfnmap', ask(mapping, host))).toEqual(missing);
  });

  it.each([
    ['FWB is missing, and DIC not known', gpuMemory(), { fwb: false, dic: undefined }, 'reject'],
    ['the capability says both', gpuMemory(), { fwb: undefined, dic: undefined, cap243: { vm: 1 } }, 'pass'],
    [
      'the capability says not both',
      gpuMemory(),
      { fwb: undefined, dic: undefined, cap243: { system: 'EINVAL', vm: 0 } },
      'reject',
    ],
    ['the VMA is not PFNMAP', aMapping({ memoryType: undefined }), { fwb: undefined }, 'pass'],
    ['the VMA is not cacheable', aBar({ vmFlags: undefined }), { fwb: undefined }, 'pass'],
  ])('needs no more where %s', (_what, mapping, host, answer) => {
    expect(said('cacheable-pfnmap', ask(mapping, host))).toBe(answer);
  });

  it.each(['device-only', 'normal-nc'] as const)('is not asked on %s', (generation) => {
    expect(said('cacheable-pfnmap', ask(gpuMemory(), { generation, fwb: false }))).toBe('pass');
  });
});
