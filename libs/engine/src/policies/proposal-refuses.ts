import { type MappingCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { missingFlags, missingType } from '../vma.js';

/** What a proposal asks of a slot that no kernel asks: its flag, its seal. */
export const proposalRefuses: MappingCheck = {
  id: 'proposal-refuses',
  scope: 'mapping',
  phase: 'memslot',
  reason: 'PROPOSAL_REFUSES',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'Some proposals refuse cacheable VM_PFNMAP memory that user space has not marked, or has not sealed.',
  expected: 'a slot that meets what the proposal asks for',
  remedy: 'Ask under `strict`, or suppose in the question that the VMM does what the proposal asks for.',
  cite: 'Berth: the proposals that were never merged, GET /v1/policies',
  reads: [
    '/manifest/memslots/*/mappings/*/vmFlags',
    '/manifest/memslots/*/mappings/*/memoryType',
    '/fingerprint/devices',
  ],
  test(vma, _slot, { target }) {
    const refuses = target.patch?.admission?.refuses;
    if (refuses === undefined || vma.pfnmap === false || vma.cacheable === false) return pass;
    const facts = { memoryType: vma.memoryType ?? null, asks: refuses.expected };
    if (vma.pfnmap && vma.cacheable) return reject(facts, refuses.why);
    return unknown([missingFlags(vma, vma.pfnmap), missingType(vma)], facts);
  },
};
