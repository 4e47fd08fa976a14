import { capabilityValue } from '../capabilities.js';
import { type Answer, type Asked, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import type { Reason } from '../model/reason.js';
import { offers } from '../offers.js';
import { GUEST, HOST } from '../registers/compare.js';
import { guestHasEl2 } from '../registers/el2.js';
import { guestHasSve } from '../registers/sve.js';
import { shows, untold } from '../registers/vcpu-features.js';

const CAPS = '/fingerprint/kvm/capabilities';
const LENGTHS = '/manifest/vcpu/sveVectorLengths';

interface Rule {
  readonly id: string;
  readonly reason: Reason;
  readonly feature: string;
  /** One of them is enough where several answer alike. */
  readonly capabilities: readonly string[];
  readonly reads: readonly string[];
  readonly has: (asked: Asked) => boolean | undefined;
  readonly toldBy: (asked: Asked) => readonly string[];
}

/** KVM_ARM_VCPU_INIT refuses a feature bit that the host does not offer. */
function vcpuFeature({ id, reason, feature, capabilities, reads, has, toldBy }: Rule): HostCheck {
  const pointers = capabilities.map((name) => `${CAPS}/${name}`);
  const expected = capabilities.join(' and ');
  return {
    id,
    scope: 'vm',
    phase: 'vcpu',
    reason,
    errno: 'EINVAL',
    failure: 'refused',
    severity: 'reject',
    sourceOutcome: 'unaffected',
    generations: EVERY_GENERATION,
    statement: `A guest with ${feature} needs a host that offers ${expected}.`,
    expected,
    remedy: `Ask for a target with ${feature}, or start the VM without it.`,
    cite: 'linux arch/arm64/kvm/arm.c kvm_vcpu_init_check_features()',
    reads: [...reads, ...pointers],
    test(asked): Answer {
      const guest = has(asked);
      if (guest === false) return pass;
      const host = offersAll(capabilities, asked);
      if (host === true) return pass;
      if (guest === true && host === false)
        return reject(
          { guest: true, host: false },
          `KVM_ARM_VCPU_INIT refuses ${feature}: the host does not offer it.`,
        );
      return unknown([...toldBy(asked), ...(host === undefined ? pointers.slice(0, 1) : [])]);
    },
  };
}

/** One that is missing is enough for a no; one that is there for a yes, because those of one feature come together. */
function offersAll(capabilities: readonly string[], { target }: Asked): boolean | undefined {
  let offered: boolean | undefined;
  for (const name of capabilities) {
    const one = offers(target, name);
    if (one === false) return false;
    offered ??= one;
  }
  return offered;
}

const registersOf = ({ manifest }: Asked) => manifest.vcpu?.idRegisters;

export const vcpuSve = vcpuFeature({
  id: 'vcpu-sve',
  reason: 'SVE_UNSUPPORTED',
  feature: 'SVE',
  capabilities: ['KVM_CAP_ARM_SVE'],
  reads: [`${GUEST}/ID_AA64PFR0_EL1`, LENGTHS],
  has: guestHasSve,
  toldBy: (asked) => (guestHasSve(asked) === undefined ? [`${GUEST}/ID_AA64PFR0_EL1`] : []),
});

export const vcpuPtrauth = vcpuFeature({
  id: 'vcpu-ptrauth',
  reason: 'PTRAUTH_UNSUPPORTED',
  feature: 'pointer authentication',
  capabilities: ['KVM_CAP_ARM_PTRAUTH_ADDRESS', 'KVM_CAP_ARM_PTRAUTH_GENERIC'],
  reads: [`${GUEST}/ID_AA64ISAR1_EL1`, `${GUEST}/ID_AA64ISAR2_EL1`],
  has: (asked) => shows('ptrauth', registersOf(asked)),
  toldBy: (asked) =>
    shows('ptrauth', registersOf(asked)) === undefined ? untold('ptrauth', registersOf(asked), GUEST) : [],
});

export const vcpuEl2 = vcpuFeature({
  id: 'vcpu-el2',
  reason: 'EL2_UNSUPPORTED',
  feature: 'EL2 for the guest (nested virtualization)',
  capabilities: ['KVM_CAP_ARM_EL2'],
  reads: ['/manifest/vcpu/hasEl2', '/manifest/vcpu/registerList/ids'],
  has: guestHasEl2,
  toldBy: () => [],
});

const DFR0 = 'ID_AA64DFR0_EL1';

/** Recorders need not give ID_AA64DFR0_EL1: where neither side does, the PMU is left out here as it is of `state-load`. */
function guestHasPmu({ manifest, target }: Asked): boolean | undefined {
  return shows('pmu', manifest.vcpu?.idRegisters) ?? (target.idRegisters?.has(DFR0) === true ? undefined : false);
}

export const vcpuPmu = vcpuFeature({
  id: 'vcpu-pmu',
  reason: 'PMU_UNSUPPORTED',
  feature: 'a PMU',
  capabilities: ['KVM_CAP_ARM_PMU_V3'],
  reads: [`${GUEST}/${DFR0}`, `${HOST}/${DFR0}`],
  has: guestHasPmu,
  toldBy: (asked) => (guestHasPmu(asked) === undefined ? [`${GUEST}/${DFR0}`] : []),
});

const PFR0 = 'ID_AA64PFR0_EL1';
const EL1_32BIT = 'KVM_CAP_ARM_EL1_32BIT';
const EL1_MASK = 0xf0n;
const EL1_AARCH32 = 0x20n;

export const vcpuEl132bit: HostCheck = {
  ...vcpuPmu,
  id: 'vcpu-el1-32bit',
  reason: 'EL1_32BIT_UNSUPPORTED',
  statement: `A guest whose EL1 may be 32-bit needs a host that offers ${EL1_32BIT}.`,
  expected: EL1_32BIT,
  remedy: 'Ask for a target whose EL1 may be 32-bit.',
  reads: [`${GUEST}/${PFR0}`, `${CAPS}/${EL1_32BIT}`],
  // Where the capability was not asked, ID_AA64PFR0_EL1.EL1 tells the same when the state is loaded.
  test(asked) {
    if (offers(asked.target, EL1_32BIT) !== false) return pass;
    const register = registersOf(asked)?.get(PFR0);
    if (register === undefined) return unknown([`${GUEST}/${PFR0}`]);
    if ((register & EL1_MASK) !== EL1_AARCH32) return pass;
    return reject({ guest: true, host: false }, 'The guest was told of a 32-bit EL1, and the host has none.');
  },
};

const MAX_VCPUS = 'KVM_CAP_MAX_VCPUS';

export const vcpuCount: HostCheck = {
  ...vcpuPmu,
  id: 'vcpu-count',
  reason: 'VCPU_COUNT_UNSUPPORTED',
  statement: `A VM has at most ${MAX_VCPUS} vCPUs, where both are known.`,
  expected: 'no more vCPUs than the host offers',
  remedy: 'Ask for a target that offers more vCPUs, which depends on its GIC.',
  cite: 'linux arch/arm64/kvm/arm.c kvm_arch_vcpu_precreate()',
  reads: ['/manifest/vcpu/count', `${CAPS}/${MAX_VCPUS}`],
  test({ manifest, target }) {
    const count = manifest.vcpu?.count;
    const most = capabilityValue(target.fingerprint, MAX_VCPUS);
    if (count === undefined || typeof most !== 'number' || most <= 0 || count <= most) return pass;
    return reject({ count, most }, `KVM_CREATE_VCPU refuses vCPU ${most + 1} of ${count}: the host offers ${most}.`);
  },
};
