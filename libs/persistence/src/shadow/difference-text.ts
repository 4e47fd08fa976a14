import type { AnswerDifference, FindingDifference } from '@berth/application';
import type { Finding } from '@berth/engine';

/** What two answers do not share, as JSON text. Its only numbers beyond 2^53 are the addresses of findings. */
export const printDifference = (difference: AnswerDifference): string =>
  JSON.stringify(difference, (_key, value: unknown) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value));

type Printed = Omit<Finding, 'gpa'> & { readonly gpa: string | null };
type PrintedDifference = Omit<FindingDifference, 'finding' | 'was'> & {
  readonly finding: Printed;
  readonly was?: Printed;
};

/** Only ever reads what `printDifference` wrote. */
export function readDifference(text: string): AnswerDifference {
  const printed = JSON.parse(text) as Omit<AnswerDifference, 'findings'> & {
    readonly findings: readonly PrintedDifference[];
  };
  return { ...printed, findings: printed.findings.map(findingDifference) };
}

const findingDifference = ({ change, finding, was }: PrintedDifference): FindingDifference => ({
  change,
  finding: readFinding(finding),
  ...(was === undefined ? {} : { was: readFinding(was) }),
});

const readFinding = (printed: Printed): Finding => ({
  ...printed,
  gpa: printed.gpa === null ? null : BigInt(printed.gpa),
});
