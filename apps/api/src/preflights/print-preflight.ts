import type { StoredVerdict } from '@berth/application';
import { printVerdict, type VerdictJson } from '@berth/contract';

export function printStored(verdict: StoredVerdict): VerdictJson {
  return printVerdict(verdict.decision, verdict.basis, verdict);
}

export function printPreflight(id: string, verdict: StoredVerdict): object {
  return { id, ...printStored(verdict) };
}
