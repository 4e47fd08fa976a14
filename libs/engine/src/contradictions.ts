import { CACHEABLE_PFNMAP_CAP, capability, fwbOfIdRegisters } from './capabilities.js';
import { EVIDENCE } from './evidence.js';
import { generationOfKernel, since } from './generations.js';
import { parseKernelRelease } from './kernel-release.js';
import type { Fingerprint } from './model/fingerprint.js';

/** Facts of one fingerprint that cannot all be true. Each of them is taken for unknown. */
export interface Contradiction {
  /** JSON pointers into the fingerprint. */
  readonly facts: readonly string[];
  readonly message: string;
}

const CAP_243 = `/kvm/capabilities/${CACHEABLE_PFNMAP_CAP}`;
const DIC_SHIFT = 29n;
const IDC_SHIFT = 28n;

/** Every contradiction in a fingerprint; none when it is of one piece. */
export function findContradictions(fingerprint: Fingerprint): readonly Contradiction[] {
  return [
    ...ofFwb(fingerprint),
    ...ofCtr(fingerprint),
    ...ofCacheablePfnmap(fingerprint),
    ...ofGenerations(fingerprint),
  ];
}

function ofFwb(fingerprint: Fingerprint): Contradiction[] {
  const stated = fingerprint.cpu?.fwb;
  const read = fwbOfIdRegisters(fingerprint);
  if (stated === undefined || read === undefined || stated === read) return [];
  return [
    {
      facts: ['/cpu/fwb', '/cpu/idRegisters/ID_AA64MMFR2_EL1'],
      message: `fwb is ${stated}, but ID_AA64MMFR2_EL1.FWB says ${read}`,
    },
  ];
}

function ofCtr(fingerprint: Fingerprint): Contradiction[] {
  const ctr = fingerprint.cpu?.idRegisters?.get('CTR_EL0');
  if (ctr === undefined) return [];
  const fields = [
    { fact: '/cpu/dic', name: 'dic', stated: fingerprint.cpu?.dic, shift: DIC_SHIFT },
    { fact: '/cpu/idc', name: 'idc', stated: fingerprint.cpu?.idc, shift: IDC_SHIFT },
  ];
  return fields.flatMap(({ fact, name, stated, shift }) => {
    const read = ((ctr >> shift) & 1n) === 1n;
    if (stated === undefined || stated === read) return [];
    return [
      {
        facts: [fact, '/cpu/idRegisters/CTR_EL0'],
        message: `${name} is ${stated}, but CTR_EL0.${name.toUpperCase()} says ${read}`,
      },
    ];
  });
}

/** Capability 243 on a VM fd is FWB and DIC together, on every kernel that knows it. */
function ofCacheablePfnmap(fingerprint: Fingerprint): Contradiction[] {
  const cap = capability(fingerprint, CACHEABLE_PFNMAP_CAP);
  const fwb = fingerprint.cpu?.fwb ?? fwbOfIdRegisters(fingerprint);
  const dic = fingerprint.cpu?.dic;
  if (cap?.vm === 1) return ofCapabilityPresent(fingerprint, cap.system === 0, fwb, dic);
  if (cap?.vm !== 0 || cap.system !== 'EINVAL' || fwb !== true || dic !== true) return [];
  const message = 'capability 243 is 0 on a VM fd, but FWB and DIC are both there';
  return [{ facts: [CAP_243, ...fwbFacts(fingerprint), '/cpu/dic'], message }];
}

function ofCapabilityPresent(
  fingerprint: Fingerprint,
  zeroOnSystem: boolean,
  fwb: boolean | undefined,
  dic: boolean | undefined,
): Contradiction[] {
  if (zeroOnSystem)
    return [{ facts: [CAP_243], message: 'capability 243 is 1 on a VM fd and 0 on /dev/kvm, which no kernel answers' }];
  const missing = [...(fwb === false ? fwbFacts(fingerprint) : []), ...(dic === false ? ['/cpu/dic'] : [])];
  if (missing.length === 0) return [];
  return [{ facts: [CAP_243, ...missing], message: 'capability 243 is 1 on a VM fd, which needs FWB and DIC' }];
}

function fwbFacts(fingerprint: Fingerprint): string[] {
  return [
    ...(fingerprint.cpu?.fwb === undefined ? [] : ['/cpu/fwb']),
    ...(fwbOfIdRegisters(fingerprint) === undefined ? [] : ['/cpu/idRegisters/ID_AA64MMFR2_EL1']),
  ];
}

/** What two capabilities prove, or a capability and the release, must leave at least one generation. */
function ofGenerations(fingerprint: Fingerprint): Contradiction[] {
  const version = parseKernelRelease(fingerprint.kernel?.release);
  const mainline = version === undefined ? undefined : generationOfKernel(version);
  const proofs = EVIDENCE.flatMap(({ capability: name, proves }) => {
    const proven = proves(fingerprint);
    return proven === undefined ? [] : [{ fact: `/kvm/capabilities/${name}`, proven }];
  });
  // Distributions bring features to older kernels; none was seen to take one away. So a release is a lower bound.
  if (mainline !== undefined) proofs.push({ fact: '/kernel/release', proven: since(mainline) });
  const found: Contradiction[] = [];
  proofs.forEach((one, index) => {
    for (const other of proofs.slice(index + 1)) {
      if (one.proven.some((id) => other.proven.includes(id))) continue;
      found.push({
        facts: [one.fact, other.fact],
        message: `${one.fact} and ${other.fact} prove different kernel generations`,
      });
    }
  });
  return found;
}
