import { CACHEABLE_PFNMAP_CAP, capability, capabilityValue, fwbOfIdRegisters } from './capabilities.js';
import { type Contradiction, findContradictions } from './contradictions.js';
import { tellGenerations } from './evidence.js';
import { type KernelVersion, parseKernelRelease } from './kernel-release.js';
import type { Capability, CapabilityValue, Fingerprint, KvmMode } from './model/fingerprint.js';
import type { GenerationId } from './model/verdict.js';
import type { Patch } from './policies/patch.js';

/** A host's facts as the checks read them: what was probed, less what is contradicted. `undefined` is unknown. */
export interface HostFacts {
  readonly arch: string | undefined;
  readonly release: KernelVersion | undefined;
  readonly pageSize: bigint | undefined;
  readonly fwb: boolean | undefined;
  readonly dic: boolean | undefined;
  /** FWB and DIC: what capability 243 says on a VM fd. */
  readonly cacheablePfnmap: boolean | undefined;
  readonly mode: KvmMode | undefined;
  /** KVM_CAP_ARM_VM_IPA_SIZE. */
  readonly ipaLimit: number | undefined;
  readonly mte: boolean | undefined;
  /** What KVM offers a guest. */
  readonly idRegisters: ReadonlyMap<string, bigint> | undefined;
  readonly candidates: readonly GenerationId[];
  readonly contradictions: readonly Contradiction[];
  readonly fingerprint: Fingerprint;
  /** What a question supposes of its kernel beyond what was found there. */
  readonly patch: Patch | undefined;
}

const known = new WeakMap<Fingerprint, HostFacts>();

/** Documents are immutable, so what follows from one is worked out once. */
export function factsOf(fingerprint: Fingerprint): HostFacts {
  const found = known.get(fingerprint);
  if (found !== undefined) return found;
  const facts = deriveFacts(fingerprint);
  known.set(fingerprint, facts);
  return facts;
}

function deriveFacts(fingerprint: Fingerprint): HostFacts {
  const contradictions = findContradictions(fingerprint);
  const doubted = new Set(contradictions.flatMap((contradiction) => contradiction.facts));
  const trusted = <T>(pointer: string, value: T | undefined) => (doubted.has(pointer) ? undefined : value);
  const cap243 = trusted(`/kvm/capabilities/${CACHEABLE_PFNMAP_CAP}`, capability(fingerprint, CACHEABLE_PFNMAP_CAP));
  const told = cacheablePfnmapTold(cap243);
  const fwb =
    trusted('/cpu/fwb', fingerprint.cpu?.fwb) ??
    trusted('/cpu/idRegisters/ID_AA64MMFR2_EL1', fwbOfIdRegisters(fingerprint));
  const dic = trusted('/cpu/dic', fingerprint.cpu?.dic);
  const pageSize = fingerprint.kernel?.pageSize;
  return {
    arch: fingerprint.arch,
    release: trusted('/kernel/release', parseKernelRelease(fingerprint.kernel?.release)),
    pageSize: pageSize === undefined ? undefined : BigInt(pageSize),
    fwb: halfOf(told, dic) ?? fwb,
    dic: halfOf(told, fwb) ?? dic,
    cacheablePfnmap: told ?? both(fwb, dic),
    mode: fingerprint.kvm?.mode,
    ipaLimit: positive(capabilityValue(fingerprint, 'KVM_CAP_ARM_VM_IPA_SIZE')),
    mte: offered(capabilityValue(fingerprint, 'KVM_CAP_ARM_MTE')),
    idRegisters: trustedRegisters(fingerprint.cpu?.idRegisters, doubted),
    candidates: tellGenerations(fingerprint, doubted),
    contradictions,
    fingerprint,
    patch: undefined,
  };
}

function trustedRegisters(registers: ReadonlyMap<string, bigint> | undefined, doubted: ReadonlySet<string>) {
  if (registers === undefined || doubted.size === 0) return registers;
  return new Map([...registers].filter(([name]) => !doubted.has(`/cpu/idRegisters/${name}`)));
}

/** On a VM fd 1 means FWB and DIC; 0 means that one is missing only where the system fd proves that the kernel knows the capability. */
function cacheablePfnmapTold(cap: Capability | undefined): boolean | undefined {
  if (cap?.vm === 1) return true;
  return cap?.vm === 0 && cap.system === 'EINVAL' ? false : undefined;
}

/** What the capability says of one half, given the other: both are there, or the other is and so this one is missing. */
function halfOf(told: boolean | undefined, other: boolean | undefined): boolean | undefined {
  if (told === true) return true;
  return told === false && other === true ? false : undefined;
}

function both(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}

function positive(value: CapabilityValue | undefined): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

function offered(value: CapabilityValue | undefined): boolean | undefined {
  return typeof value === 'number' ? value > 0 : undefined;
}
