// One small question for each check, made so that this check alone decides it: what proves that a check is needed. A new check
// comes with a claim here, and a new fact with other values for it in facts-of-questions.ts or facts-of-cpu.ts.
import { type GenerationId, PHASES, type Question } from '@berth/engine';
import {
  aBar,
  aDevdax,
  aGuestMemfd,
  aGuestMemfdSlot,
  aHost,
  aManifest,
  aMapping,
  aMemfd,
  aQuestion,
  aSlot,
  aUdmabuf,
  GIB,
  gpuMemory,
  type HostGiven,
  ioMixedmap,
  registeredAs,
  type VmGiven,
  vmOver,
  vmThatRemapsTo,
} from '../support/builders.js';
import type { Claim } from './claim.js';
import { CPU_CORPUS } from './corpus-cpu.js';
import { DEVICE_CORPUS } from './corpus-devices.js';
import { POLICY_CORPUS } from './corpus-policies.js';

const slots = (...memslots: NonNullable<VmGiven['memslots']>) => aManifest({ memslots });

const on = (generation: GenerationId, given: HostGiven = {}) => aHost({ generation, ...given });

const pkvm = (given: HostGiven = {}) => aHost({ mode: 'protected', mte: false, ...given });

const protectedVm = (given: VmGiven = {}) => aManifest({ type: 'protected', ...given });

const rejects = (check: string, given: Partial<Question>): Claim => ({
  check,
  says: 'reject',
  question: aQuestion(given),
});

const doubts = (check: string, given: Partial<Question>): Claim => ({
  check,
  says: 'unknown',
  question: aQuestion(given),
});

const warns = (check: string, given: Partial<Question>): Claim => ({
  check,
  says: 'warn',
  question: aQuestion(given),
});

/** FWB is stated, and the register of a vCPU has none. */
const CONTRADICTED: HostGiven = { idRegisters: { ID_AA64MMFR2_EL1: 0n }, cap243: { system: 'EINVAL' } };

const POLICY: readonly Claim[] = [
  rejects('same-host', { manifest: aManifest({ host: 'host-b' }), registered: registeredAs() }),
  rejects('architecture', { manifest: aManifest({ arch: 'riscv64' }) }),
  rejects('host-cordoned', { registered: registeredAs({ state: 'cordoned' }) }),
  rejects('host-maintenance', { registered: registeredAs({ state: 'maintenance' }) }),
  rejects('host-retired', { registered: registeredAs({ state: 'retired' }) }),
  doubts('freshness', { registered: registeredAs({ freshness: 'stale' }) }),
  warns('facts-contradict', { target: aHost(CONTRADICTED) }),
  warns('source-facts-contradict', { source: aHost({ ...CONTRADICTED, machineId: 'machine-a' }) }),
];

/** Asked only with every phase; these claims leave the rest of such a question unknown. */
const VMM: readonly Claim[] = [
  rejects('same-vmm', {
    manifest: aManifest({ vmm: { name: 'cloud-hypervisor', machineType: 'virt-11.0' } }),
    phases: PHASES,
  }),
  rejects('machine-type', {
    manifest: aManifest({ vmm: { name: 'qemu', machineType: 'virt-2.6' } }),
    phases: PHASES,
  }),
];

const VM: readonly Claim[] = [
  rejects('arch-supported', { manifest: aManifest({ arch: 'riscv64' }), target: aHost({ arch: 'riscv64' }) }),
  doubts('kernel-span', { target: aHost({ release: '5.10.0', cap243: undefined, guestMemfd: undefined }) }),
  rejects('protected-vm-type', { manifest: protectedVm(), target: on('guest-memfd', { mode: 'protected' }) }),
  rejects('protected-vm-mode', { manifest: protectedVm() }),
  rejects('realm-vm-type', {
    manifest: aManifest({ type: 'realm' }),
    target: aHost({ cca: { realmMigration: false } }),
  }),
  rejects('ipa-size', { manifest: aManifest({ ipaBits: 52 }) }),
  rejects('mte-capability', { manifest: aManifest({ mte: true }), target: aHost({ mte: false }) }),
  rejects('enabled-capabilities', {
    manifest: aManifest({ enabledCapabilities: ['KVM_CAP_ARM_SEA_TO_USER'] }),
    target: aHost({ capabilities: { KVM_CAP_ARM_SEA_TO_USER: 0 } }),
  }),
];

const ARGUMENTS: readonly Claim[] = [
  doubts('memslots-listed', { manifest: aManifest({ memslots: undefined }) }),
  doubts('slot-listed', { manifest: slots(aSlot({ mappings: undefined })) }),
  rejects('slot-id', { manifest: slots(aSlot({ slot: 32767 })) }),
  rejects('guest-memfd-flag', { manifest: slots(aGuestMemfdSlot()), target: on('cacheable-pfnmap') }),
  rejects('guest-memfd-flag-alone', { manifest: slots(aGuestMemfdSlot({ flags: ['guest-memfd', 'readonly'] })) }),
  rejects('slot-size-aligned', { manifest: slots(aSlot({ size: 0x3000n })), target: aHost({ pageSize: 16384 }) }),
  rejects('slot-gpa-aligned', { manifest: slots(aSlot({ gpa: 0x1000n })), target: aHost({ pageSize: 16384 }) }),
  rejects('slot-address-space', { manifest: slots(aSlot({ slot: 65536 })) }),
  rejects('slot-wraps', { manifest: slots(aSlot({ gpa: 2n ** 64n - GIB })) }),
  rejects('slot-pages', { manifest: aManifest({ ipaBits: 48, memslots: [aSlot({ gpa: 0n, size: 2n ** 43n })] }) }),
  rejects('slot-not-empty', { manifest: slots(aSlot({ size: 0n })) }),
  rejects('slot-not-reused', { manifest: slots(aSlot(), aSlot({ gpa: 2n * GIB })) }),
  rejects('slot-overlap', { manifest: slots(aSlot(), aSlot({ slot: 1 })) }),
];

const ARCH: readonly Claim[] = [
  rejects('protected-slot-flags', {
    manifest: protectedVm({ memslots: [aSlot({ flags: ['log-dirty-pages'] })] }),
    target: pkvm(),
  }),
  rejects('slot-within-ipa', { manifest: slots(aSlot({ gpa: 2n ** 40n - GIB / 2n })) }),
  rejects('guest-memfd-mappable', { manifest: slots(aGuestMemfdSlot({ mappings: [aMemfd()] })) }),
  rejects('guest-memfd-without-mte', {
    manifest: aManifest({
      mte: true,
      memslots: [aGuestMemfdSlot({ mappings: [aGuestMemfd({ vmFlags: ['shared', 'mte-allowed'] })] })],
    }),
  }),
  rejects('mte-vma', { manifest: aManifest({ mte: true, memslots: [aSlot({ mappings: [aBar()] })] }) }),
  rejects('pfnmap-dirty-log', { manifest: slots(aSlot({ flags: ['log-dirty-pages'], mappings: [aBar()] })) }),
  rejects('cacheable-pfnmap', { manifest: vmOver(aUdmabuf()), target: aHost({ dic: false }) }),
];

const FAULT: readonly Claim[] = [
  rejects('no-vma', { manifest: vmOver() }),
  warns('hole-in-slot', { manifest: vmOver(aMapping({ size: 0x1000n })) }),
  rejects('protected-guest-unpinnable', {
    manifest: protectedVm({ memslots: [aSlot({ mappings: [gpuMemory()] })] }),
    target: pkvm(),
  }),
  rejects('protected-guest-file-page', {
    manifest: protectedVm({ memslots: [aSlot({ mappings: [aMapping({ backing: 'file', vmFlags: ['cow'] })] })] }),
    target: pkvm(),
  }),
  rejects('host-mapping-protection', { manifest: vmOver(aMapping({ protection: 'r' })) }),
  rejects('secretmem', { manifest: vmOver(aMapping({ backing: 'secretmem', vmFlags: ['shared'] })) }),
  rejects('cow-pfnmap-write', { manifest: vmOver(aBar({ vmFlags: ['pfnmap', 'io', 'cow'] })) }),
  rejects('mixedmap-unreachable', {
    manifest: vmOver(gpuMemory({ backing: 'device', vmFlags: ['mixedmap', 'shared'] })),
  }),
  rejects('hazard-gicv', { manifest: aManifest({ vcpu: { gic: 'v2', gicvGpa: GIB } }) }),
  rejects('cacheable-pfnmap-fault', { manifest: vmOver(ioMixedmap()), target: aHost({ fwb: false }) }),
  rejects('exec-from-uncached', { manifest: vmOver(aBar({ access: ['execute'] })) }),
  rejects('mte-vma-fault', {
    manifest: vmThatRemapsTo([aMapping({ backing: 'file', vmFlags: ['shared'] })], { mte: true }),
  }),
  rejects('pkvm-cacheable-device-memory', { manifest: vmOver(gpuMemory()), target: pkvm() }),
  rejects('pkvm-uncached-device-memory', { manifest: vmOver(aBar()), target: pkvm() }),
  rejects('cacheable-downgrade', { manifest: vmOver(aDevdax()), target: on('normal-nc') }),
  warns('normal-nc-unavailable', { manifest: vmOver(aBar()), target: on('device-only') }),
];

export const CORPUS: readonly Claim[] = [
  ...POLICY,
  ...VMM,
  ...VM,
  ...ARGUMENTS,
  ...ARCH,
  ...FAULT,
  ...CPU_CORPUS,
  ...DEVICE_CORPUS,
  ...POLICY_CORPUS,
];
