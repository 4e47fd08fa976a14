import type { HostFacts } from '../facts.js';

const IDC_SHIFT = 28n;

/** CTR_EL0.IDC of a host, sanitised over all cores; unknown where what is stated and what is read do not agree. */
export function idcOf({ fingerprint, idRegisters }: HostFacts): boolean | undefined {
  const ctr = idRegisters?.get('CTR_EL0');
  if (ctr !== undefined) return ((ctr >> IDC_SHIFT) & 1n) === 1n;
  const contradicted = fingerprint.cpu?.idRegisters?.has('CTR_EL0') === true;
  return contradicted ? undefined : fingerprint.cpu?.idc;
}
