import { describe, expect, it } from 'vitest';
import { findingsOf, missingOf, said } from '../../../../test/support/ask.js';
import {
  aBar,
  aDevdax,
  aHost,
  aMapping,
  aQuestion,
  aUdmabuf,
  gpuMemory,
  type HostGiven,
  ioMixedmap,
  vmOver,
  vmThatRemapsTo,
} from '../../../../test/support/builders.js';
import type { Mapping } from '../model/manifest.js';
import type { Question } from '../model/question.js';
import type { Policy } from '../model/verdict.js';

const AT = '/manifest/memslots/0/mappings/0';
const WITHOUT: HostGiven = { fwb: false };

const under = (policy: Policy, mapping: Mapping, host: HostGiven = {}, given: Partial<Question> = {}) =>
  aQuestion({ policy, manifest: vmOver(mapping), target: aHost(host), ...given });

const marked = (mapping: Mapping, policy: Policy = 'strict') =>
  under(policy, mapping, {}, { proposal: { cacheableFlag: true } });

describe('unknown-slot-flag', () => {
  it.each<[string, Question]>([
    ['pass', under('strict', gpuMemory())],
    ['pass', under('strict', gpuMemory(), {}, { proposal: { cacheableFlag: false } })],
    ['reject', marked(gpuMemory())],
    ['reject', marked(gpuMemory(), 'kernel')],
    ['reject', marked(gpuMemory(), 'proposal:jgg')],
    ['pass', marked(gpuMemory(), 'proposal:flag-v4')],
    ['pass', marked(gpuMemory(), 'proposal:flag-marc')],
    ['pass', marked(gpuMemory(), 'proposal:vma-flag')],
    ['pass', marked(aBar())],
    ['pass', marked(aMapping())],
    ['unknown', marked(gpuMemory({ memoryType: undefined }))],
    ['unknown', marked(gpuMemory({ vmFlags: undefined }))],
    ['pass', marked(aBar({ vmFlags: undefined }))],
  ])('%s', (answer, question) => {
    expect(said('unknown-slot-flag', question)).toBe(answer);
  });

  it('asks for what would tell which slots carry the flag', () => {
    const untold = gpuMemory({ memoryType: undefined, vmFlags: undefined });
    expect(missingOf('unknown-slot-flag', marked(untold))).toEqual([`${AT}/memoryType`, `${AT}/vmFlags`]);
    const unlisted = aQuestion({
      manifest: { ...vmOver(), memslots: [{ slot: 0, gpa: 0n, size: 0x1000n, flags: [] }] },
      proposal: { cacheableFlag: true },
    });
    expect(missingOf('unknown-slot-flag', unlisted)).toEqual(['/manifest/memslots/0/mappings']);
  });
});

describe('proposal-refuses', () => {
  it.each<[string, Question]>([
    ['reject', under('proposal:flag-v4', gpuMemory())],
    ['reject', under('proposal:flag-v4', aUdmabuf(), WITHOUT)],
    ['pass', marked(gpuMemory(), 'proposal:flag-v4')],
    ['reject', under('proposal:sealed', gpuMemory())],
    ['pass', under('proposal:sealed', gpuMemory(), {}, { proposal: { sealed: true } })],
    ['pass', under('proposal:flag-v4', aBar())],
    ['pass', under('proposal:flag-v4', aMapping())],
    ['unknown', under('proposal:flag-v4', gpuMemory({ memoryType: undefined }))],
    ['pass', under('strict', gpuMemory())],
    ['pass', under('proposal:flag-marc', gpuMemory())],
  ])('%s', (answer, question) => {
    expect(said('proposal-refuses', question)).toBe(answer);
  });

  it('stands beside what the hardware lacks', () => {
    const question = under('proposal:flag-v4', gpuMemory(), WITHOUT);
    expect([said('cacheable-pfnmap', question), said('proposal-refuses', question)]).toEqual(['reject', 'reject']);
  });
});

describe('cow-pfnmap-fault', () => {
  const cow = (given: Partial<Mapping> = {}) => gpuMemory({ vmFlags: ['pfnmap', 'cow'], access: ['read'], ...given });

  it.each<[string, Question]>([
    ['reject', marked(cow(), 'proposal:flag-v4')],
    ['reject', under('proposal:flag-v4', cow({ memoryType: 'device-nGnRE' }))],
    ['pass', marked(gpuMemory(), 'proposal:flag-v4')],
    ['unknown', under('proposal:flag-v4', cow({ vmFlags: undefined, memoryType: 'device-nGnRE' }))],
    ['pass', under('strict', cow())],
  ])('%s', (answer, question) => {
    expect(said('cow-pfnmap-fault', question)).toBe(answer);
  });
});

describe('proposal-admits-hazard', () => {
  const hazards = (question: Question) =>
    findingsOf('proposal-admits-hazard', question).map(({ severity, actual, errno, failure }) => [
      severity,
      actual.hazard,
      actual.stage2,
      errno,
      failure,
    ]);

  it('is H2 where a cacheable mapping is weakened, refused by Berth unless the sources only warn', () => {
    const [marc, fallback] = [
      under('proposal:flag-marc', gpuMemory()),
      under('proposal:fallback', gpuMemory(), WITHOUT),
    ];
    expect(hazards(marc)).toEqual([['warn', 'H2', 'normal-nc', null, 'silent']]);
    expect(hazards(fallback)).toEqual([['reject', 'H2', 'device-nGnRE', null, 'silent']]);
    expect(hazards(under('proposal:nc-never', aDevdax()))).toEqual([['reject', 'H2', 'device-nGnRE', null, 'silent']]);
  });

  it('is H6 where memory that no driver relaxed is Normal-NC', () => {
    const platform = gpuMemory({ memoryType: 'device-nGnRE' });
    expect(hazards(under('proposal:jgg', platform))).toEqual([['warn', 'H6', 'normal-nc', null, 'silent']]);
    expect(hazards(under('proposal:jgg', aBar()))).toEqual([]);
    expect(hazards(under('proposal:opt-out', aBar()))).toEqual([]);
  });

  it('is nothing where the generation itself decides', () => {
    const question = under('proposal:fallback', aDevdax(), { generation: 'normal-nc' });
    expect(hazards(question)).toEqual([]);
    expect(said('cacheable-downgrade', question)).toBe('reject');
  });

  it.each<[string, Mapping, HostGiven, readonly string[]]>([
    ['memoryType', gpuMemory({ memoryType: undefined }), WITHOUT, [`${AT}/memoryType`]],
    ['kernelMapped', gpuMemory({ kernelMapped: undefined }), WITHOUT, [`${AT}/kernelMapped`]],
    ['the flags', gpuMemory({ vmFlags: undefined }), WITHOUT, [`${AT}/vmFlags`]],
    [
      'FWB',
      gpuMemory(),
      { fwb: undefined },
      ['/fingerprint/cpu/fwb', '/fingerprint/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED'],
    ],
  ])('is not known without %s', (_what, mapping, host, missing) => {
    const question = under('proposal:fallback', mapping, host);
    expect(said('proposal-admits-hazard', question)).toBe('unknown');
    expect(missingOf('proposal-admits-hazard', question)).toEqual([...missing].sort());
  });

  it('is not asked of a fetch, which is injected', () => {
    expect(hazards(under('proposal:flag-marc', gpuMemory({ access: ['execute'] })))).toEqual([]);
  });
});

describe('proposal-admits', () => {
  it.each<[string, Question]>([
    ['warn', under('proposal:cmo', gpuMemory(), WITHOUT)],
    ['warn', under('proposal:cmo', aUdmabuf(), WITHOUT)],
    ['warn', under('proposal:fallback', gpuMemory(), WITHOUT)],
    ['warn', under('proposal:jgg', gpuMemory(), { dic: false })],
    ['pass', under('proposal:jgg', gpuMemory(), WITHOUT)],
    ['pass', under('proposal:cmo', gpuMemory())],
    ['pass', under('proposal:cmo', gpuMemory(), { fwb: undefined })],
    ['pass', under('proposal:cmo', aBar(), WITHOUT)],
    ['pass', under('proposal:opt-out', gpuMemory(), { ...WITHOUT, generation: 'normal-nc' })],
    ['pass', under('strict', gpuMemory(), WITHOUT)],
  ])('%s', (answer, question) => {
    expect(said('proposal-admits', question)).toBe(answer);
  });

  it('speaks of what is met later too, by the rule of that site', () => {
    const later = (mapping: Mapping) =>
      said(
        'proposal-admits',
        aQuestion({ policy: 'proposal:cmo', manifest: vmThatRemapsTo([mapping]), target: aHost(WITHOUT) }),
      );
    expect([later(gpuMemory()), later(ioMixedmap()), later(aUdmabuf())]).toEqual(['warn', 'warn', 'pass']);
  });
});

describe('cacheable-pfnmap under a proposal that asks for FWB alone', () => {
  const jgg = (mapping: Mapping, host: HostGiven = {}) => under('proposal:jgg', mapping, host);

  it.each<[string, Question]>([
    ['pass', jgg(gpuMemory(), { dic: false })],
    ['pass', jgg(gpuMemory(), { dic: undefined })],
    ['reject', jgg(gpuMemory(), WITHOUT)],
    ['pass', jgg(aUdmabuf(), WITHOUT)],
    ['unknown', jgg(gpuMemory(), { fwb: undefined })],
    ['unknown', jgg(gpuMemory({ kernelMapped: undefined }), WITHOUT)],
    ['pass', jgg(aBar(), WITHOUT)],
  ])('%s', (answer, question) => {
    expect(said('cacheable-pfnmap', question)).toBe(answer);
  });

  it('does not ask for DIC', () => {
    expect(missingOf('cacheable-pfnmap', jgg(gpuMemory(), { fwb: undefined, dic: undefined }))).toEqual([
      '/fingerprint/cpu/fwb',
      '/fingerprint/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED',
    ]);
  });
});

describe('normal-nc-unavailable', () => {
  it.each<[string, Question]>([
    ['warn', under('proposal:nc-never', aBar())],
    ['warn', under('proposal:opt-out', aBar(), {}, { proposal: { optOutActive: true } })],
    ['pass', under('proposal:opt-out', aBar())],
    ['pass', under('proposal:opt-out', aBar(), { generation: 'device-only' })],
    ['pass', under('proposal:jgg', aBar(), { generation: 'device-only' })],
    ['warn', under('proposal:cmo', aBar(), { generation: 'device-only' })],
    ['pass', under('proposal:cmo', aBar())],
  ])('%s', (answer, question) => {
    expect(said('normal-nc-unavailable', question)).toBe(answer);
  });
});
