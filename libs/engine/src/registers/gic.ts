import type { HostFacts } from '../facts.js';
import { compareKernels, type KernelVersion } from '../kernel-release.js';

/** Registers of the GIC distributor, listed among the ID registers by those who know them. */
export const GICD_IIDR = 'GICD_IIDR';
export const GICD_TYPER2 = 'GICD_TYPER2';
export const GIC_REGISTERS: readonly string[] = [GICD_IIDR, GICD_TYPER2];

/** SGIs without an active state, which GICv4.1 delivers directly. */
export const NASSGICAP = 1n << 8n;

/** linux c652887a9288 "KVM: arm64: vgic-v3: Allow userspace to write GICD_TYPER2.nASSGIcap"; before it the value had to be equal. */
const NASSGICAP_WRITABLE_SINCE: KernelVersion = [6, 17];

/** May a guest that was not told of them run where KVM offers them? */
export function nassgicapIsWritable({ release }: HostFacts): boolean | undefined {
  return release === undefined ? undefined : compareKernels(release, NASSGICAP_WRITABLE_SINCE) >= 0;
}

const REVISION_MASK = 0xf000n;
const REVISION_SHIFT = 12n;
/** The product id that KVM gives itself, and Arm as the implementer. */
const KVM_IIDR = 0x4b00_043bn;

/** Is this the GICD_IIDR of a KVM whose behaviour the target can play? */
export function knowsIidr(iidr: bigint): boolean {
  const revision = (iidr & REVISION_MASK) >> REVISION_SHIFT;
  return (iidr & ~REVISION_MASK) === KVM_IIDR && (revision === 2n || revision === 3n);
}
