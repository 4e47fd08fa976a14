import { CACHEABLE_PFNMAP_CAP } from './capabilities.js';
import { CHECKS } from './checks.js';
import type { Finding, MemslotRow, Phase } from './model/verdict.js';
import type { Reading } from './reading.js';

/** What would tell the generation. */
const GENERATION_FACTS: readonly string[] = [
  `/fingerprint/kvm/capabilities/${CACHEABLE_PFNMAP_CAP}`,
  '/fingerprint/kvm/capabilities/KVM_CAP_GUEST_MEMFD',
  '/fingerprint/kernel/release',
];

/**
 * Folds what each possible generation answers into one reading: a check on which they all agree keeps its answer, and one on
 * which they do not is unknown (contract 2.1).
 */
export function agree(readings: readonly Reading[], phases: readonly Phase[]): Reading {
  const [first, ...others] = readings;
  if (first === undefined) return { findings: [], rows: [] };
  if (others.length === 0) return first;
  const keys = new Map<string, Finding>();
  for (const reading of readings)
    for (const finding of reading.findings) keys.set(keyOf(finding), keys.get(keyOf(finding)) ?? finding);
  const findings = [...keys].map(([key, finding]) => {
    const alike = readings.every((reading) =>
      reading.findings.some((other) => keyOf(other) === key && other.severity === finding.severity),
    );
    return alike || finding.severity === 'warn' ? finding : doubt(finding);
  });
  return {
    findings: findings.sort(inRestoreOrder(phases)),
    rows: first.rows.map((row, index) => agreeOnRow(row, index, others)),
  };
}

function keyOf(finding: Finding): string {
  return `${finding.check} ${finding.slot} ${finding.mapping}`;
}

function doubt(finding: Finding): Finding {
  const missing = [...new Set([...finding.missing, ...GENERATION_FACTS])];
  return {
    ...finding,
    severity: 'unknown',
    missing,
    message: `Kernels that this host could run do not agree: ${finding.message}`,
  };
}

const ORDER = new Map(CHECKS.map((check, index) => [check.id, index]));

function inRestoreOrder(phases: readonly Phase[]) {
  const rank = (finding: Finding) => [
    phases.indexOf(finding.phase),
    finding.slot ?? -1,
    finding.mapping ?? -1,
    ORDER.get(finding.check) ?? 0,
  ];
  return (a: Finding, b: Finding) => {
    const left = rank(a);
    const right = rank(b);
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
  };
}

function agreeOnRow(row: MemslotRow, index: number, others: readonly Reading[]): MemslotRow {
  const rows = others.map((reading) => reading.rows[index]);
  const registered = rows.every((other) => other?.registration === row.registration && other.errno === row.errno);
  const faulted = rows.every((other) => other?.fault === row.fault && other.faultErrno === row.faultErrno);
  const typed = rows.every((other) => other?.stage2 === row.stage2);
  const maintained = rows.every((other) => other?.cacheMaintenance === row.cacheMaintenance);
  return {
    ...row,
    ...(registered ? {} : { registration: 'unknown', errno: null }),
    ...(faulted ? {} : { fault: 'unknown', faultErrno: null }),
    ...(typed ? {} : { stage2: null }),
    ...(maintained ? {} : { cacheMaintenance: null }),
  };
}
