import type { Candidate, ClassView, Counts, Evacuee, InventoryAnswer } from '@berth/application';

export function printCounts({ compatible, incompatible, indeterminate, byReason }: Counts): object {
  return { compatible, incompatible, indeterminate, byReason: Object.fromEntries(byReason) };
}

export function printCandidate({ host, outcome, wouldFail, missing }: Candidate): object {
  return {
    host,
    outcome,
    ...(wouldFail === null ? {} : { wouldFail }),
    ...(missing.length === 0 ? {} : { missing }),
  };
}

export function printEvacuee({ vm, targets, counts }: Evacuee): object {
  return { vm, targets, compatible: counts.compatible, byReason: Object.fromEntries(counts.byReason) };
}

export function printInventory({ groups, total }: InventoryAnswer): object {
  return { groups: groups.map(({ values, hosts }) => ({ ...Object.fromEntries(values), hosts })), total };
}

export function printClasses<T>(classes: readonly ClassView<T>[], printFacts: (facts: T) => object): object {
  return { classes: classes.map(({ facts, ...rest }) => ({ ...rest, facts: printFacts(facts) })) };
}
