import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../test/support/ask.js';
import {
  aBar,
  aGuestMemfdSlot,
  aHost,
  aManifest,
  aMapping,
  aMemfd,
  aQuestion,
  aSlot,
  gpuMemory,
  type HostGiven,
  type VmGiven,
} from '../../../test/support/builders.js';
import { decide } from './decide.js';

const PKVM: HostGiven = { mode: 'protected', mte: false };
const FLAGS = '/manifest/memslots/0/flags';
const TYPE = '/manifest/vm/type';

const readOnly = aMapping({ protection: 'r', access: ['write'] });

const asks = (vm: VmGiven, host: HostGiven = {}) => aQuestion({ manifest: aManifest(vm), target: aHost(host) });

describe('the way that a fault is handled', () => {
  it('is the ordinary one for an ordinary slot', () => {
    const question = asks({ memslots: [aSlot({ mappings: [readOnly] })] });
    expect(failsWith(question)).toBe('fault HOST_MAPPING_PROTECTION EFAULT late 0 0');
  });

  it('is that of protected VMs for one of them, and then no other check of a fault is asked', () => {
    const question = asks({ type: 'protected', memslots: [aSlot({ mappings: [readOnly] })] }, PKVM);
    expect(decide(question).findings.map(({ check }) => check)).toEqual(['protected-guest-unpinnable']);
  });

  it('asks a protected VM nothing of what only user_mem_abort() does', () => {
    const slot = aSlot({ mappingsAtFault: [aMemfd({ vmFlags: ['shared'] })] });
    expect(said('mte-vma-fault', asks({ mte: true, memslots: [slot] }))).toBe('reject');
    expect(said('mte-vma-fault', asks({ mte: true, type: 'protected', memslots: [slot] }, PKVM))).toBe('pass');
  });

  it('asks nothing of what stands under a guest_memfd', () => {
    const gmem = aGuestMemfdSlot({ mappingsAtFault: [gpuMemory({ protection: 'none', backing: 'secretmem' })] });
    expect(decide(asks({ memslots: [gmem] })).outcome).toBe('compatible');
  });

  it('makes a doubt of an objection where the slot may be a guest_memfd', () => {
    const question = asks({ memslots: [aSlot({ flags: undefined, mappings: [readOnly] })] });
    expect(said('host-mapping-protection', question)).toBe('unknown');
    expect(missingOf('host-mapping-protection', question)).toEqual([FLAGS]);
    expect(decide(question)).toMatchObject({
      outcome: 'indeterminate',
      wouldFail: null,
      memslots: [{ fault: 'unknown' }],
    });
  });

  it('keeps what the check itself misses', () => {
    const slot = aSlot({ flags: undefined, mappings: [aBar({ kernelMapped: undefined, access: ['execute'] })] });
    const missing = missingOf('exec-from-uncached', asks({ memslots: [slot] }));
    expect(missing).toEqual([FLAGS, '/manifest/memslots/0/mappings/0/kernelMapped']);
  });

  it('may be either where the host can run protected VMs and the type is not known', () => {
    const question = asks({ type: undefined, memslots: [aSlot({ mappings: [readOnly] })] }, PKVM);
    for (const check of ['host-mapping-protection', 'protected-guest-unpinnable']) {
      expect(said(check, question)).toBe('unknown');
      expect(missingOf(check, question)).toEqual([TYPE]);
    }
  });

  it('may be either where the mode is not known, too', () => {
    const question = asks({ type: undefined, memslots: [aSlot({ mappings: [readOnly] })] }, { mode: undefined });
    expect(missingOf('protected-guest-unpinnable', question)).toEqual([TYPE]);
  });

  it.each<[string, HostGiven]>([
    ['the host is no pKVM host', { mode: 'vhe' }],
    ['the kernel has no protected VMs', { ...PKVM, generation: 'guest-memfd' }],
  ])('is the ordinary one, whatever the type, where %s', (_what, host) => {
    const question = asks({ type: undefined, memslots: [aSlot({ mappings: [readOnly] })] }, host);
    expect(said('host-mapping-protection', question)).toBe('reject');
    expect(said('protected-guest-unpinnable', question)).toBe('pass');
  });
});
