import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planSweep } from './sweep-plan.js';

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('the plan of a sweep', () => {
  test('covers every VM and every target once, in chunks of at most 500 pairs', () => {
    const sizes = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(sizes, sizes, (vmCount, targetCount) => {
        const vms = names('vm', vmCount).map((name) => ({ name, host: undefined }));
        const { vmBands, targetBands, total } = planSweep(vms, names('h', targetCount));
        const size = (band: { from: number; to: number }): number => band.to - band.from;
        expect(vmBands.flatMap(({ from, to }) => [from, to]).slice(1, -1)).toEqual(
          vmBands.slice(1).flatMap(({ from }) => [from, from]),
        );
        expect(vmBands.reduce((sum, band) => sum + size(band), 0)).toBe(vmCount);
        expect(targetBands.reduce((sum, band) => sum + size(band), 0)).toBe(targetCount);
        expect(Math.max(...vmBands.map(size)) * Math.max(...targetBands.map(size))).toBeLessThanOrEqual(500);
        expect(total).toBe(vmCount * targetCount);
      }),
    );
  });

  test('leaves out each VM on its own host', () => {
    const vms = [
      { name: 'vm0', host: 'h0' },
      { name: 'vm1', host: 'elsewhere' },
      { name: 'vm2', host: undefined },
    ];
    expect(planSweep(vms, ['h0', 'h1']).total).toBe(5);
  });

  test('has some four hundred chunks for 1,000 VMs and 200 hosts', () => {
    const vms = names('vm', 1000).map((name) => ({ name, host: undefined }));
    const { vmBands, targetBands } = planSweep(vms, names('h', 200));
    expect(vmBands.length * targetBands.length).toBe(460);
  });
});
