/** What proposals go by and no manifest says. One left out is what the policy's card says that it assumes. */
export interface Suppositions {
  /**
   * The flag that marks cacheable device memory: bit 3 of the flags of each slot over such memory, or VM_FORCE_CACHEABLE
   * on each such VMA, as the policy has it.
   */
  readonly cacheableFlag?: boolean | undefined;
  /** The VMM has sealed its mappings: what was registered cannot be replaced. */
  readonly sealed?: boolean | undefined;
  /** The host was booted with the opt-out from Normal-NC. */
  readonly optOutActive?: boolean | undefined;
}
