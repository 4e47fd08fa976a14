import { compareKernels, type KernelVersion } from './kernel-release.js';
import type { GenerationId } from './model/verdict.js';

/** A span of kernels over which KVM/arm64 answers alike. */
export interface Generation {
  readonly id: GenerationId;
  readonly since: KernelVersion;
  readonly change: string;
}

/** From oldest to newest. Sources: semantics 1.1, read from 6.1, 6.8, 6.12, 6.14, 6.17, 7.0, 7.2 and 7.3-rc7. */
export const GENERATIONS = [
  {
    id: 'device-only',
    since: [5, 14],
    change: 'a page outside map memory is Device at stage 2, whatever the VMA says',
  },
  { id: 'normal-nc', since: [6, 9], change: 'VM_ALLOW_ANY_UNCACHED makes it Normal-NC' },
  {
    id: 'cacheable-pfnmap',
    since: [6, 17],
    change: 'a cacheable VMA stays so under FWB and DIC, else the slot is refused',
  },
  { id: 'guest-memfd', since: [6, 18], change: 'slots backed by a mappable guest_memfd' },
  {
    id: 'protected-guest',
    since: [7, 1],
    change: 'protected VMs: no dirty log, no change of slots, their own fault path',
  },
] as const satisfies readonly Generation[];

/** The newest kernel whose sources the rulebook was read from. */
export const NEWEST_READ: KernelVersion = [7, 3];

const ORDER: readonly GenerationId[] = GENERATIONS.map((generation) => generation.id);

/** The generation itself and every later one. */
export function since(id: GenerationId): readonly GenerationId[] {
  return ORDER.slice(ORDER.indexOf(id));
}

/** Every generation before this one. */
export function before(id: GenerationId): readonly GenerationId[] {
  return ORDER.slice(0, ORDER.indexOf(id));
}

export const EVERY_GENERATION: readonly GenerationId[] = ORDER;

/** The generation a mainline kernel of this version has; `undefined` before the oldest. */
export function generationOfKernel(version: KernelVersion): GenerationId | undefined {
  let found: GenerationId | undefined;
  for (const generation of GENERATIONS) if (compareKernels(version, generation.since) >= 0) found = generation.id;
  return found;
}
