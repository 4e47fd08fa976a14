import type { Capability, CapabilityValue, Fingerprint } from './model/fingerprint.js';

export const CACHEABLE_PFNMAP_CAP = 'KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED';
const FWB_SHIFT = 40n;

/** ID_AA64MMFR2_EL1.FWB of a vCPU: KVM masks other fields of that register, never this one (semantics 4.1). */
export function fwbOfIdRegisters(fingerprint: Fingerprint): boolean | undefined {
  const mmfr2 = fingerprint.cpu?.idRegisters?.get('ID_AA64MMFR2_EL1');
  return mmfr2 === undefined ? undefined : ((mmfr2 >> FWB_SHIFT) & 0xfn) !== 0n;
}

export function capability(fingerprint: Fingerprint, name: string): Capability | undefined {
  return fingerprint.kvm?.capabilities?.get(name);
}

/** The answer of whichever fd was asked, for capabilities that answer alike on both. */
export function capabilityValue(fingerprint: Fingerprint, name: string): CapabilityValue | undefined {
  const asked = capability(fingerprint, name);
  return asked?.vm ?? asked?.system;
}
