import { CHECKS, decide, type Finding, type Question, type WouldFail } from '@berth/engine';

/** What one check says when all are asked: the worst of its findings. */
export type Said = 'pass' | 'warn' | 'unknown' | 'reject';

const WORSE: readonly Said[] = ['pass', 'warn', 'unknown', 'reject'];

export function findingsOf(check: string, question: Question): readonly Finding[] {
  return decide(question).findings.filter((finding) => finding.check === check);
}

export function said(check: string, question: Question): Said {
  return worstOf(findingsOf(check, question));
}

function worstOf(findings: readonly Finding[]): Said {
  const severities = findings.map((finding): Said => finding.severity);
  return severities.reduce<Said>((worst, next) => (WORSE.indexOf(next) > WORSE.indexOf(worst) ? next : worst), 'pass');
}

/** What one check says when no other is asked: of an access, the first to reject would have ended it. */
export function saidAlone(check: string, question: Question): Said {
  const alone = CHECKS.filter(({ id }) => id === check);
  if (alone.length === 0) throw new Error(`no check \`${check}\``);
  return worstOf(decide(question, alone).findings);
}

/** The pointers that one check names, in order and once each. */
export function missingOf(check: string, question: Question): readonly string[] {
  const pointers = findingsOf(check, question).flatMap((finding) => finding.missing);
  return [...new Set(pointers)].sort();
}

export function wouldFail(question: Question): WouldFail | null {
  return decide(question).wouldFail;
}

/** Where in the VM, and with which errno, a question first fails. */
export function failsWith(question: Question): string {
  const first = wouldFail(question);
  if (first === null) return 'nothing fails';
  const { phase, reason, errno, failure, slot, mapping } = first;
  return [phase, reason, errno ?? 'no errno', failure, slot ?? '-', mapping ?? '-'].join(' ');
}
