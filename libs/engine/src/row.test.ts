import { describe, expect, it } from 'vitest';
import {
  aBar,
  aGuestMemfdSlot,
  aHost,
  aHostOfUnknownKernel,
  aManifest,
  aMapping,
  aQuestion,
  aSlot,
  aUdmabuf,
  GIB,
  gpuMemory,
  type HostGiven,
  ioMixedmap,
  vmOver,
  vmThatRemapsTo,
} from '../../../test/support/builders.js';
import { decide } from './decide.js';
import type { Manifest, Mapping } from './model/manifest.js';
import type { Access } from './model/memory.js';

const PAGE = 0x1000n;

const rows = (manifest: Manifest, host: HostGiven = {}) =>
  decide(aQuestion({ manifest, target: aHost(host) })).memslots;

const pages = (...kinds: readonly ((given: Partial<Mapping>) => Mapping)[]) =>
  kinds.map((kind, at) => kind({ offset: BigInt(at) * PAGE, size: PAGE }));

describe('a row', () => {
  it('stands for each mapping, by slot and then by mapping', () => {
    const memslots = [aSlot({ slot: 5, gpa: 4n * GIB, mappings: pages(aMapping, aBar) }), aSlot({ slot: 2 })];
    expect(rows(aManifest({ memslots }))).toEqual([
      {
        slot: 2,
        mapping: 0,
        registration: 'ok',
        errno: null,
        fault: 'ok',
        faultErrno: null,
        stage2: 'normal-wb',
        cacheMaintenance: 'fwb',
      },
      {
        slot: 5,
        mapping: 0,
        registration: 'ok',
        errno: null,
        fault: 'ok',
        faultErrno: null,
        stage2: 'normal-wb',
        cacheMaintenance: 'fwb',
      },
      {
        slot: 5,
        mapping: 1,
        registration: 'ok',
        errno: null,
        fault: 'ok',
        faultErrno: null,
        stage2: 'normal-nc',
        cacheMaintenance: 'none',
      },
    ]);
  });

  it('says refused for each mapping of a slot that is', () => {
    const memslots = [aSlot({ mappings: pages(aMapping, gpuMemory, aBar) })];
    const found = rows(aManifest({ memslots }), { fwb: false });
    expect(found).toHaveLength(3);
    for (const row of found)
      expect(row).toMatchObject({
        registration: 'refused',
        errno: 'EINVAL',
        fault: 'not-reached',
        faultErrno: null,
        stage2: null,
      });
  });

  it('stands once for a slot with nothing under it, or with what is not known', () => {
    expect(rows(vmOver())).toMatchObject([{ mapping: null, registration: 'ok', fault: 'refused' }]);
    expect(rows(aManifest({ memslots: [aSlot({ mappings: undefined })] }))).toMatchObject([
      { mapping: null, registration: 'unknown', fault: 'unknown', faultErrno: null, stage2: null },
    ]);
  });

  it('lists what stands there when the guest runs', () => {
    expect(rows(vmThatRemapsTo(pages(aMapping, aBar)))).toMatchObject([{ mapping: 0 }, { mapping: 1 }]);
  });
});

describe('the fault of a row', () => {
  const fault = (access: readonly Access[] | undefined, mapping = aMapping({}), host: HostGiven = {}) => {
    const [row] = rows(vmOver({ ...mapping, access }), host);
    return [row?.fault, row?.faultErrno, row?.stage2];
  };

  it.each<[string, readonly Access[] | undefined, Mapping, unknown[]]>([
    ['is ok for RAM', undefined, aMapping(), ['ok', null, 'normal-wb']],
    ['is not reached where the guest goes nowhere', [], aMapping(), ['not-reached', null, null]],
    ['is the worst of the accesses', ['read', 'write'], aMapping({ protection: 'r' }), ['refused', 'EFAULT', null]],
    ['is ok for the reads alone', ['read'], aMapping({ protection: 'r' }), ['ok', null, 'normal-wb']],
    ['is injected for a fetch', ['execute'], aBar(), ['injected', null, null]],
    ['is injected though the data can be used', ['read', 'execute'], aBar(), ['injected', null, 'normal-nc']],
  ])('%s', (_what, access, mapping, expected) => {
    expect(fault(access, mapping)).toEqual(expected);
  });

  it('is mmio for a write to a readonly slot, which is worse than a read', () => {
    const slot = (access: readonly Access[] | undefined) =>
      rows(aManifest({ memslots: [aSlot({ flags: ['readonly'], mappings: [aMapping({ access })] })] }));
    expect(slot(['write'])).toMatchObject([{ fault: 'mmio', stage2: null }]);
    expect(slot(['read', 'write'])).toMatchObject([{ fault: 'mmio', stage2: 'normal-wb' }]);
    expect(slot(undefined)).toMatchObject([{ fault: 'ok', stage2: 'normal-wb' }]);
  });

  it('is refused with the errno of the fault, not of the registration', () => {
    expect(fault(['read'], ioMixedmap(), { fwb: false })).toEqual(['refused', 'EFAULT', null]);
    expect(fault(['read'], gpuMemory(), { mode: 'protected', mte: false })).toEqual(['refused', 'EPERM', null]);
  });

  it('is unknown where a fact that decides is', () => {
    expect(fault(['read'], ioMixedmap(), { fwb: undefined })).toEqual(['unknown', null, null]);
  });

  it('is ok where each type maps, and then the type is not told', () => {
    const somewhere = aBar({ kernelMapped: undefined });
    expect(fault(['read'], somewhere, { generation: 'normal-nc' })).toEqual(['ok', null, null]);
  });

  it('is ok where the downgrade is silent', () => {
    expect(fault(['read'], gpuMemory(), { generation: 'normal-nc' })).toEqual(['ok', null, 'device-nGnRE']);
  });

  it('needs no VMA for a guest_memfd', () => {
    expect(rows(aManifest({ memslots: [aGuestMemfdSlot()] }))).toMatchObject([{ fault: 'ok', stage2: 'normal-wb' }]);
    expect(rows(aManifest({ memslots: [aGuestMemfdSlot({ mappingsAtFault: [] })] }))).toMatchObject([
      { mapping: null, registration: 'ok', fault: 'not-reached' },
    ]);
  });

  it('is unknown on a kernel that is not described', () => {
    expect(rows(vmOver(aMapping()), { release: '5.10.0', cap243: undefined, guestMemfd: undefined })).toMatchObject([
      { registration: 'ok', fault: 'unknown', stage2: null },
    ]);
  });
});

describe('the registration of a row', () => {
  it('has no errno where a doubt that comes first could have another', () => {
    const overlapping = [aSlot({ gpa: 0x1000n }), aSlot({ slot: 1, gpa: 0x1000n })];
    const found = rows(aManifest({ memslots: overlapping }), { pageSize: undefined });
    expect(found[1]).toMatchObject({ registration: 'refused', errno: null });
  });

  it('has an errno where the doubt would have the same', () => {
    const memslots = [aSlot({ flags: ['log-dirty-pages'], mappings: [gpuMemory()] })];
    const manifest = aManifest({ mte: undefined, memslots });
    expect(rows(manifest)).toMatchObject([{ registration: 'refused', errno: 'EINVAL' }]);
  });

  it('is unknown where only a doubt stands against it', () => {
    expect(rows(vmOver(aUdmabuf()), { fwb: undefined })).toMatchObject([
      { registration: 'unknown', errno: null, fault: 'ok' },
    ]);
  });

  it('takes the first refusal for the errno', () => {
    const overlapping = [aSlot(), aSlot({ slot: 1, mappings: [gpuMemory()] })];
    expect(rows(aManifest({ memslots: overlapping }), { fwb: false })[1]).toMatchObject({ errno: 'EEXIST' });
  });
});

describe('cache maintenance of a row', () => {
  it.each<[HostGiven, string | null]>([
    [{}, 'fwb'],
    [{ fwb: false }, 'by-va'],
    [{ fwb: undefined }, null],
  ])('on a host with %j is %s', (host, expected) => {
    expect(rows(vmOver(aMapping()), host)[0]?.cacheMaintenance).toBe(expected);
  });

  it('is known where every kernel gives the same', () => {
    const question = aQuestion({ manifest: vmOver(aMapping()), target: aHostOfUnknownKernel() });
    expect(decide(question).memslots).toMatchObject([{ stage2: 'normal-wb', cacheMaintenance: 'fwb' }]);
  });
});
