import type { Decision, Finding, Question } from '@berth/engine';

export interface Example {
  readonly question: Question;
  /** Where its documents are not as in a question that nothing is against; `undefined`: left out. */
  readonly changes: readonly { readonly pointer: string; readonly value: unknown }[];
  readonly decision: Decision;
  readonly finding: Finding | undefined;
}

/** By the id of the check. */
export function readExamples(): Promise<ReadonlyMap<string, Example>>;
export function documentsOf(question: Question): Readonly<Record<string, object>>;
