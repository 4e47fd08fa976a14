import { decide, type Finding, type Fingerprint, type Manifest } from '@berth/engine';
import { expect, test } from 'vitest';
import { findingDifferences } from './finding-differences.js';

const manifest: Manifest = {
  memslots: [7, 3].map((slot) => ({
    slot,
    gpa: BigInt(slot) << 32n,
    size: 0x1000n,
    flags: [],
    mappings: [
      {
        offset: 0n,
        size: 0x1000n,
        backing: 'vfio',
        vmFlags: ['pfnmap'],
        memoryType: 'normal',
        kernelMapped: false,
        protection: 'rw',
      },
    ],
  })),
};
const host = (fwb: boolean | undefined): Fingerprint => ({
  arch: 'aarch64',
  kernel: { release: '7.2.0', pageSize: 4096 },
  cpu: { dic: true, fwb },
  kvm: { mode: 'vhe' },
});
const asked = (fwb: boolean | undefined) => decide({ manifest, target: host(fwb), phases: ['memslot'] });
const told = (before: boolean | undefined, after: boolean | undefined) =>
  findingDifferences(asked(before), asked(after)).map(({ change, finding, was }) => [
    change,
    finding.slot,
    finding.severity,
    was?.severity,
  ]);

test('what is gone, what is new and what changed, by slot', () => {
  expect(told(false, true)).toEqual([
    ['gone', 3, 'reject', undefined],
    ['gone', 7, 'reject', undefined],
  ]);
  expect(told(true, false)).toEqual([
    ['new', 3, 'reject', undefined],
    ['new', 7, 'reject', undefined],
  ]);
  expect(told(undefined, false)).toEqual([
    ['changed', 3, 'reject', 'unknown'],
    ['changed', 7, 'reject', 'unknown'],
  ]);
  expect(told(false, false)).toEqual([]);
});

test('a check that speaks twice of one place is told apart by turn, whatever the order of its keys', () => {
  const decision = asked(false);
  const [finding] = decision.findings as [Finding];
  const shuffled = Object.fromEntries(Object.entries(finding).reverse()) as unknown as Finding;
  const twice = { ...decision, findings: [finding, shuffled] };
  expect(findingDifferences(twice, { ...decision, findings: [shuffled, finding] })).toEqual([]);
  expect(findingDifferences(twice, { ...decision, findings: [finding] })).toEqual([
    { change: 'gone', finding: shuffled },
  ]);
});
