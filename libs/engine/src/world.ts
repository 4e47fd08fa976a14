import type { Stage2Type } from './model/memory.js';

/** What the fault path makes of a page: the stage-2 type it installs, or a failing KVM_RUN. */
export type Stage2Answer = Stage2Type | 'refused';

/** The facts that user_mem_abort() decides the type by. */
export interface World {
  readonly mapMemory: boolean;
  /** VM_PFNMAP or VM_MIXEDMAP; at registration VM_PFNMAP alone. */
  readonly special: boolean;
  readonly cacheable: boolean;
  readonly allowAnyUncached: boolean;
  /** Does the hardware suffice for cacheable device memory? FWB and DIC, as far as kernels go. */
  readonly cacheablePfnmap: boolean;
}

export type Rule<T = Stage2Answer> = (world: World) => T;
