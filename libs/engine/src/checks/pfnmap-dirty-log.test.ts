import { describe, expect, it } from 'vitest';
import { failsWith, findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import {
  ALL_GENERATIONS,
  aBar,
  aHost,
  aManifest,
  aMapping,
  aQuestion,
  aSlot,
  aUdmabuf,
  ioMixedmap,
} from '../../../../test/support/builders.js';
import type { Mapping } from '../model/manifest.js';
import type { SlotFlag } from '../model/memory.js';

const asks = (mapping: Mapping, flags: readonly SlotFlag[] | undefined = ['log-dirty-pages']) =>
  aQuestion({ manifest: aManifest({ memslots: [aSlot({ flags, mappings: [mapping] })] }) });

const unflagged = (mapping: Mapping) =>
  aQuestion({ manifest: aManifest({ memslots: [aSlot({ flags: undefined, mappings: [mapping] })] }) });

describe('pfnmap-dirty-log', () => {
  it.each(ALL_GENERATIONS)('says no on %s', (generation) => {
    const question = { ...asks(aBar()), target: aHost({ generation }) };
    expect(failsWith(question)).toBe('memslot PFNMAP_DIRTY_LOG EINVAL refused 0 0');
  });

  it('shows the flags that do it', () => {
    expect(findingsOf('pfnmap-dirty-log', asks(aBar(), ['log-dirty-pages', 'readonly']))).toMatchObject([
      { actual: { flags: ['log-dirty-pages', 'readonly'], pfnmap: true } },
    ]);
  });

  it('says no though RAM is behind the VMA', () => {
    expect(said('pfnmap-dirty-log', asks(aUdmabuf()))).toBe('reject');
  });

  it('says yes to RAM, to VM_MIXEDMAP, and without the flag', () => {
    expect(said('pfnmap-dirty-log', asks(aMapping()))).toBe('pass');
    expect(said('pfnmap-dirty-log', asks(ioMixedmap()))).toBe('pass');
    expect(said('pfnmap-dirty-log', asks(aBar(), []))).toBe('pass');
    expect(said('pfnmap-dirty-log', asks(aBar(), ['readonly']))).toBe('pass');
  });

  it.each([
    ['the flags of the slot', unflagged(aBar()), ['/manifest/memslots/0/flags']],
    ['those of the VMA', asks(aMapping({ vmFlags: undefined })), ['/manifest/memslots/0/mappings/0/vmFlags']],
  ])('does not know without %s', (_what, question, missing) => {
    expect(said('pfnmap-dirty-log', question)).toBe('unknown');
    expect(missingOf('pfnmap-dirty-log', question)).toEqual(missing);
  });

  it('needs one of the two alone where it settles the matter', () => {
    expect(said('pfnmap-dirty-log', unflagged(aMapping()))).toBe('pass');
    expect(said('pfnmap-dirty-log', asks(aMapping({ vmFlags: undefined }), []))).toBe('pass');
  });
});
