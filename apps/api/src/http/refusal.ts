import type { ProblemCode, ProblemError } from '@berth/contract';

export interface RefusalMore {
  readonly detail?: string;
  readonly errors?: readonly ProblemError[];
  /** Members of the problem document besides those of RFC 9457, e.g. the revision that stands. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is answered with a problem document. Thrown at the door only; use-cases return unions. */
export class Refusal extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly more: RefusalMore = {},
  ) {
    super(more.detail ?? code);
    this.name = 'Refusal';
  }
}
