import { type DeviceCheck, pass, reject } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

// What is weaker on the target is refused by the checks that it concerns. This one tells a person that the answer went by facts that
// the manifest does not state and the target has otherwise; where those cannot be told, the same checks doubt.
export const derivedFacts: DeviceCheck = {
  id: 'derived-facts',
  scope: 'device',
  phase: 'policy',
  reason: 'DERIVED_FACTS_DIFFER',
  errno: null,
  failure: 'refused',
  severity: 'warn',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement:
    "What a manifest leaves out of a device's memory follows from the driver that the VM has it from, and is to follow from the device on the target too.",
  expected: 'flags and memory types that are stated, or that both sides derive alike',
  remedy: 'State `vmFlags` and `memoryType` of the mapping as they are where the VM runs.',
  cite: 'Berth: contract section 2.2; linux drivers/vfio/pci: each driver has an mmap of its own',
  reads: [
    '/manifest/devices',
    '/fingerprint/devices',
    '/manifest/memslots/*/mappings',
    '/manifest/memslots/*/mappingsAtFault',
  ],
  test({ candidates = [] }) {
    const like = candidates.filter(({ measures }) => measures.model.value === true);
    const [first] = like;
    if (first === undefined || like.some(({ otherwise }) => otherwise.length === 0)) return pass;
    const facts = first.otherwise.map(({ at, own, target }) => ({ at, own, target }));
    return reject(
      { facts },
      `The manifest leaves out ${facts.map(({ at }) => at).join(', ')}, which the target would derive otherwise.`,
    );
  },
};
