/** How the value of one missing fact is learnt on a real host. */
interface Lesson {
  readonly fact: RegExp;
  readonly how: string;
}

const SCRATCH = 'KVM_GET_ONE_REG on a scratch vCPU';

const CAPABILITY_NUMBERS: Readonly<Record<string, number>> = {
  KVM_CAP_NR_MEMSLOTS: 10,
  KVM_CAP_READONLY_MEM: 81,
  KVM_CAP_ARM_VM_IPA_SIZE: 165,
  KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2: 168,
  KVM_CAP_ARM_SVE: 170,
  KVM_CAP_ARM_NISV_TO_USER: 177,
  KVM_CAP_HALT_POLL: 182,
  KVM_CAP_ARM_MTE: 205,
  KVM_CAP_ARM_SYSTEM_SUSPEND: 216,
  KVM_CAP_DIRTY_LOG_RING_ACQ_REL: 223,
  KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP: 225,
  KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES: 229,
  KVM_CAP_USER_MEMORY2: 231,
  KVM_CAP_GUEST_MEMFD: 234,
  KVM_CAP_ARM_WRITABLE_IMP_ID_REGS: 239,
  KVM_CAP_ARM_EL2: 240,
  KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: 243,
  KVM_CAP_GUEST_MEMFD_FLAGS: 244,
  KVM_CAP_ARM_SEA_TO_USER: 245,
};

const FINGERPRINT: readonly Lesson[] = [
  { fact: /^\/arch$/, how: '`uname -m`' },
  { fact: /^\/machineId$/, how: '/etc/machine-id' },
  { fact: /^\/bootId$/, how: '/proc/sys/kernel/random/boot_id' },
  { fact: /^\/kernel\/release$/, how: '`uname -r`' },
  { fact: /^\/kernel\/pageSize$/, how: '`getconf PAGESIZE`' },
  { fact: /^\/kernel/, how: '`uname -r` and `getconf PAGESIZE`' },
  {
    fact: /^\/cpu\/fwb/,
    how: `${SCRATCH}: ID_AA64MMFR2_EL1 bits 43:40 are not 0; or the boot log lists "Stage-2 Force Write-Back"`,
  },
  { fact: /^\/cpu\/dic/, how: `${SCRATCH}, before anything writes it: CTR_EL0 bit 29` },
  { fact: /^\/cpu\/idc/, how: `${SCRATCH}, before anything writes it: CTR_EL0 bit 28` },
  { fact: /^\/cpu\/midr/, how: '/sys/devices/system/cpu/cpu*/regs/identification/midr_el1, over all CPUs' },
  { fact: /^\/cpu\/idRegisters/, how: `${SCRATCH}, for each ID register` },
  {
    fact: /^\/cpu\/sanitisedIdRegisters/,
    how: 'try: KVM_SET_ONE_REG takes a value other than its own for a hidden field only if the hardware has it',
  },
  { fact: /^\/cpu/, how: `${SCRATCH} and /sys/devices/system/cpu/` },
  { fact: /^\/kvm\/mode/, how: 'the boot log: "kvm [1]: VHE mode", "Hyp mode" (nvhe) or "Protected nVHE mode"' },
  {
    fact: /^\/kvm\/capabilities$/,
    how: 'KVM_CHECK_EXTENSION for each capability, on /dev/kvm and on a VM fd; note the errno too',
  },
  { fact: /^\/kvm\/writableMasks/, how: 'KVM_ARM_GET_REG_WRITABLE_MASKS on a VM fd' },
  { fact: /^\/kvm\/sveVectorLengths/, how: `${SCRATCH} with SVE: KVM_REG_ARM64_SVE_VLS` },
  { fact: /^\/kvm\/gic/, how: 'KVM_CREATE_DEVICE with KVM_CREATE_DEVICE_TEST for VGIC_V2 and VGIC_V3' },
  { fact: /^\/kvm\/counterFrequency/, how: 'read CNTFRQ_EL0 (it is readable at EL0)' },
  { fact: /^\/kvm\/registerList/, how: 'KVM_GET_REG_LIST on a scratch vCPU' },
  { fact: /^\/devices/, how: '/sys/bus/pci/devices/*/driver, then VFIO_DEVICE_GET_REGION_INFO and _FEATURE' },
  { fact: /^\/cca/, how: 'the boot log of the RMM, or the operator' },
  { fact: /^\/operator/, how: 'the operator of the host asserts it: no agent can read it there' },
  { fact: /^\/vmm/, how: 'the VMM binary of the host: `--version` and `-machine help`' },
];

const MANIFEST: readonly Lesson[] = [
  { fact: /^\/arch$/, how: '`uname -m` on the host it runs on' },
  { fact: /^\/host$/, how: 'whoever placed the VM knows where it runs' },
  {
    fact: /\/vmFlags/,
    how: '/proc/PID/smaps of the VMM, line VmFlags: pf pfnmap, mm mixedmap, io io, ht hugetlb, sh shared; pf with ?? hints at VM_ALLOW_ANY_UNCACHED',
  },
  {
    fact: /\/memoryType/,
    how: 'not visible from user space: it follows from the driver that made the mapping (vfio-pci BAR: device-nGnRnE; nvgrace-gpu region 4: normal, region 2: normal-nc)',
  },
  {
    fact: /\/kernelMapped/,
    how: 'System RAM in /proc/iomem (as root) covers the pages or not; memory of a device is not map memory',
  },
  { fact: /\/backing/, how: '/proc/PID/maps of the VMM: the file behind the range' },
  { fact: /\/memslots|\/mappings/, how: 'the VMM: QEMU trace event kvm_set_user_memory, or `info mtree -f`' },
  { fact: /^\/vm\/ipaBits/, how: 'the VMM: low byte of the type given to KVM_CREATE_VM (0 means 40)' },
  { fact: /^\/vm\/mte/, how: 'the VMM: was KVM_CAP_ARM_MTE enabled? (QEMU: -machine mte=on)' },
  {
    fact: /^\/vm\/enabledCapabilities/,
    how: 'the VMM: every KVM_ENABLE_CAP on the VM fd (strace, or what its version is known to do)',
  },
  { fact: /^\/vm\/type/, how: 'the VMM: the type given to KVM_CREATE_VM' },
  { fact: /^\/vm/, how: 'the VMM: what it gave KVM_CREATE_VM' },
  { fact: /^\/vcpu\/hasEl2/, how: 'the VMM: was KVM_ARM_VCPU_HAS_EL2 among the features of KVM_ARM_VCPU_INIT?' },
  { fact: /^\/vcpu\/gicvGpa/, how: 'the VMM: KVM_DEV_ARM_VGIC_GRP_ADDR with KVM_VGIC_V2_ADDR_TYPE_CPU' },
  { fact: /^\/vcpu/, how: 'KVM_GET_ONE_REG on a vCPU of the VM' },
  { fact: /^\/devices/, how: 'the VMM: the assigned devices; [] for none' },
  { fact: /^\/vmm/, how: 'the VMM: `query-version` and the machine type it was started with' },
];

function capabilityLesson(pointer: string): string | undefined {
  const name = /^\/kvm\/capabilities\/(KVM_CAP_[A-Z0-9_]+)/.exec(pointer)?.[1];
  if (name === undefined) return undefined;
  const number = CAPABILITY_NUMBERS[name];
  const called = number === undefined ? name : `${number}`;
  return `KVM_CHECK_EXTENSION(${called}) on /dev/kvm and on a VM fd; note the errno too`;
}

// `/fingerprint/cpu/dic` as the engine points, `fingerprint:/cpu/dic` as people write it.
const PATH = /^\/?(fingerprint|sourceFingerprint|manifest):?(\/.*)?$/;

/** `/fingerprint/cpu/dic` → how to read it; `undefined` for a fact nobody wrote a lesson for. */
export function howToLearn(path: string): string | undefined {
  const [, document, pointer] = PATH.exec(path) ?? [];
  if (document === undefined) return undefined;
  if (pointer === undefined) return 'the whole document, collected anew';
  const lessons = document === 'manifest' ? MANIFEST : FINGERPRINT;
  return capabilityLesson(pointer) ?? lessons.find((lesson) => lesson.fact.test(pointer))?.how;
}
