import type { PreflightReplayed, StoredVerdict } from '@berth/application';
import { printFindingDifference, printVerdict, type VerdictJson } from '@berth/contract';

export function printStored(verdict: StoredVerdict): VerdictJson {
  return printVerdict(verdict.decision, verdict.basis, verdict);
}

export function printPreflight(id: string, verdict: StoredVerdict): object {
  return { id, ...printStored(verdict) };
}

export function printReplay({ id, original, replayed, same, differences }: PreflightReplayed): object {
  return {
    id,
    original: printStored(original),
    replayed: printStored(replayed),
    same,
    differences: differences.map(printFindingDifference),
  };
}
