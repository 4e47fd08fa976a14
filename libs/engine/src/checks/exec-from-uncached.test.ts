import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import {
  ALL_GENERATIONS,
  aBar,
  aDevdax,
  aHost,
  aMapping,
  aQuestion,
  aUdmabuf,
  gpuMemory,
  vmOver,
} from '../../../../test/support/builders.js';
import { decide } from '../decide.js';
import type { Mapping } from '../model/manifest.js';
import type { GenerationId } from '../model/verdict.js';

const fetches = (mapping: Mapping, generation: GenerationId = 'protected-guest') =>
  aQuestion({ manifest: vmOver({ ...mapping, access: ['execute'] }), target: aHost({ generation }) });

const NO = 'fault EXEC_FROM_UNCACHED no errno late 0 0';

describe('exec-from-uncached', () => {
  it.each(ALL_GENERATIONS)('says no on %s: the guest gets an abort, and KVM_RUN goes on', (generation) => {
    expect(failsWith(fetches(aBar(), generation))).toBe(NO);
    expect(decide(fetches(aBar(), generation)).memslots).toMatchObject([
      { fault: 'injected', faultErrno: null, stage2: null },
    ]);
  });

  it('says no to code in memory that the generation makes Device', () => {
    expect(failsWith(fetches(aDevdax(), 'normal-nc'))).toBe(NO);
    expect(failsWith(fetches(gpuMemory(), 'device-only'))).toBe(NO);
    expect(said('exec-from-uncached', fetches(aDevdax(), 'cacheable-pfnmap'))).toBe('pass');
    expect(said('exec-from-uncached', fetches(gpuMemory(), 'cacheable-pfnmap'))).toBe('pass');
  });

  it('says yes to code in RAM, write-combined or not, and to data anywhere', () => {
    expect(said('exec-from-uncached', fetches(aMapping()))).toBe('pass');
    expect(said('exec-from-uncached', fetches(aUdmabuf({ memoryType: 'normal-nc' })))).toBe('pass');
    expect(said('exec-from-uncached', aQuestion({ manifest: vmOver(aBar()) }))).toBe('pass');
  });

  it('needs no flags where any that there could be are uncached, and then cannot say which type it is', () => {
    const [finding] = findingsOf('exec-from-uncached', fetches(aBar({ vmFlags: undefined }), 'normal-nc'));
    expect(finding).toMatchObject({ severity: 'reject', actual: { stage2: null } });
  });

  it('leaves a fault that fails to the check that says so', () => {
    const question = { ...fetches(gpuMemory({ vmFlags: ['mixedmap', 'io'] })), target: aHost({ fwb: false }) };
    expect(failsWith(question)).toBe('fault CACHEABLE_PFNMAP_FAULT EFAULT late 0 0');
    expect(said('exec-from-uncached', question)).toBe('pass');
  });

  it('does not know without where the pages are', () => {
    const question = fetches(aBar({ kernelMapped: undefined }));
    expect(said('exec-from-uncached', question)).toBe('unknown');
    expect(missingOf('exec-from-uncached', question)).toEqual(['/manifest/memslots/0/mappings/0/kernelMapped']);
  });
});
