import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import {
  aBar,
  aDaxWindow,
  aDevdax,
  aGuestMemfd,
  aGuestMemfdSlot,
  aHost,
  aManifest,
  aQuestion,
  aUdmabuf,
  gpuMemory,
  type HostGiven,
  ioMixedmap,
  vmOver,
  vmThatRemapsTo,
} from '../../../../test/support/builders.js';
import type { Manifest } from '../model/manifest.js';

const ask = (manifest: Manifest, host: HostGiven = { fwb: false }) => aQuestion({ manifest, target: aHost(host) });

const NO = 'fault CACHEABLE_PFNMAP_FAULT EFAULT late 0 0';
const AT_FAULT = '/manifest/memslots/0/mappingsAtFault/0';

describe('cacheable-pfnmap-fault', () => {
  it('says no to a VMA that was placed after registration', () => {
    expect(failsWith(ask(vmThatRemapsTo([gpuMemory()])))).toBe(NO);
    expect(failsWith(ask(vmThatRemapsTo([gpuMemory()]), { dic: false }))).toBe(NO);
  });

  it('says no to cacheable VM_MIXEDMAP, which registration does not look at', () => {
    expect(failsWith(ask(vmOver(ioMixedmap())))).toBe(NO);
    expect(failsWith(ask(vmOver(aDaxWindow())))).toBe(NO);
  });

  it('says yes with FWB and DIC', () => {
    expect(said('cacheable-pfnmap-fault', ask(vmOver(ioMixedmap()), {}))).toBe('pass');
  });

  it('says yes to RAM behind a PFNMAP VMA, to ZONE_DEVICE pages, and to uncached types', () => {
    expect(said('cacheable-pfnmap-fault', ask(vmThatRemapsTo([aUdmabuf()])))).toBe('pass');
    expect(said('cacheable-pfnmap-fault', ask(vmOver(aDevdax())))).toBe('pass');
    expect(said('cacheable-pfnmap-fault', ask(vmOver(aBar())))).toBe('pass');
  });

  it('says nothing of a slot that is refused when it is registered', () => {
    expect(said('cacheable-pfnmap-fault', ask(vmOver(gpuMemory())))).toBe('pass');
  });

  it('says nothing of a guest_memfd, for which no VMA is consulted', () => {
    const memslots = [aGuestMemfdSlot({ mappings: [aGuestMemfd()], mappingsAtFault: [gpuMemory()] })];
    expect(said('cacheable-pfnmap-fault', ask(aManifest({ memslots })))).toBe('pass');
  });

  it.each([
    ['where its pages are', vmThatRemapsTo([gpuMemory({ kernelMapped: undefined })]), [`${AT_FAULT}/kernelMapped`]],
    ['its type', vmThatRemapsTo([gpuMemory({ memoryType: undefined })]), [`${AT_FAULT}/memoryType`]],
    ['its flags', vmThatRemapsTo([gpuMemory({ vmFlags: undefined })]), [`${AT_FAULT}/vmFlags`]],
  ])('does not know without %s', (_what, manifest, missing) => {
    expect(said('cacheable-pfnmap-fault', ask(manifest))).toBe('unknown');
    expect(missingOf('cacheable-pfnmap-fault', ask(manifest))).toEqual(missing);
  });

  it('does not know without FWB', () => {
    expect(missingOf('cacheable-pfnmap-fault', ask(vmOver(ioMixedmap()), { fwb: undefined }))).toEqual([
      '/fingerprint/cpu/fwb',
      '/fingerprint/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED',
    ]);
  });

  it.each(['device-only', 'normal-nc'] as const)('is not asked on %s', (generation) => {
    expect(said('cacheable-pfnmap-fault', ask(vmOver(ioMixedmap()), { generation, fwb: false }))).toBe('pass');
  });
});
