import { type Decision, type Finding, type MemslotRow, PHASES } from '@berth/engine';
import { printHex } from '../documents/hex.js';
import type { VerdictJson } from './verdict-schema.js';

/** The inputs of a decision by name, revision and digest. Names and revisions are null for documents that are not stored. */
export interface VerdictBasis {
  readonly vm: string | null;
  readonly vmRevision: number | null;
  readonly manifest: string;
  readonly host: string | null;
  readonly hostRevision: number | null;
  readonly fingerprint: string;
  /** Of the rows that operators added; left out where there are none. */
  readonly catalogue?: string | undefined;
}

export interface VerdictTimes {
  readonly evaluatedAt: Date;
  readonly validUntil: Date;
}

export function printVerdict(decision: Decision, basis: VerdictBasis, times: VerdictTimes): VerdictJson {
  return {
    outcome: decision.outcome,
    wouldFail: decision.wouldFail === null ? null : printWouldFail(decision.wouldFail),
    findings: decision.findings.map(printFinding),
    memslots: decision.memslots.map(printRow),
    ...(decision.phases.length < PHASES.length ? { phases: [...decision.phases] } : {}),
    ...printSupposed(decision),
    basis: {
      vm: basis.vm,
      vmRevision: basis.vmRevision,
      manifest: basis.manifest,
      host: basis.host,
      hostRevision: basis.hostRevision,
      fingerprint: basis.fingerprint,
      generation: decision.generation,
      rulebook: decision.rulebook,
      policy: decision.policy,
      ...(basis.catalogue === undefined ? {} : { catalogue: basis.catalogue }),
    },
    evaluatedAt: times.evaluatedAt.toISOString(),
    validUntil: times.validUntil.toISOString(),
  };
}

/** Only what is said of a hypothetical answer, of what user space was supposed to do, and of what the catalogue filled in. */
function printSupposed(decision: Decision): Pick<VerdictJson, 'hypothetical' | 'assumed' | 'derived'> {
  const { hypothetical, assumed, derived } = decision;
  return {
    ...(derived === undefined ? {} : { derived: derived.map(({ at, value, from }) => ({ at, value, from })) }),
    ...(hypothetical ? { hypothetical } : {}),
    ...(Object.keys(assumed).length > 0 ? { assumed } : {}),
  };
}

function printWouldFail(hit: NonNullable<Decision['wouldFail']>): NonNullable<VerdictJson['wouldFail']> {
  const { phase, reason, slot, mapping, errno, failure, sourceOutcome } = hit;
  return { phase, reason, slot, mapping, errno, failure, sourceOutcome };
}

export function printRow(row: MemslotRow): VerdictJson['memslots'][number] {
  const { slot, mapping, registration, errno, fault, faultErrno, stage2, cacheMaintenance } = row;
  return { slot, mapping, registration, errno, fault, faultErrno, stage2, cacheMaintenance };
}

/** Field by field, so that what the engine adds for itself never slips onto the wire. */
export function printFinding(finding: Finding): VerdictJson['findings'][number] {
  return {
    check: finding.check,
    phase: finding.phase,
    reason: finding.reason,
    severity: finding.severity,
    failure: finding.failure,
    errno: finding.errno,
    side: finding.side,
    slot: finding.slot,
    mapping: finding.mapping,
    gpa: finding.gpa === null ? null : printHex(finding.gpa),
    device: finding.device,
    expected: finding.expected,
    actual: { ...finding.actual },
    missing: [...finding.missing],
    sourceOutcome: finding.sourceOutcome,
    message: finding.message,
    remedy: finding.remedy,
    cite: finding.cite,
  };
}
