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
  PHASE_NOT_COVERED: 'the rulebook does not describe this phase',
  ARCH_UNSUPPORTED: 'not an arm64 host',
  KERNEL_OUT_OF_SPAN: 'a kernel older than the rulebook',
  VM_TYPE_UNSUPPORTED: 'the host cannot create a VM of this type',
  IPA_SIZE_UNSUPPORTED: 'the host cannot create a VM with this IPA size',
  MTE_UNSUPPORTED: 'the host cannot give a VM MTE',
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
  NO_VMA: 'nothing is mapped under the slot',
  HOLE_IN_SLOT: 'a hole under the slot',
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
