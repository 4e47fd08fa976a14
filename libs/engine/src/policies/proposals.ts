import type { CheckCard } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import type { Suppositions } from '../model/suppositions.js';
import type { Proposal } from '../model/verdict.js';
import type { Rule, Stage2Answer } from '../world.js';
import type { Overlay, Patch } from './patch.js';
import type { Hazard, PolicyCard } from './policy-card.js';

/** Fields of the checks that a proposal has otherwise, by the id of the check. */
export type Rows = Readonly<Record<string, Partial<CheckCard>>>;

/** One design as data: its card, the kernel that it would make of a host's, and the checks' fields that it changes. */
export interface ProposalRules {
  readonly card: Omit<PolicyCard, 'id' | 'hypothetical' | 'proposedBy'> & { readonly proposedBy: string };
  readonly patch: (supposed: Suppositions) => Patch;
  readonly rows: Rows;
}

const H2: Hazard = {
  id: 'H2',
  statement:
    "The host's own mapping stays cacheable while the guest goes around the cache, and nothing maintains it: a guest can read what another left there.",
};
const H6: Hazard = {
  id: 'H6',
  statement:
    'Stores to a platform device are merged and buffered as Normal-NC, and can still be under way when the device is taken back.',
};

const NEEDS = { needs: 'fwb and dic' } as const;

const wbOrRefused: Rule = ({ cacheablePfnmap }) => (cacheablePfnmap ? 'normal-wb' : 'refused');

/** Speaks of cacheable device memory, and of nothing else. */
function forCacheable(answer: Stage2Answer | Rule): Overlay {
  const rule = typeof answer === 'string' ? () => answer : answer;
  return (world) => (world.special && world.cacheable ? rule(world) : undefined);
}

const mainline: Overlay = forCacheable(wbOrRefused);

/** The checks of cacheable device memory hold in every generation once a proposal speaks of it. */
const CACHEABLE: Rows = {
  'cacheable-pfnmap': { generations: EVERY_GENERATION },
  'cacheable-pfnmap-fault': { generations: EVERY_GENERATION },
};

/** The sources call for showing the hazard, not for refusing it. */
const HAZARD_WARNS: Rows = { 'proposal-admits-hazard': { severity: 'warn' } };

const SOURCE_V3 = 'thread "[PATCH v3 1/1] KVM: arm64: Allow cacheable stage 2 mapping using VMA flags", March 2025';

/** Semantics 1.3, row by row. */
export const PROPOSAL_RULES: Readonly<Record<Proposal, ProposalRules>> = {
  'proposal:flag-marc': {
    card: {
      title: 'a memslot flag that asks for a cacheable mapping',
      proposedBy: `Marc Zyngier, ${SOURCE_V3} (18 March), option 2c`,
      statement:
        'User space marks the slots whose VM_PFNMAP memory is to be cacheable; what it does not mark is Normal-NC, whatever the VMA says.',
      assumes: { cacheableFlag: false },
      admission: 'with the flag: EINVAL without FWB and DIC; without it: always accepted',
      fault: 'with the flag: Normal-WB; without it: Normal-NC',
      errno: 'the sources name none for the refusal: EINVAL is assumed',
      silentDegradation: 'warning',
      hazards: [H2],
    },
    patch: ({ cacheableFlag }) =>
      cacheableFlag ? { admission: NEEDS, stage2: mainline } : { admission: {}, stage2: forCacheable('normal-nc') },
    rows: { ...CACHEABLE, ...HAZARD_WARNS },
  },
  'proposal:flag-v4': {
    card: {
      title: 'the memslot flag as posted, without which cacheable memory is refused',
      proposedBy: 'Ankit Agrawal, posted series v4 to v6, May 2025: KVM_MEM_ENABLE_CACHEABLE_PFNMAP, bit 3',
      statement:
        'A slot over cacheable VM_PFNMAP memory needs the flag, FWB and DIC. On other memory the flag says nothing; copy-on-write VM_PFNMAP memory is refused at fault.',
      assumes: { cacheableFlag: false },
      admission: 'EINVAL without the flag, and without FWB and DIC',
      fault: 'Normal-WB; EINVAL without FWB and DIC, and for copy-on-write VM_PFNMAP memory',
      errno: 'EINVAL at fault, where the kernels that were merged give EFAULT',
      silentDegradation: 'never',
      hazards: [],
    },
    patch: ({ cacheableFlag }) => ({
      admission: cacheableFlag
        ? NEEDS
        : {
            ...NEEDS,
            refuses: {
              expected: 'KVM_MEM_ENABLE_CACHEABLE_PFNMAP among the flags of the slot',
              why: 'The VMA is cacheable VM_PFNMAP memory, and the slot does not carry KVM_MEM_ENABLE_CACHEABLE_PFNMAP.',
            },
          },
      stage2: mainline,
      refusesCow: true,
    }),
    rows: { ...CACHEABLE, 'cacheable-pfnmap-fault': { generations: EVERY_GENERATION, errno: 'EINVAL' } },
  },
  'proposal:vma-flag': {
    card: {
      title: 'a VMA flag that the driver sets',
      proposedBy: `Catalin Marinas, ${SOURCE_V3} (18 March), option 2b: VM_FORCE_CACHEABLE`,
      statement:
        'The driver that maps device memory cacheable says so by a VMA flag. A VMA without it stays under the rules of the generation.',
      assumes: { cacheableFlag: true },
      admission: 'with the flag: EINVAL without FWB and DIC',
      fault: 'with the flag: Normal-WB',
      errno: 'the sources name none for the refusal: EINVAL is assumed',
      silentDegradation: 'never',
      hazards: [],
    },
    patch: ({ cacheableFlag }) => (cacheableFlag ? { admission: NEEDS, stage2: mainline } : {}),
    rows: CACHEABLE,
  },
  'proposal:sealed': {
    card: {
      title: 'only mappings that cannot be replaced',
      proposedBy: `Marc Zyngier, an aside in ${SOURCE_V3}`,
      statement:
        'A cacheable VM_PFNMAP VMA has to be sealed before it is registered, so that nothing else can stand there when the guest runs.',
      assumes: { sealed: false },
      admission: 'EINVAL for a VMA that is not sealed, and without FWB and DIC',
      fault: 'the VMA that was registered is the one that is met: Normal-WB',
      errno: 'the sources name none for a VMA that is not sealed: EINVAL is assumed',
      silentDegradation: 'never',
      hazards: [],
    },
    patch: ({ sealed }) => ({
      admission: sealed
        ? NEEDS
        : {
            ...NEEDS,
            refuses: {
              expected: 'a VMA that the VMM has sealed',
              why: 'The VMA is cacheable VM_PFNMAP memory, and it is not sealed.',
            },
          },
      stage2: mainline,
      sealed: sealed === true,
    }),
    rows: CACHEABLE,
  },
  'proposal:fallback': {
    card: {
      title: 'a fallback to Device where the hardware does not suffice',
      proposedBy: `Marc Zyngier (26 March) and Sean Christopherson, ${SOURCE_V3}: a fallback selected per VM`,
      statement:
        'Cacheable VM_PFNMAP memory is always accepted; without FWB and DIC the guest gets Device or Normal-NC and is told nothing.',
      assumes: {},
      admission: 'always accepted',
      fault: 'Normal-WB with FWB and DIC, else Device, or Normal-NC for VM_ALLOW_ANY_UNCACHED memory',
      errno: null,
      silentDegradation: 'refused',
      hazards: [H2],
    },
    patch: () => ({
      admission: {},
      stage2: forCacheable(({ cacheablePfnmap, allowAnyUncached }) => {
        if (cacheablePfnmap) return 'normal-wb';
        return allowAnyUncached ? 'normal-nc' : 'device-nGnRE';
      }),
    }),
    rows: CACHEABLE,
  },
  'proposal:jgg': {
    card: {
      title: "the host's page table decides",
      proposedBy: 'Jason Gunthorpe, mail of 18 March 2025',
      statement:
        'A cacheable PTE over struct pages is Normal-WB with maintenance, any other cacheable PTE Normal-WB with FWB or a failure; what is not cacheable is always Normal-NC.',
      assumes: {},
      admission: 'EINVAL for cacheable VM_PFNMAP memory outside map memory without FWB; DIC is not asked for',
      fault: 'Normal-WB with FWB, EFAULT without; memory that is not cacheable is Normal-NC, relaxed or not',
      errno: 'the sources name none: those of the kernels that were merged are assumed',
      silentDegradation: 'never',
      hazards: [H6],
    },
    patch: () => ({
      admission: { needs: 'fwb unless page-backed' },
      fwbSuffices: true,
      stage2: (world) => {
        if (!world.special) return undefined;
        return world.cacheable ? wbOrRefused(world) : 'normal-nc';
      },
    }),
    rows: {
      'cacheable-pfnmap': { generations: EVERY_GENERATION, expected: 'fwb, or struct pages behind the VMA' },
      'cacheable-pfnmap-fault': { generations: EVERY_GENERATION, expected: 'fwb' },
      // It goes by each PTE, so a driver whose PTEs differ from their VMA deceives nobody.
      'hazard-per-pte-prot': { generations: [] },
      ...HAZARD_WARNS,
    },
  },
  'proposal:opt-out': {
    card: {
      title: 'relaxed vfio-pci memory, with one opt-out for the whole host',
      proposedBy: 'Catalin Marinas, mail of 31 May 2023, option (a)',
      statement:
        'Memory of vfio-pci is Normal-NC unless the host was booted with an opt-out: then it is Device. Cacheable memory stays under the rules of the generation.',
      assumes: { optOutActive: false },
      admission: null,
      fault: 'VM_ALLOW_ANY_UNCACHED memory: Normal-NC, or Device where the opt-out is active',
      errno: null,
      silentDegradation: 'never',
      hazards: [],
    },
    patch: ({ optOutActive }) => ({
      stage2: ({ special, cacheable, allowAnyUncached }) => {
        if (!special || cacheable || !allowAnyUncached) return undefined;
        return optOutActive ? 'device-nGnRE' : 'normal-nc';
      },
    }),
    rows: {},
  },
  'proposal:cmo': {
    card: {
      title: 'cacheable everywhere, with the maintenance that is missing',
      proposedBy: 'Jason Gunthorpe, mail of 31 March 2025, last paragraph',
      statement:
        'Cacheable VM_PFNMAP memory is always Normal-WB, and KVM cleans and invalidates it when it is mapped and unmapped. No kernel can: it has no address for such pages.',
      assumes: {},
      admission: 'always accepted',
      fault: 'Normal-WB, with maintenance at map and unmap where FWB is missing',
      errno: null,
      silentDegradation: 'never',
      hazards: [],
    },
    patch: () => ({ admission: {}, stage2: forCacheable('normal-wb') }),
    rows: CACHEABLE,
  },
  'proposal:nc-never': {
    card: {
      title: 'nothing but Device outside map memory',
      proposedBy: 'Will Deacon, mail of 12 October 2023: no relaxation without guidance from the architecture',
      statement: 'Every page outside map memory is Device at stage 2, whatever the VMA says, as before 6.9.',
      assumes: {},
      admission: 'always accepted',
      fault: 'Device outside map memory',
      errno: null,
      silentDegradation: 'refused',
      hazards: [H2],
    },
    patch: () => ({ admission: {}, stage2: () => 'device-nGnRE' }),
    rows: CACHEABLE,
  },
};
