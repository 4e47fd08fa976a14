import { CHECKS } from './checks.js';
import { REASONS, type Reason } from './model/reason.js';
import type { Phase } from './model/verdict.js';

/** What a reason code means, for the people who meet it. */
export interface ReasonCard {
  readonly reason: Reason;
  readonly phase: Phase;
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
  /** The checks that give it, in the order in which they are asked. */
  readonly checks: readonly string[];
}

const TITLES: Readonly<Record<Reason, string>> = {
  SAME_HOST: 'the VM runs there already',
  ARCH_MISMATCH: 'another architecture',
  HOST_CORDONED: 'the host is cordoned',
  HOST_IN_MAINTENANCE: 'the host is in maintenance',
  HOST_RETIRED: 'the host is retired',
  FACTS_NOT_FRESH: 'the facts of the host are not fresh',
  FACTS_CONTRADICT: 'facts of a host that cannot all be true',
  DERIVED_FACTS_DIFFER: 'memory that the manifest does not describe and the target has otherwise',
  VMM_DIFFERS: 'another VMM',
  MACHINE_TYPE_UNSUPPORTED: 'a machine type that the VMM of the host does not know',
  SOURCE_DEVICES_NOT_LISTED: 'the manifest does not say which devices the VM owns',
  REALM_NOT_MIGRATABLE: 'a Realm, which cannot migrate',
  PROTECTED_VM_NOT_MIGRATABLE: 'a protected VM, which cannot migrate',
  MTE_MIGRATION_BLOCKED: 'QEMU does not migrate a VM with MTE',
  NESTED_VM_NOT_MIGRATABLE: 'QEMU does not migrate a guest that is a hypervisor itself',
  DEVICE_NOT_MIGRATABLE: 'a device of the VM that cannot migrate',
  DEVICE_DIRTY_TRACKING_ABSENT: 'a device whose writes nobody can tell',
  DEVICES_NOT_ALL_P2P: 'several devices, not all of them with P2P',
  VIOMMU_NOT_MIGRATABLE: 'QEMU does not migrate a device behind a virtual IOMMU',
  NON_FWB_SOURCE_COHERENCY: 'RAM that may be read stale on a source without FWB',
  GUEST_MEMFD_NO_DIRTY_LOG: 'guest_memfd, which has no dirty log',
  ARCH_UNSUPPORTED: 'not an arm64 host',
  KERNEL_OUT_OF_SPAN: 'a kernel older than the rulebook',
  VM_TYPE_UNSUPPORTED: 'the host cannot create a VM of this type',
  IPA_SIZE_UNSUPPORTED: 'the host cannot create a VM with this IPA size',
  MTE_UNSUPPORTED: 'the host cannot give a VM MTE',
  CAPABILITY_UNSUPPORTED: 'the host lacks a capability that the VMM enables',
  SVE_UNSUPPORTED: 'the host has no SVE',
  SVE_LENGTHS_MISMATCH: 'other SVE vector lengths',
  PTRAUTH_UNSUPPORTED: 'the host cannot give a guest pointer authentication',
  PMU_UNSUPPORTED: 'the host cannot give a guest a PMU',
  EL1_32BIT_UNSUPPORTED: 'the host has no 32-bit EL1',
  EL2_UNSUPPORTED: 'the host cannot give a guest EL2',
  VCPU_COUNT_UNSUPPORTED: 'more vCPUs than the host offers',
  GIC_UNSUPPORTED: 'the host cannot make this GIC',
  COUNTER_FREQUENCY_MISMATCH: 'a counter of another frequency, of which nobody is told',
  VCPU_FEATURE_TO_LEAVE_OUT: 'a feature that the guest lacks and the host offers',
  MEMSLOTS_NOT_LISTED: 'the manifest does not list all of the memory',
  SLOT_ID_TOO_LARGE: 'a slot id beyond the last slot',
  SLOT_FLAGS_UNSUPPORTED: 'slot flags that the kernel does not take',
  SLOT_SIZE_MISALIGNED: 'a slot size that is not whole pages of the target',
  SLOT_GPA_MISALIGNED: 'a slot that does not begin at a page of the target',
  SLOT_ADDRESS_SPACE: 'a slot in an address space that arm64 does not have',
  SLOT_WRAPS: 'a slot that wraps around 64 bits',
  SLOT_TOO_LARGE: 'a slot with too many pages',
  SLOT_EMPTY: 'a slot without a size',
  SLOT_REUSED: 'a slot id used twice',
  SLOT_OVERLAP: 'two slots over one address',
  PROTECTED_SLOT_FLAGS: 'flags on the slot of a protected VM',
  SLOT_BEYOND_IPA: 'a slot beyond the IPA size',
  GUEST_MEMFD_NOT_MAPPABLE: 'a guest_memfd that cannot be mapped',
  GUEST_MEMFD_WITH_MTE: 'guest_memfd under a VM with MTE',
  MTE_VMA_NOT_ALLOWED: 'memory that cannot carry tags, under a VM with MTE',
  PFNMAP_DIRTY_LOG: 'dirty logging of device memory',
  CACHEABLE_PFNMAP_UNSUPPORTED: 'cacheable device memory without FWB and DIC',
  PROPOSAL_REFUSES: 'device memory without what a proposal asks of it',
  DEVICES_NOT_LISTED: 'the manifest does not list the devices that the target needs',
  DEVICE_ABSENT: 'the target lacks a device of the VM',
  DEVICE_DRIVER_DIFFERS: 'another driver has the device on the target',
  DEVICE_MIGRATION_UNSUPPORTED: 'a device of the target that cannot migrate',
  DEVICE_REGION_WEAKER: 'cacheable device memory that the target would map uncached',
  ERRORS_NOT_CONTAINED: 'a platform that does not contain the errors of devices',
  DEVICE_STATE_UNTOLD: 'a state that only the driver can judge',
  DEVICE_NOT_NAMED: 'VFIO memory that names no listed device',
  GIC_STATE_UNSUPPORTED: 'a state of the GIC that the target does not take',
  REGISTER_NOT_LISTED: 'registers of the guest that the target does not list',
  REGISTER_LISTED_ON_TARGET_ONLY: 'registers that only the target lists',
  IMPLEMENTATION_ID_MISMATCH: 'another MIDR, REVIDR or AIDR',
  FWB_MISMATCH: 'FWB on one side and not on the other',
  ID_REGISTER_MISMATCH: 'an ID register that the target does not take',
  FIRMWARE_REGISTER_UNKNOWN: 'a firmware register that the target does not know',
  PSCI_VERSION_UNSUPPORTED: 'a PSCI version that the target does not know',
  FIRMWARE_VALUE_UNSUPPORTED: 'firmware services that the target does not offer',
  NO_VMA: 'nothing is mapped under the slot',
  HOLE_IN_SLOT: 'a hole under the slot',
  COW_PFNMAP_REFUSED: 'copy-on-write device memory, under a proposal that takes none',
  HOST_MAPPING_PROTECTION: "the VMM's mapping does not allow the access",
  SECRETMEM_UNREACHABLE: 'secretmem as guest memory',
  COW_PFNMAP_WRITE: 'a write to copy-on-write device memory',
  MIXEDMAP_UNREACHABLE: 'mixed-map memory that KVM cannot find',
  CACHEABLE_PFNMAP_FAULT: 'cacheable device memory without FWB and DIC, met at the first touch',
  EXEC_FROM_UNCACHED: 'code in memory that is not cacheable at stage 2',
  MTE_VMA_NOT_ALLOWED_AT_FAULT: 'memory that cannot carry tags, met at the first touch',
  PKVM_CACHEABLE_DEVICE_MEMORY: 'cacheable device memory on a pKVM host',
  PKVM_UNCACHED_DEVICE_MEMORY: 'device memory on a pKVM host',
  PROTECTED_GUEST_UNPINNABLE: 'memory of a protected VM that cannot be pinned',
  PROTECTED_GUEST_FILE_PAGE: 'file or hugetlb pages under a protected VM',
  CACHEABLE_DOWNGRADE: 'cacheable memory made Device or Normal-NC in silence',
  NORMAL_NC_UNAVAILABLE: 'Device memory where newer kernels give Normal-NC',
  SLOT_OVER_GICV: 'a slot over the GIC virtual CPU interface',
  MMIO_CLAIMED_CACHEABLE: 'memory claimed cacheable that its driver maps uncached',
  PLATFORM_DEVICE_UNCACHED: 'a platform device mapped Normal-NC',
  PER_PTE_PROT: 'pages whose type is not that of their VMA',
  PROPOSAL_ADMITS: 'device memory that kernels refuse and a proposal takes',
  PROPOSAL_ADMITS_HAZARD: 'a hazard that a proposal brings',
};

/** Every reason, with what gives it and what to do. */
export const REASON_CARDS: Readonly<Record<Reason, ReasonCard>> = Object.fromEntries(
  REASONS.map((reason) => [reason, cardOf(reason)]),
) as Record<Reason, ReasonCard>;

function cardOf(reason: Reason): ReasonCard {
  const checks = CHECKS.filter((check) => check.reason === reason);
  const [first] = checks;
  if (first === undefined) throw new Error(`no check gives \`${reason}\``);
  return {
    reason,
    phase: first.phase,
    title: TITLES[reason],
    meaning: [...new Set(checks.map((check) => check.statement))].join(' '),
    remedy: first.remedy,
    checks: checks.map((check) => check.id),
  };
}
