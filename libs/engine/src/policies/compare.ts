import { decide } from '../decide.js';
import type { Question } from '../model/question.js';
import type { Decision, Finding, MemslotRow, Outcome, Policy } from '../model/verdict.js';

/** One rejection that one policy makes and another does not. */
export interface Objection {
  readonly check: string;
  readonly phase: Finding['phase'];
  readonly reason: Finding['reason'];
  readonly errno: Finding['errno'];
  readonly failure: Finding['failure'];
  readonly slot: number | null;
  readonly mapping: number | null;
}

export interface LetThrough extends Objection {
  /** What the policy brings in its place there, by its number; none that the sources name where this is empty. */
  readonly hazards: readonly string[];
}

/** One mapping, where the two do not agree on what becomes of it. */
export interface RowChange {
  readonly slot: number;
  readonly mapping: number | null;
  readonly strict: MemslotRow;
  readonly policy: MemslotRow;
}

/** What one policy answers otherwise than `strict`. */
export interface Difference {
  readonly policy: Policy;
  readonly outcome: { readonly strict: Outcome; readonly policy: Outcome };
  /** What `strict` rejects and the policy does not, with the hazard that this brings. */
  readonly letsThrough: readonly LetThrough[];
  /** What the policy rejects and `strict` does not. */
  readonly refuses: readonly Objection[];
  readonly memslots: readonly RowChange[];
}

export interface Comparison {
  /** In the order in which the policies were asked for. */
  readonly decisions: readonly Decision[];
  /** One for each policy but `strict`, in the same order. */
  readonly differences: readonly Difference[];
}

/** One question under several policies, each beside what `strict` says, whether or not that was asked for. */
export function compare(question: Omit<Question, 'policy'>, policies: readonly Policy[]): Comparison {
  const decisions = policies.map((policy) => decide({ ...question, policy }));
  const strict = decisions.find(({ policy }) => policy === 'strict') ?? decide({ ...question, policy: 'strict' });
  const others = decisions.filter(({ policy }) => policy !== 'strict');
  return { decisions, differences: others.map((decision) => differenceOf(strict, decision)) };
}

function differenceOf(strict: Decision, decision: Decision): Difference {
  const hazards = hazardsIn(decision);
  return {
    policy: decision.policy,
    outcome: { strict: strict.outcome, policy: decision.outcome },
    letsThrough: rejectedOnlyBy(strict, decision).map((finding) => ({
      ...objectionOf(finding),
      hazards: [...(hazards.get(placeOf(finding)) ?? [])],
    })),
    refuses: rejectedOnlyBy(decision, strict).map(objectionOf),
    memslots: rowChanges(strict.memslots, decision.memslots),
  };
}

function rejectedOnlyBy(one: Decision, other: Decision): readonly Finding[] {
  const rejects = ({ findings }: Decision) => findings.filter(({ severity }) => severity === 'reject');
  const keyOf = (finding: Finding) => `${finding.check} ${placeOf(finding)}`;
  const others = new Set(rejects(other).map(keyOf));
  return rejects(one).filter((finding) => !others.has(keyOf(finding)));
}

interface Placed {
  readonly slot: number | null;
  readonly mapping: number | null;
  readonly device?: string | null;
}

function placeOf({ slot, mapping, device }: Placed): string {
  return `${slot} ${mapping} ${device ?? ''}`;
}

function hazardsIn({ findings }: Decision): ReadonlyMap<string, ReadonlySet<string>> {
  const hazards = new Map<string, Set<string>>();
  for (const finding of findings) {
    const { hazard } = finding.actual;
    if (typeof hazard !== 'string') continue;
    const place = placeOf(finding);
    hazards.set(place, (hazards.get(place) ?? new Set()).add(hazard));
  }
  return hazards;
}

function objectionOf({ check, phase, reason, errno, failure, slot, mapping }: Finding): Objection {
  return { check, phase, reason, errno, failure, slot, mapping };
}

/** By place: a policy under which nothing can be replaced has other rows at fault. */
function rowChanges(strict: readonly MemslotRow[], policy: readonly MemslotRow[]): readonly RowChange[] {
  const others = new Map(policy.map((row) => [placeOf(row), row]));
  return strict.flatMap((row) => {
    const other = others.get(placeOf(row));
    if (other === undefined || sameRow(row, other)) return [];
    return [{ slot: row.slot, mapping: row.mapping, strict: row, policy: other }];
  });
}

function sameRow(a: MemslotRow, b: MemslotRow): boolean {
  return (Object.keys(a) as (keyof MemslotRow)[]).every((key) => a[key] === b[key]);
}
