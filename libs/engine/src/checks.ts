import type { Check } from './check.js';
import { archSupported } from './checks/arch-supported.js';
import { architecture } from './checks/architecture.js';
import { cacheableDowngrade } from './checks/cacheable-downgrade.js';
import { cacheablePfnmap } from './checks/cacheable-pfnmap.js';
import { cacheablePfnmapFault } from './checks/cacheable-pfnmap-fault.js';
import { execFromUncached } from './checks/exec-from-uncached.js';
import { freshness } from './checks/freshness.js';
import { guestMemfdMappable, guestMemfdWithoutMte } from './checks/guest-memfd-slot.js';
import { cowPfnmapWrite, hostMappingProtection, mixedmapUnreachable, secretmem } from './checks/host-mapping.js';
import { hostCordoned, hostInMaintenance, hostRetired } from './checks/host-state.js';
import { ipaSize } from './checks/ipa-size.js';
import { kernelSpan } from './checks/kernel-span.js';
import { memslotsListed, slotListed } from './checks/memslots-listed.js';
import { mteCapability } from './checks/mte-capability.js';
import { mteVma } from './checks/mte-vma.js';
import { mteVmaFault } from './checks/mte-vma-fault.js';
import { holeInSlot, noVma } from './checks/no-vma.js';
import { normalNcUnavailable } from './checks/normal-nc-unavailable.js';
import { pfnmapDirtyLog } from './checks/pfnmap-dirty-log.js';
import { phaseCoverage } from './checks/phase-coverage.js';
import { pkvmCacheableDeviceMemory, pkvmUncachedDeviceMemory } from './checks/pkvm-device-memory.js';
import { protectedGuestFilePage, protectedGuestUnpinnable } from './checks/protected-guest-memory.js';
import { protectedSlotFlags } from './checks/protected-slot-flags.js';
import { sameHost } from './checks/same-host.js';
import {
  slotAddressSpace,
  slotGpaAligned,
  slotId,
  slotNotEmpty,
  slotNotReused,
  slotOverlap,
  slotPages,
  slotSizeAligned,
  slotWraps,
} from './checks/slot-arguments.js';
import { guestMemfdFlag, guestMemfdFlagAlone } from './checks/slot-flags.js';
import { slotWithinIpa } from './checks/slot-within-ipa.js';
import { protectedVmMode, protectedVmType, realmVmType } from './checks/vm-type.js';

/**
 * Every check, in the order in which the target would object: start reading here. Under `memslot` lay it beside
 * kvm_set_memory_region() and kvm_arch_prepare_memory_region(), under `fault` beside user_mem_abort().
 */
export const CHECKS: readonly Check[] = [
  // policy
  sameHost,
  architecture,
  hostCordoned,
  hostInMaintenance,
  hostRetired,
  freshness,
  // Phases the rulebook does not describe yet are never a yes.
  ...phaseCoverage,
  // vm: KVM_CREATE_VM, KVM_ENABLE_CAP
  archSupported,
  kernelSpan,
  protectedVmType,
  protectedVmMode,
  realmVmType,
  ipaSize,
  mteCapability,
  // memslot: KVM_SET_USER_MEMORY_REGION2, the arguments
  memslotsListed,
  slotListed,
  slotId,
  guestMemfdFlag,
  guestMemfdFlagAlone,
  slotSizeAligned,
  slotGpaAligned,
  slotAddressSpace,
  slotWraps,
  slotPages,
  slotNotEmpty,
  slotNotReused,
  slotOverlap,
  // memslot: kvm_arch_prepare_memory_region()
  protectedSlotFlags,
  slotWithinIpa,
  guestMemfdMappable,
  guestMemfdWithoutMte,
  // memslot: the walk over the VMAs
  mteVma,
  pfnmapDirtyLog,
  cacheablePfnmap,
  // fault: the VMA, the PFN, the type, the permissions, the mapping
  noVma,
  holeInSlot,
  protectedGuestUnpinnable,
  protectedGuestFilePage,
  hostMappingProtection,
  secretmem,
  cowPfnmapWrite,
  mixedmapUnreachable,
  cacheablePfnmapFault,
  execFromUncached,
  mteVmaFault,
  pkvmCacheableDeviceMemory,
  pkvmUncachedDeviceMemory,
  cacheableDowngrade,
  normalNcUnavailable,
];
