import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import {
  aBar,
  aHost,
  aHostOfUnknownKernel,
  aMapping,
  aMemfd,
  aQuestion,
  type HostGiven,
  vmThatRemapsTo,
} from '../../../../test/support/builders.js';
import type { Mapping } from '../model/manifest.js';

const ask = (mapping: Mapping, host: HostGiven = {}, mte: boolean | undefined = true) =>
  aQuestion({ manifest: vmThatRemapsTo([mapping], { mte }), target: aHost(host) });

const NO = 'fault MTE_VMA_NOT_ALLOWED_AT_FAULT EFAULT late 0 0';
const AT = '/manifest/memslots/0/mappingsAtFault/0';
const file = aMapping({ backing: 'file', vmFlags: ['shared'] });

describe('mte-vma-fault', () => {
  it('says no to page cache that took the place of what was registered', () => {
    expect(failsWith(ask(file))).toBe(NO);
  });

  it('goes by VM_SHARED before 6.2, and by VM_MTE_ALLOWED since', () => {
    expect(failsWith(ask(aMemfd(), { release: '6.1.0' }))).toBe(NO);
    expect(said('mte-vma-fault', ask(aMemfd(), { release: '6.2.0' }))).toBe('pass');
  });

  it('says yes to memory that can carry tags, without MTE, and to memory that is not Normal-WB', () => {
    expect(said('mte-vma-fault', ask(aMemfd()))).toBe('pass');
    expect(said('mte-vma-fault', ask(file, {}, false))).toBe('pass');
    expect(said('mte-vma-fault', ask(aBar()))).toBe('pass');
  });

  it.each([
    ['the flags', ask(aMapping({ backing: 'file', vmFlags: undefined })), [`${AT}/vmFlags`]],
    ['where the pages are', ask(aBar({ kernelMapped: undefined })), [`${AT}/kernelMapped`]],
  ])('does not know without %s', (_what, question, missing) => {
    expect(said('mte-vma-fault', question)).toBe('unknown');
    expect(missingOf('mte-vma-fault', question)).toEqual(missing);
  });

  it('does not know without the VM', () => {
    const question = { ...ask(file), manifest: vmThatRemapsTo([file], { mte: undefined }) };
    expect(missingOf('mte-vma-fault', question)).toEqual(['/manifest/vm/mte']);
  });

  it('is sure of what every kernel does alike', () => {
    const question = { ...ask(file), target: aHostOfUnknownKernel() };
    expect(said('mte-vma-fault', question)).toBe('reject');
  });
});
