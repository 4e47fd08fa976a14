import { contradictionsOf, factsOf, type GenerationId, generationsOf } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { RECORDED_HOSTS, recordedFingerprint } from '../support/recorded.js';

const GENERATION_OF: Readonly<Record<string, GenerationId>> = {
  '6.1': 'device-only',
  '6.12': 'normal-nc',
  '6.16': 'normal-nc',
  '6.17': 'cacheable-pfnmap',
  '6.18': 'guest-memfd',
  '7.0': 'guest-memfd',
  '7.2.13': 'protected-guest',
};

/** FWB and DIC, by the label of the CPU. */
const CPUS: Readonly<Record<string, readonly [fwb: boolean, dic: boolean]>> = {
  max: [true, true],
  'max-mte': [true, true],
  'max-nvhe': [true, true],
  'max-protected': [true, true],
  'neoverse-v1': [true, true],
  'cortex-a710': [true, false],
  'cortex-a710-mte': [true, false],
  'neoverse-n1': [false, false],
  'cortex-a72': [false, false],
};

const labelsOf = (host: string) => [host.slice(0, host.indexOf('-')), host.slice(host.indexOf('-') + 1)] as const;

describe.each(RECORDED_HOSTS)('the recorded host %s', (host) => {
  const [kernel, cpu] = labelsOf(host);
  const fingerprint = recordedFingerprint(host);

  it('has the generation of its kernel', () => {
    expect(generationsOf(fingerprint).known).toBe(GENERATION_OF[kernel]);
  });

  it('contradicts itself nowhere', () => {
    expect(contradictionsOf(fingerprint)).toEqual([]);
  });

  it('has FWB and DIC as its CPU does', () => {
    const [fwb, dic] = CPUS[cpu] ?? [];
    expect(factsOf(fingerprint)).toMatchObject({ fwb, dic, cacheablePfnmap: fwb && dic });
  });

  it('has the mode and MTE that it was booted with', () => {
    expect(factsOf(fingerprint)).toMatchObject({ mte: cpu.endsWith('-mte'), arch: 'aarch64', pageSize: 4096n });
    expect(fingerprint.kvm?.mode === 'protected').toBe(cpu === 'max-protected');
  });
});

it('were 43', () => {
  expect(RECORDED_HOSTS).toHaveLength(43);
});
