import type { Phase, Reason } from '@berth/engine';
import { errnoOf } from './errno-names.js';

/** What a text of QEMU or libvirt says of where a migration failed. */
export interface RawTextRead {
  readonly phase: Phase;
  readonly errno: string | undefined;
  readonly slot: number | undefined;
  /** Where the text stands for one reason and no other. */
  readonly reason: Reason | undefined;
}

interface Rule {
  /** Groups: `words` of strerror(), `slot`. */
  readonly text: RegExp;
  readonly phase: Phase;
  readonly reason?: Reason;
  readonly errno?: string;
  /** Who prints it. */
  readonly cite: string;
}

const WORDS = '(?<words>[A-Z][A-Za-z/ -]{3,60})';

/**
 * In the order in which they are tried: what names the cause before what only wraps it. libvirt puts its own words and a time
 * before QEMU's ("internal error: process exited while connecting to monitor: ...", "operation failed: job 'migration in' failed:
 * ..."), so nothing is tied to the beginning of a line.
 */
export const RAW_TEXT_RULES: readonly Rule[] = [
  {
    text: /require an IPA range \(\d+ bits\) larger than the one supported by the host \(\d+ bits\)/,
    phase: 'vm',
    reason: 'IPA_SIZE_UNSUPPORTED',
    cite: 'qemu hw/arm/virt.c virt_kvm_type()',
  },
  {
    text: /VFIO migration is not supported in kernel/,
    phase: 'source',
    reason: 'DEVICE_NOT_MIGRATABLE',
    errno: 'ENOTTY',
    cite: 'qemu hw/vfio/migration.c vfio_migration_realize()',
  },
  {
    text: /VFIO device doesn't support device (?:and IOMMU )?dirty tracking/,
    phase: 'source',
    reason: 'DEVICE_DIRTY_TRACKING_ABSENT',
    cite: 'qemu hw/vfio/migration.c vfio_migration_realize()',
  },
  {
    text: /Multiple VFIO devices migration is supported only if all of them support P2P migration/,
    phase: 'source',
    reason: 'DEVICES_NOT_ALL_P2P',
    cite: 'qemu hw/vfio/migration.c vfio_block_multiple_devices_migration()',
  },
  {
    text: /Migration is currently not supported with vIOMMU enabled/,
    phase: 'source',
    reason: 'VIOMMU_NOT_MIGRATABLE',
    cite: 'qemu hw/vfio/migration.c vfio_migration_realize()',
  },
  {
    text: /Migration is disabled for VFIO device/,
    phase: 'source',
    cite: 'qemu hw/vfio/migration.c vfio_migration_realize()',
  },
  {
    text: /Live migration disabled due to MTE enabled/,
    phase: 'source',
    reason: 'MTE_MIGRATION_BLOCKED',
    cite: 'qemu target/arm/kvm.c kvm_arm_enable_mte()',
  },
  {
    text: /Live migration disabled because KVM nested virt is enabled/,
    phase: 'source',
    reason: 'NESTED_VM_NOT_MIGRATABLE',
    cite: 'qemu hw/intc/arm_gicv3_kvm.c kvm_arm_gicv3_realize()',
  },
  {
    text: /This operating system kernel does not support v(?:GICv3|GICv2|ITS) migration/,
    phase: 'source',
    cite: 'qemu hw/intc/arm_gicv3_kvm.c, hw/intc/arm_gicv3_its_kvm.c',
  },
  {
    text: new RegExp(`KVM_SET_USER_MEMORY_REGION2? failed, slot=(?<slot>\\d{1,10}),[^\\n]*: ${WORDS}`),
    phase: 'memslot',
    cite: 'qemu accel/kvm/kvm-all.c kvm_set_user_memory_region()',
  },
  {
    text: new RegExp(`kvm_set_phys_mem: error (?:un)?registering slot: ${WORDS}`),
    phase: 'memslot',
    cite: 'qemu accel/kvm/kvm-all.c kvm_set_phys_mem()',
  },
  {
    text: /kvm_alloc_slot: no free slot available/,
    phase: 'memslot',
    cite: 'qemu accel/kvm/kvm-all.c kvm_alloc_slot()',
  },
  {
    text: new RegExp(`kvm run failed ${WORDS}`),
    phase: 'fault',
    cite: 'qemu accel/kvm/kvm-all.c kvm_cpu_exec()',
  },
  {
    text: /[Ff]ailed to load cpu:cpreg_vmstate_array_len/,
    phase: 'state-load',
    cite: 'qemu target/arm/machine.c vmstate_arm_cpu',
  },
  {
    text: new RegExp(`(?:Failed to put registers after [a-z]+|Putting registers after [a-z]+): ${WORDS}`),
    phase: 'state-load',
    cite: 'qemu accel/kvm/kvm-all.c do_kvm_cpu_synchronize_post_init()',
  },
  {
    text: /Mismatched RAM page size|Mismatched GPAs for block|Unknown ramblock "[^"\n]*", cannot accept migration/,
    phase: 'state-load',
    cite: 'qemu migration/ram.c parse_ramblock()',
  },
  {
    text: /error while loading state (?:for instance 0x[0-9a-f]+ of device|section id)/,
    phase: 'state-load',
    cite: 'qemu migration/savevm.c qemu_loadvm_section_start_full()',
  },
  {
    text: /load of migration failed/,
    phase: 'state-load',
    cite: 'qemu migration/migration.c process_incoming_migration_co()',
  },
];

const LOAD_FAILED = new RegExp(`load of migration failed: ${WORDS}`);

/** Undefined for a text that nobody here knows: it is kept as it is, and counted. */
export function readRawText(raw: string): RawTextRead | undefined {
  for (const { text, phase, reason, errno } of RAW_TEXT_RULES) {
    const groups = text.exec(raw);
    if (groups === null) continue;
    const { words, slot } = groups.groups ?? {};
    return {
      phase,
      reason,
      errno: errno ?? errnoIn(raw, phase, words),
      slot: slot === undefined ? undefined : Number(slot),
    };
  }
  return undefined;
}

/** A load that failed says why on its last line only. */
function errnoIn(raw: string, phase: Phase, words: string | undefined): string | undefined {
  const said = words ?? (phase === 'state-load' ? LOAD_FAILED.exec(raw)?.groups?.['words'] : undefined);
  return said === undefined ? undefined : errnoOf(said);
}
