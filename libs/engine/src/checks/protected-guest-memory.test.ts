import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import {
  aBar,
  aDevdax,
  aHost,
  aManifest,
  aMapping,
  aMemfd,
  aQuestion,
  aSlot,
  gpuMemory,
  type HostGiven,
} from '../../../../test/support/builders.js';
import { decide } from '../decide.js';
import type { Mapping, VmType } from '../model/manifest.js';

const UNPINNABLE = 'protected-guest-unpinnable';
const FILE_PAGE = 'protected-guest-file-page';
const AT = '/manifest/memslots/0/mappings/0';

const ask = (mapping: Mapping, type: VmType | undefined = 'protected', host: HostGiven = {}) =>
  aQuestion({
    manifest: aManifest({ type, memslots: [aSlot({ mappings: [mapping] })] }),
    target: aHost({ mode: 'protected', mte: false, ...host }),
  });

const untyped = (mapping: Mapping) => ({
  ...ask(mapping),
  manifest: aManifest({ type: undefined, memslots: [aSlot({ mappings: [mapping] })] }),
});

const file = (flag: 'shared' | 'cow') => aMapping({ backing: 'file', vmFlags: [flag] });
const hugetlb = aMapping({ backing: 'hugetlb', vmFlags: ['hugetlb', 'shared'] });

describe(UNPINNABLE, () => {
  it.each([
    ['a BAR', aBar()],
    ['GPU memory', gpuMemory()],
    ['a mapping that can only be read', aMapping({ protection: 'r' })],
    ['a shared file', file('shared')],
    ['a read of what cannot be written', aMapping({ protection: 'r', access: ['read'] })],
  ])('says no to %s', (_what, mapping) => {
    expect(failsWith(ask(mapping))).toBe('fault PROTECTED_GUEST_UNPINNABLE EFAULT late 0 0');
  });
});

describe(FILE_PAGE, () => {
  it.each([
    ['a private file', file('cow')],
    ['hugetlb', hugetlb],
  ])('says no to %s', (_what, mapping) => {
    expect(failsWith(ask(mapping))).toBe('fault PROTECTED_GUEST_FILE_PAGE EIO late 0 0');
  });
});

describe('memory of a protected VM', () => {
  it.each([
    ['anonymous memory', aMapping()],
    ['a memfd', aMemfd()],
    ['shmem', aMemfd({ backing: 'shmem' })],
  ])('can be %s', (_what, mapping) => {
    expect(decide(ask(mapping)).outcome).toBe('compatible');
    expect(decide(ask(mapping)).memslots).toMatchObject([{ fault: 'ok', stage2: 'normal-wb' }]);
  });

  it.each([UNPINNABLE, FILE_PAGE])('is no matter of %s in a normal VM', (check) => {
    expect(said(check, ask(file('cow'), 'normal'))).toBe('pass');
    expect(said(check, ask(aBar(), 'normal'))).toBe('pass');
  });

  it.each([UNPINNABLE, FILE_PAGE])('does not know in %s what was not recorded or not told', (check) => {
    expect(missingOf(check, ask(aDevdax()))).toEqual([`${AT}/backing`]);
    expect(missingOf(check, ask(aMapping({ backing: undefined })))).toEqual([`${AT}/backing`]);
    expect(missingOf(check, ask(aMapping({ vmFlags: undefined })))).toEqual([`${AT}/vmFlags`]);
    expect(missingOf(check, ask(aMapping({ backing: 'file', vmFlags: undefined })))).toEqual([`${AT}/vmFlags`]);
  });

  it('is shown by its backing and by whether it is shared', () => {
    const shown = (mapping: Mapping) => findingsOf(UNPINNABLE, ask(mapping)).map(({ actual }) => actual);
    expect(shown(file('shared'))).toEqual([{ backing: 'file', shared: true }]);
    expect(shown(aMapping({ backing: undefined, vmFlags: undefined }))).toEqual([{ backing: null, shared: null }]);
  });

  it('is not certain to be that where the type is not known', () => {
    expect(said(UNPINNABLE, untyped(aBar()))).toBe('unknown');
    expect(said(FILE_PAGE, untyped(file('cow')))).toBe('unknown');
    expect(missingOf(FILE_PAGE, untyped(file('cow')))).toEqual(['/manifest/vm/type']);
  });

  it('is not asked before 7.1, where such a VM cannot be made', () => {
    expect(failsWith(ask(aBar(), 'protected', { generation: 'guest-memfd' }))).toBe(
      'vm VM_TYPE_UNSUPPORTED EINVAL refused - -',
    );
    expect(said(UNPINNABLE, ask(aBar(), 'protected', { generation: 'guest-memfd' }))).toBe('pass');
  });
});
