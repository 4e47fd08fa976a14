import type { Decision, Reason } from '@berth/engine';

/** Why it is no yes: what fails first, or else what is not known first. */
export const reasonOf = (decision: Decision | undefined): Reason | undefined =>
  (decision?.wouldFail ?? decision?.findings.find(({ severity }) => severity === 'unknown'))?.reason;
