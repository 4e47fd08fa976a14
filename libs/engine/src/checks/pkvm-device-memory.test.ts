import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said, saidAlone } from '../../../../test/support/ask.js';
import {
  aBar,
  aDevdax,
  aHost,
  aManifest,
  aMapping,
  aQuestion,
  aSlot,
  aUdmabuf,
  gpuMemory,
  type HostGiven,
  vmOver,
} from '../../../../test/support/builders.js';
import { decide } from '../decide.js';
import type { Mapping } from '../model/manifest.js';

const CACHEABLE = 'pkvm-cacheable-device-memory';
const UNCACHED = 'pkvm-uncached-device-memory';
const AT = '/manifest/memslots/0/mappings/0';

const ask = (mapping: Mapping, host: HostGiven = {}) =>
  aQuestion({ manifest: vmOver(mapping), target: aHost({ mode: 'protected', mte: false, ...host }) });

describe(CACHEABLE, () => {
  it('says no although capability 243 reads 1', () => {
    expect(failsWith(ask(gpuMemory()))).toBe('fault PKVM_CACHEABLE_DEVICE_MEMORY EPERM late 0 0');
    expect(failsWith(ask(gpuMemory({ access: ['execute'] })))).toBe(
      'fault PKVM_CACHEABLE_DEVICE_MEMORY EPERM late 0 0',
    );
    expect(said(CACHEABLE, ask(aDevdax()))).toBe('reject');
  });

  it('says yes to RAM, and to other hosts', () => {
    expect(said(CACHEABLE, ask(aMapping()))).toBe('pass');
    expect(said(CACHEABLE, ask(aUdmabuf()))).toBe('pass');
    expect(said(CACHEABLE, ask(gpuMemory(), { mode: 'nvhe' }))).toBe('pass');
  });

  it('says nothing of a slot that is refused when it is registered', () => {
    expect(failsWith(ask(gpuMemory(), { dic: false }))).toBe('memslot CACHEABLE_PFNMAP_UNSUPPORTED EINVAL refused 0 0');
  });

  it.each([
    ['the mode', gpuMemory(), { mode: undefined }, ['/fingerprint/kvm/mode']],
    ['where the pages are', gpuMemory({ kernelMapped: undefined }), {}, [`${AT}/kernelMapped`]],
    ['the type', gpuMemory({ memoryType: undefined }), {}, [`${AT}/memoryType`]],
  ] as const)('does not know without %s', (_what, mapping, host, missing) => {
    expect(said(CACHEABLE, ask(mapping, host))).toBe('unknown');
    expect(missingOf(CACHEABLE, ask(mapping, host))).toEqual(missing);
  });
});

describe(UNCACHED, () => {
  it('says no to Normal-NC and to Device', () => {
    for (const mapping of [
      aBar(),
      aBar({ vmFlags: ['pfnmap', 'io', 'shared'] }),
      gpuMemory({ memoryType: 'normal-nc' }),
    ])
      expect(failsWith(ask(mapping))).toBe('fault PKVM_UNCACHED_DEVICE_MEMORY EINVAL late 0 0');
  });

  it('leaves a fetch to the abort that it gets on every host', () => {
    expect(failsWith(ask(aBar({ access: ['execute'] })))).toBe('fault EXEC_FROM_UNCACHED no errno late 0 0');
    expect(saidAlone(UNCACHED, ask(aBar({ access: ['execute'] })))).toBe('pass');
  });

  it('says yes to RAM, and to other hosts', () => {
    expect(said(UNCACHED, ask(aMapping()))).toBe('pass');
    expect(said(UNCACHED, ask(aBar(), { mode: 'vhe' }))).toBe('pass');
  });

  it('does not know without the mode', () => {
    expect(said(UNCACHED, ask(aBar(), { mode: undefined }))).toBe('unknown');
    expect(missingOf(UNCACHED, ask(aBar(), { mode: undefined }))).toEqual(['/fingerprint/kvm/mode']);
  });
});

describe('device memory on a pKVM host', () => {
  it.each(['cacheable-pfnmap', 'guest-memfd'] as const)(
    'was not recorded on %s, so it is not known there',
    (generation) => {
      expect(said(CACHEABLE, ask(gpuMemory(), { generation }))).toBe('unknown');
      expect(said(UNCACHED, ask(aBar(), { generation }))).toBe('unknown');
      expect(missingOf(UNCACHED, ask(aBar(), { generation }))).toEqual(['/fingerprint/kernel/release']);
    },
  );

  it.each(['device-only', 'normal-nc'] as const)('is as elsewhere on %s', (generation) => {
    expect(said(UNCACHED, ask(aBar(), { generation }))).toBe('pass');
    expect(decide(ask(aBar(), { generation })).outcome).toBe('compatible');
  });

  it('is not for a protected VM, whose faults go another way', () => {
    const manifest = aManifest({ type: 'protected', memslots: [aSlot({ mappings: [aBar()] })] });
    expect(said(UNCACHED, { ...ask(aBar()), manifest })).toBe('pass');
  });

  it('is not certain where the VM may be a protected one', () => {
    const manifest = aManifest({ type: undefined, memslots: [aSlot({ mappings: [aBar()] })] });
    expect(said(UNCACHED, { ...ask(aBar()), manifest })).toBe('unknown');
    expect(missingOf(UNCACHED, { ...ask(aBar()), manifest })).toEqual(['/manifest/vm/type']);
  });
});
