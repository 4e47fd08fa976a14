import { CHECKS } from '@berth/engine';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RAW_TEXT_RULES, readRawText } from './raw-text.js';

type Expected = readonly [
  phase: string,
  errno?: string | undefined,
  slot?: number | undefined,
  reason?: string | undefined,
];

const QEMU = '2026-11-20T07:01:09.512345Z qemu-system-aarch64: ';
const SET_REGION = 'kvm_set_user_memory_region: KVM_SET_USER_MEMORY_REGION failed, ';

/** As QEMU and libvirt print them, each with where it says the migration failed. */
const TEXTS: readonly (readonly [text: string, expected: Expected])[] = [
  [
    `${QEMU}-m and ,maxmem option values require an IPA range (42 bits) larger than the one supported by the host (40 bits)`,
    ['vm', undefined, undefined, 'IPA_SIZE_UNSUPPORTED'],
  ],
  [
    `${SET_REGION}slot=7, start=0x8000000000, size=0x1800000000: Invalid argument\nkvm_set_phys_mem: error registering slot: Invalid argument`,
    ['memslot', 'EINVAL', 7],
  ],
  [`${SET_REGION}slot=0, start=0x40000000, size=0x400000000: File exists`, ['memslot', 'EEXIST', 0]],
  [
    'kvm_set_user_memory_region: KVM_SET_USER_MEMORY_REGION2 failed, slot=65541, start=0x8000000000, size=0x1000, flags=0x4, guest_memfd=-1, guest_memfd_offset=0x0: Bad address',
    ['memslot', 'EFAULT', 65541],
  ],
  [`${SET_REGION}slot=3, start=0x0, size=0x1000: Unknown error 524`, ['memslot', undefined, 3]],
  ['kvm_set_phys_mem: error registering slot: Cannot allocate memory', ['memslot', 'ENOMEM']],
  ['kvm_alloc_slot: no free slot available', ['memslot']],
  [
    `${QEMU}0009:01:00.0: VFIO migration is not supported in kernel`,
    ['source', 'ENOTTY', undefined, 'DEVICE_NOT_MIGRATABLE'],
  ],
  [
    "error: internal error: unable to execute QEMU command 'migrate': 0000:3a:10.0: VFIO device doesn't support device and IOMMU dirty tracking",
    ['source', undefined, undefined, 'DEVICE_DIRTY_TRACKING_ABSENT'],
  ],
  [
    'Error: Multiple VFIO devices migration is supported only if all of them support P2P migration',
    ['source', undefined, undefined, 'DEVICES_NOT_ALL_P2P'],
  ],
  ['Migration is disabled for VFIO device', ['source']],
  [
    'Migration is currently not supported with vIOMMU enabled',
    ['source', undefined, undefined, 'VIOMMU_NOT_MIGRATABLE'],
  ],
  ['Live migration disabled due to MTE enabled', ['source', undefined, undefined, 'MTE_MIGRATION_BLOCKED']],
  [
    'Live migration disabled because KVM nested virt is enabled',
    ['source', undefined, undefined, 'NESTED_VM_NOT_MIGRATABLE'],
  ],
  ['This operating system kernel does not support vGICv3 migration', ['source']],
  ['This operating system kernel does not support vITS migration', ['source']],
  ['error: kvm run failed Bad address', ['fault', 'EFAULT']],
  [`${QEMU}error: kvm run failed Function not implemented`, ['fault', 'ENOSYS']],
  [`${QEMU}Failed to put registers after init: Invalid argument`, ['state-load', 'EINVAL']],
  [
    `${QEMU}failed to load cpu:cpreg_vmstate_array_len\n${QEMU}error while loading state for instance 0x0 of device 'cpu'\n${QEMU}load of migration failed: Operation not permitted`,
    ['state-load', 'EPERM'],
  ],
  [
    `${QEMU}Mismatched RAM page size 0x10000 (local) != 4096\n${QEMU}load of migration failed: Invalid argument`,
    ['state-load', 'EINVAL'],
  ],
  [`${QEMU}error while loading state for instance 0x0 of device '0000:00:03.0/virtio-net'`, ['state-load']],
  [`${QEMU}Mismatched GPAs for block mach-virt.ram 1073741824 != 0`, ['state-load']],
  [
    `Unknown ramblock "0000:00:01.1:00.0/e1000e.rom", cannot accept migration\nerror while loading state for instance 0x0 of device 'ram'\nload of migration failed: Invalid argument`,
    ['state-load', 'EINVAL'],
  ],
  [
    `error: operation failed: job 'migration out' failed: Sibling indicated error 1.\noperation failed: job 'migration in' failed: load of migration failed: Input/output error`,
    ['state-load', 'EIO'],
  ],
  [
    `error: internal error: process exited while connecting to monitor: ${QEMU}${SET_REGION}slot=1, start=0x0, size=0x4000000: Invalid argument`,
    ['memslot', 'EINVAL', 1],
  ],
  [
    `error: internal error: QEMU unexpectedly closed the monitor (vm='vm-42'): ${QEMU}load of migration failed: No such file or directory`,
    ['state-load', 'ENOENT'],
  ],
];

const UNKNOWN = [
  'error: internal error: QEMU unexpectedly closed the monitor',
  'error: operation failed: migration out job: unexpectedly failed',
  'error: unable to connect to server at `gh-06:49152`: Connection refused',
  'kvm run failed',
  'something else',
  '',
];

describe('a raw text', () => {
  test.each(TEXTS)('%s', (text, [phase, errno, slot, reason]) => {
    expect(readRawText(text)).toEqual({ phase, errno, slot, reason });
    expect(readRawText(text.replaceAll('\n', '\r\n'))).toEqual({ phase, errno, slot, reason });
  });

  test.each(UNKNOWN)('%j is not known', (text) => {
    expect(readRawText(text)).toBeUndefined();
  });

  test('is tried by every rule at least once', () => {
    const used = new Set(TEXTS.map(([text]) => RAW_TEXT_RULES.find((rule) => rule.text.test(text))));
    expect(RAW_TEXT_RULES.filter((rule) => !used.has(rule)).map(({ text }) => text.source)).toEqual([]);
  });

  test('that stands for a reason is placed where the engine foresees it', () => {
    const foreseen = RAW_TEXT_RULES.flatMap(({ phase, reason }) =>
      reason === undefined ? [] : [{ phase, reason, checks: CHECKS.filter((check) => check.reason === reason) }],
    );
    expect(foreseen.length).toBeGreaterThan(5);
    for (const { phase, reason, checks } of foreseen)
      expect([reason, [...new Set(checks.map((check) => check.phase))]]).toEqual([reason, [phase]]);
  });

  test('of any kind is read, and whatever surrounds a known one does not hide it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(...TEXTS),
        fc.string({ unit: 'binary' }),
        (before, [text], after) => {
          readRawText(before);
          expect(readRawText(`${before}\n${text}\n${after}`)).toBeDefined();
        },
      ),
    );
  });
});
