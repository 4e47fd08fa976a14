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
  const byPlace = new Map<string, Finding[]>();
  for (const finding of readings.flatMap((reading) => reading.findings)) {
    const found = byPlace.get(placeOf(finding));
    if (found === undefined) byPlace.set(placeOf(finding), [finding]);
    else found.push(finding);
  }
  const findings = [...byPlace.values()].map((alike) => agreeOn(alike, readings.length));
  return {
    findings: findings.sort(inRestoreOrder(phases)),
    rows: first.rows.map((row, index) => agreeOnRow(row, index, others)),
  };
}

/** A slot id may stand twice in a manifest, so the GPA is part of the place. */
function placeOf({ check, slot, mapping, gpa, device }: Finding): string {
  return `${check} ${slot} ${mapping} ${gpa} ${device}`;
}

/** What one check says of one place under the generations that object at all. */
function agreeOn(alike: readonly Finding[], generations: number): Finding {
  const [first] = alike;
  if (first === undefined) throw new Error('a place without a finding');
  const missing = [...new Set(alike.flatMap((finding) => finding.missing))];
  const unanimous = alike.length === generations && alike.every((finding) => finding.severity === first.severity);
  if (unanimous || first.severity === 'warn') return { ...first, missing };
  return {
    ...first,
    severity: 'unknown',
    missing: [...new Set([...missing, ...GENERATION_FACTS])],
    message: `Kernels that this host could run do not agree: ${first.message}`,
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
