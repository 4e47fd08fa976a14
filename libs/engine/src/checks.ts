import type { Check } from './check.js';
import { archSupported } from './checks/arch-supported.js';
import { architecture } from './checks/architecture.js';
import { cacheableDowngrade } from './checks/cacheable-downgrade.js';
import { cacheablePfnmap } from './checks/cacheable-pfnmap.js';
import { cacheablePfnmapFault } from './checks/cacheable-pfnmap-fault.js';
import { clidrEl1 } from './checks/clidr-el1.js';
import { counterFrequency } from './checks/counter-frequency.js';
import { derivedFacts } from './checks/derived-facts.js';
import { deviceDriver, deviceMigration, devicePresent, deviceRegion } from './checks/device-on-target.js';
import { deviceNamed, devicesListed } from './checks/devices-listed.js';
import { driverState } from './checks/driver-state.js';
import { enabledCapabilities } from './checks/enabled-capabilities.js';
import { execFromUncached } from './checks/exec-from-uncached.js';
import { factsContradict, sourceFactsContradict } from './checks/facts-contradict.js';
import { firmwarePsciVersion, firmwareRegisterKnown, firmwareValue } from './checks/firmware-registers.js';
import { freshness } from './checks/freshness.js';
import { gicModel } from './checks/gic-model.js';
import { gicDirectSgis, gicRevision } from './checks/gic-state.js';
import { guestMemfdMappable, guestMemfdWithoutMte } from './checks/guest-memfd-slot.js';
import { hazardContainment } from './checks/hazard-containment.js';
import { hazardMmioCacheable, hazardPerPteProt, hazardPlatformUncached } from './checks/hazard-device-memory.js';
import { hazardGicv } from './checks/hazard-gicv.js';
import { hazardNonFwbSource } from './checks/hazard-non-fwb-source.js';
import { cowPfnmapWrite, hostMappingProtection, mixedmapUnreachable, secretmem } from './checks/host-mapping.js';
import { hostCordoned, hostInMaintenance, hostRetired } from './checks/host-state.js';
import { ctrEl0, idRegisters } from './checks/id-register.js';
import { idRegisterFwb } from './checks/id-register-fwb.js';
import { idRegisterOthers } from './checks/id-register-others.js';
import { ipaSize } from './checks/ipa-size.js';
import { kernelSpan } from './checks/kernel-span.js';
import { memslotsListed, slotListed } from './checks/memslots-listed.js';
import { midr, midrOthers } from './checks/midr.js';
import { mteCapability } from './checks/mte-capability.js';
import { mteVma } from './checks/mte-vma.js';
import { mteVmaFault } from './checks/mte-vma-fault.js';
import { holeInSlot, noVma } from './checks/no-vma.js';
import { normalNcUnavailable } from './checks/normal-nc-unavailable.js';
import { pfnmapDirtyLog } from './checks/pfnmap-dirty-log.js';
import { pkvmCacheableDeviceMemory, pkvmUncachedDeviceMemory } from './checks/pkvm-device-memory.js';
import { protectedGuestFilePage, protectedGuestUnpinnable } from './checks/protected-guest-memory.js';
import { protectedSlotFlags } from './checks/protected-slot-flags.js';
import { registerListExtra, registerListMissing } from './checks/register-list.js';
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
import { sourceDevicesListed } from './checks/source-devices-listed.js';
import { sourceGuestMemfd } from './checks/source-guest-memfd.js';
import { sourceMte } from './checks/source-mte.js';
import { sourceNested } from './checks/source-nested.js';
import { sourceProtectedVm, sourceRealm } from './checks/source-vm-type.js';
import { sveLengths } from './checks/sve-lengths.js';
import { vcpuFeatureOff } from './checks/vcpu-feature-off.js';
import { vcpuCount, vcpuEl2, vcpuEl132bit, vcpuPmu, vcpuPtrauth, vcpuSve } from './checks/vcpu-features.js';
import { vfioDirtyTracking } from './checks/vfio-dirty-tracking.js';
import { vfioMigration } from './checks/vfio-migration.js';
import { vfioP2p } from './checks/vfio-p2p.js';
import { vfioViommu } from './checks/vfio-viommu.js';
import { protectedVmMode, protectedVmType, realmVmType } from './checks/vm-type.js';
import { machineType, sameVmm } from './checks/vmm.js';
import { cowPfnmapFault } from './policies/cow-pfnmap-fault.js';
import { proposalAdmits } from './policies/proposal-admits.js';
import { proposalAdmitsHazard } from './policies/proposal-admits-hazard.js';
import { proposalRefuses } from './policies/proposal-refuses.js';
import { unknownSlotFlag } from './policies/unknown-slot-flag.js';

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
  factsContradict,
  sourceFactsContradict,
  derivedFacts,
  // source: what blocks before anything is sent
  sourceDevicesListed,
  sourceRealm,
  sourceProtectedVm,
  sourceMte,
  sourceNested,
  vfioMigration,
  vfioDirtyTracking,
  vfioP2p,
  vfioViommu,
  hazardNonFwbSource,
  sourceGuestMemfd,
  sameVmm,
  machineType,
  // vm: KVM_CREATE_VM, KVM_ENABLE_CAP
  archSupported,
  kernelSpan,
  protectedVmType,
  protectedVmMode,
  realmVmType,
  ipaSize,
  mteCapability,
  enabledCapabilities,
  // vcpu: KVM_CREATE_VCPU, KVM_ARM_VCPU_INIT, KVM_CREATE_DEVICE
  vcpuCount,
  vcpuEl132bit,
  vcpuPmu,
  vcpuSve,
  vcpuPtrauth,
  vcpuEl2,
  vcpuFeatureOff,
  sveLengths,
  gicModel,
  counterFrequency,
  // memslot: KVM_SET_USER_MEMORY_REGION2, the arguments
  memslotsListed,
  slotListed,
  slotId,
  guestMemfdFlag,
  guestMemfdFlagAlone,
  unknownSlotFlag,
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
  proposalRefuses,
  // device: what VFIO has on the target, each measure of those that the one before it leaves
  devicesListed,
  devicePresent,
  deviceDriver,
  deviceMigration,
  deviceRegion,
  hazardContainment,
  driverState,
  deviceNamed,
  // state-load: the GIC, then KVM_GET_REG_LIST, then KVM_SET_ONE_REG on each; a VMM tries them all, and FWB is what no mask will ever let differ
  gicRevision,
  gicDirectSgis,
  registerListMissing,
  registerListExtra,
  idRegisterFwb,
  midr,
  midrOthers,
  ...idRegisters,
  clidrEl1,
  ctrEl0,
  idRegisterOthers,
  firmwareRegisterKnown,
  firmwarePsciVersion,
  firmwareValue,
  // fault: the VMA, the PFN, the type, the permissions, the mapping
  noVma,
  holeInSlot,
  cowPfnmapFault,
  protectedGuestUnpinnable,
  protectedGuestFilePage,
  hostMappingProtection,
  secretmem,
  cowPfnmapWrite,
  mixedmapUnreachable,
  hazardGicv,
  hazardMmioCacheable,
  cacheablePfnmapFault,
  execFromUncached,
  mteVmaFault,
  pkvmCacheableDeviceMemory,
  pkvmUncachedDeviceMemory,
  cacheableDowngrade,
  normalNcUnavailable,
  hazardPlatformUncached,
  hazardPerPteProt,
  proposalAdmitsHazard,
  proposalAdmits,
];
