import type { HostFacts } from '../facts.js';
import { compareKernels, type KernelVersion } from '../kernel-release.js';

export const CLIDR_EL1 = 'CLIDR_EL1';

/** linux 7af0c2534f4c "KVM: arm64: Normalize cache configuration": what a guest sees is made up, and may be set. */
const WRITABLE_SINCE: KernelVersion = [6, 3];

/** Does the target's kernel let a VMM set it? Kernels give it a writable mask later than a setter, so that a mask of 0 proves nothing. */
export function clidrIsWritable({ fingerprint, release }: HostFacts): boolean | undefined {
  if ((fingerprint.kvm?.writableMasks?.get(CLIDR_EL1) ?? 0n) !== 0n) return true;
  return release === undefined ? undefined : compareKernels(release, WRITABLE_SINCE) >= 0;
}

const LEVEL = 0b111n;
const LOUIS_SHIFT = 21n;
const LOC_SHIFT = 24n;
const LOUU_SHIFT = 27n;
/** The bits above those of Ttype7. */
const FIRST_RES0 = 47n;

export function clidrHasRes0Bits(clidr: bigint): boolean {
  return clidr >> FIRST_RES0 !== 0n;
}

/** Does it tell the guest that data need not be cleaned to the point of unification, which CTR_EL0.IDC says too? */
export function clidrImpliesIdc(clidr: bigint): boolean {
  const level = (shift: bigint) => (clidr >> shift) & LEVEL;
  return level(LOC_SHIFT) === 0n || (level(LOUIS_SHIFT) === 0n && level(LOUU_SHIFT) === 0n);
}
