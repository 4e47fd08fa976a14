import type { Rule, Stage2Answer } from '../world.js';

/** What is put in the place of the generation's own stage-2 rule; `undefined` leaves a page to the generation. */
export type Overlay = Rule<Stage2Answer | undefined>;

/** Whether KVM_SET_USER_MEMORY_REGION takes a cacheable VM_PFNMAP VMA. */
export interface Admission {
  /** What the hardware has to offer; nothing where such a VMA is always taken. */
  readonly needs?: 'fwb and dic' | 'fwb unless page-backed';
  /** What else is missing of the slot, and would have to be there. */
  readonly refuses?: { readonly expected: string; readonly why: string };
}

/** The target's kernel as one question supposes it: with the rows of a proposal in the place of its generation's own. */
export interface Patch {
  /** Bit 3 of the memslot flags is set, and this kernel does not know it. */
  readonly unknownFlag?: boolean;
  readonly admission?: Admission;
  readonly stage2?: Overlay;
  /** Does the rule of `stage2` ask for FWB alone? */
  readonly fwbSuffices?: boolean;
  /** Is a copy-on-write VM_PFNMAP VMA refused at fault? */
  readonly refusesCow?: boolean;
  /** What was registered cannot be replaced. */
  readonly sealed?: boolean;
}
