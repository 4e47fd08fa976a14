import type { Decision } from '@berth/engine';

/** A decision as JSON text. Its only numbers beyond 2^53 are the addresses of its findings. */
export const printDecision = (decision: Decision): string =>
  JSON.stringify(decision, (_key, value: unknown) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value));

type Printed = Omit<Decision, 'findings'> & {
  readonly findings: readonly (Omit<Decision['findings'][number], 'gpa'> & { readonly gpa: string | null })[];
};

const KERNEL_ANSWER = { hypothetical: false, assumed: {} } as const;

/** Only ever reads what `printDecision` wrote. */
export function readDecision(text: string): Decision {
  const printed = JSON.parse(text) as Printed;
  const findings = printed.findings.map((finding) => ({
    ...finding,
    gpa: finding.gpa === null ? null : BigInt(finding.gpa),
  }));
  // Answers that were given before there were proposals do not say that they are none.
  return { ...KERNEL_ANSWER, ...printed, findings };
}
