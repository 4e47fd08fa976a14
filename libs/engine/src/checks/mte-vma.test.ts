import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import {
  aBar,
  aHost,
  aManifest,
  aMapping,
  aMemfd,
  aQuestion,
  aSlot,
  type HostGiven,
} from '../../../../test/support/builders.js';
import { decide } from '../decide.js';
import type { Mapping } from '../model/manifest.js';

const asks = (mapping: Mapping, host: HostGiven = {}, mte: boolean | undefined = true) =>
  aQuestion({ manifest: aManifest({ mte, memslots: [aSlot({ mappings: [mapping] })] }), target: aHost(host) });

const NO = 'memslot MTE_VMA_NOT_ALLOWED EINVAL refused 0 0';
const file = aMapping({ backing: 'file', vmFlags: ['shared'] });
const privateFile = aMapping({ backing: 'file', vmFlags: ['cow'] });

/** Releases of the oldest generation on each side of the change from VM_SHARED to VM_MTE_ALLOWED. */
const BY_SHARED: HostGiven = { release: '6.1.176' };
const BY_ALLOWED: HostGiven = { release: '6.2.0' };

describe('mte-vma', () => {
  it('says no to memory that cannot carry tags', () => {
    expect(failsWith(asks(aBar()))).toBe(NO);
    expect(failsWith(asks(file))).toBe(NO);
  });

  it('says yes to memory that can, and to any memory without MTE', () => {
    expect(said('mte-vma', asks(aMemfd()))).toBe('pass');
    expect(said('mte-vma', asks(aBar(), {}, false))).toBe('pass');
  });

  it('goes by VM_SHARED before 6.2, and by VM_MTE_ALLOWED since', () => {
    expect(failsWith(asks(aMemfd(), BY_SHARED))).toBe(NO);
    expect(said('mte-vma', asks(privateFile, BY_SHARED))).toBe('pass');
    expect(said('mte-vma', asks(aMemfd(), BY_ALLOWED))).toBe('pass');
    expect(failsWith(asks(privateFile, BY_ALLOWED))).toBe(NO);
  });

  it('needs no release within the oldest generation where both ways answer alike', () => {
    const host: HostGiven = { release: undefined, cap243: { system: 0, vm: 0 }, guestMemfd: undefined };
    expect(said('mte-vma', asks(aMapping(), host))).toBe('pass');
    expect(said('mte-vma', asks(file, host))).toBe('reject');
    expect(said('mte-vma', asks(aMemfd(), host))).toBe('unknown');
    expect(missingOf('mte-vma', asks(aMemfd(), host))).toContain('/fingerprint/kernel/release');
  });

  it('does not know without the flags or the VM', () => {
    const flagless = aMapping({ vmFlags: undefined });
    expect(said('mte-vma', asks(flagless))).toBe('unknown');
    expect(missingOf('mte-vma', asks(flagless))).toEqual(['/manifest/memslots/0/mappings/0/vmFlags']);
    expect(
      missingOf('mte-vma', {
        ...asks(file),
        manifest: aManifest({ mte: undefined, memslots: [aSlot({ mappings: [file] })] }),
      }),
    ).toEqual(['/manifest/vm/mte']);
  });

  it('is come to before the dirty log and before FWB', () => {
    const manifest = aManifest({
      mte: true,
      memslots: [aSlot({ flags: ['log-dirty-pages'], mappings: [aBar({ memoryType: 'normal' })] })],
    });
    const decision = decide(aQuestion({ manifest, target: aHost({ fwb: false }) }));
    expect(decision.findings.map(({ check }) => check)).toEqual(['mte-vma', 'pfnmap-dirty-log', 'cacheable-pfnmap']);
    expect(decision.wouldFail?.reason).toBe('MTE_VMA_NOT_ALLOWED');
  });
});
