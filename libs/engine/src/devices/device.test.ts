import { expect, it } from 'vitest';
import { gpuMemory } from '../../../../test/support/builders.js';
import { BUILT_IN } from '../catalogue/catalogue.js';
import { rowOf } from './device.js';

it('a mapping is of the first device that has the name', () => {
  const named = (driver: string) => ({ name: 'gpu0', driver });
  const devices = [named('nvgrace_gpu_vfio_pci'), named('vfio_cdx')];
  expect(rowOf(BUILT_IN, gpuMemory({ device: 'gpu0', region: 4 }), { devices })?.id).toBe('nvgrace-gpu usemem');
});
