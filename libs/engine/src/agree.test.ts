import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, said } from '../../../test/support/ask.js';
import {
  aBar,
  aDevdax,
  aGuestMemfdSlot,
  aHost,
  aHostOfUnknownKernel,
  aManifest,
  aMapping,
  aQuestion,
  aSlot,
  GIB,
  gpuMemory,
  type HostGiven,
  onBoth,
  vmOver,
} from '../../../test/support/builders.js';
import { decide } from './decide.js';
import type { Manifest } from './model/manifest.js';

const EVIDENCE = [
  '/fingerprint/kernel/release',
  '/fingerprint/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED',
  '/fingerprint/kvm/capabilities/KVM_CAP_GUEST_MEMFD',
];

/** Any kernel since 5.14. */
const anywhere = (manifest: Manifest, host: HostGiven = {}) =>
  aQuestion({ manifest, target: aHostOfUnknownKernel({ fwb: false, ...host }) });

/** 6.12 by its release, with capability 243 not asked: G1 or a backport of any later one. */
const unprobed612 = (manifest: Manifest, host: HostGiven = {}) =>
  aQuestion({
    manifest,
    target: aHost({ release: '6.12.0', fwb: false, cap243: undefined, guestMemfd: undefined, ...host }),
  });

describe('where every kernel that the host could run agrees', () => {
  it('the answer stands', () => {
    const manifest = aManifest({ memslots: [aSlot({ flags: ['log-dirty-pages'], mappings: [aBar()] })] });
    expect(failsWith(anywhere(manifest))).toBe('memslot PFNMAP_DIRTY_LOG EINVAL refused 0 0');
    expect(decide(anywhere(manifest)).memslots).toMatchObject([
      { registration: 'refused', errno: 'EINVAL', fault: 'not-reached' },
    ]);
  });

  it('a yes stands too, and the generation stays untold', () => {
    expect(decide(anywhere(vmOver(aMapping())))).toMatchObject({
      outcome: 'compatible',
      generation: null,
      memslots: [{ registration: 'ok', fault: 'ok', stage2: 'normal-wb', cacheMaintenance: 'by-va' }],
    });
  });

  it('a doubt that they share is no other doubt', () => {
    const question = anywhere(aManifest({ memslots: [aSlot({ mappings: undefined })] }));
    expect(findingsOf('slot-listed', question)).toMatchObject([
      { severity: 'unknown', missing: ['/manifest/memslots/0/mappings'] },
    ]);
  });
});

describe('where they do not agree', () => {
  it('the answer is unknown, and what would tell the generation is missing', () => {
    const question = unprobed612(vmOver(gpuMemory()));
    const [finding] = findingsOf('cacheable-pfnmap', question);
    expect(finding?.severity).toBe('unknown');
    expect([...(finding?.missing ?? [])].sort()).toEqual(EVIDENCE);
    expect(decide(question)).toMatchObject({ outcome: 'indeterminate', wouldFail: null, generation: null });
  });

  it('what they say of the mapping is unknown too', () => {
    expect(decide(unprobed612(vmOver(gpuMemory()))).memslots).toMatchObject([
      { registration: 'unknown', errno: null, fault: 'unknown', faultErrno: null, stage2: null },
    ]);
  });

  it('only what they differ in is: a BAR is Device or Normal-NC, and maps', () => {
    const question = anywhere(vmOver(aBar()));
    expect(decide(question)).toMatchObject({
      outcome: 'compatible',
      memslots: [{ registration: 'ok', fault: 'ok', stage2: null, cacheMaintenance: 'none' }],
    });
    expect(said('normal-nc-unavailable', question)).toBe('warn');
  });

  it('what some of them share with the oldest is no agreement', () => {
    expect(decide({ ...anywhere(vmOver(aDevdax())), policy: 'kernel' }).memslots).toEqual([
      {
        slot: 0,
        mapping: 0,
        registration: 'ok',
        errno: null,
        fault: 'ok',
        faultErrno: null,
        stage2: null,
        cacheMaintenance: null,
      },
    ]);
    expect(decide(anywhere(vmOver(gpuMemory()))).memslots).toMatchObject([
      { registration: 'unknown', errno: null, fault: 'unknown', faultErrno: null },
    ]);
  });

  it('a doubt of one kernel alone is a doubt', () => {
    const question = unprobed612(vmOver(aDevdax()));
    expect(said('cacheable-downgrade', question)).toBe('unknown');
    expect(decide(question).outcome).toBe('indeterminate');
  });

  it('what one kernel misses is named beside the evidence', () => {
    const question = unprobed612(vmOver(gpuMemory({ memoryType: undefined })));
    const [finding] = findingsOf('cacheable-pfnmap', question);
    expect([...(finding?.missing ?? [])].sort()).toEqual(
      [...EVIDENCE, '/manifest/memslots/0/mappings/0/memoryType'].sort(),
    );
  });

  it('a probe settles it', () => {
    const backported = unprobed612(vmOver(gpuMemory()), { cap243: { system: 'EINVAL', vm: 0 }, guestMemfd: onBoth(0) });
    expect(failsWith(backported)).toBe('memslot CACHEABLE_PFNMAP_UNSUPPORTED EINVAL refused 0 0');
    const plain = unprobed612(vmOver(gpuMemory()), { cap243: onBoth(0), guestMemfd: onBoth(0) });
    expect(failsWith(plain)).toBe('fault CACHEABLE_DOWNGRADE no errno silent 0 0');
  });
});

describe('findings of several kernels', () => {
  it('stand in restore order, once each', () => {
    const memslots = [
      aSlot({ slot: 3, gpa: 8n * GIB, mappings: [gpuMemory()] }),
      aGuestMemfdSlot({ slot: 1, flags: ['guest-memfd', 'readonly'] }),
    ];
    const found = decide(anywhere(aManifest({ type: undefined, memslots }))).findings;
    expect(found.map(({ check, slot }) => [check, slot])).toEqual([
      ['protected-vm-type', null],
      ['protected-vm-mode', null],
      ['guest-memfd-flag', 1],
      ['guest-memfd-flag-alone', 1],
      ['protected-slot-flags', 1],
      ['cacheable-pfnmap', 3],
      ['cacheable-downgrade', 3],
    ]);
  });
});
