/** One place that is wrong: in a document, or a parameter of the request. */
export interface FailureFault {
  readonly pointer?: string | undefined;
  readonly parameter?: string | undefined;
  readonly detail: string;
}

export interface FailureParts {
  /** The code of a problem document. */
  readonly code?: string | undefined;
  readonly cure?: string | undefined;
  readonly faults?: readonly FailureFault[] | undefined;
  /** What `-o json` prints on stdout: the problem document, byte for byte when it came from the server. */
  readonly body?: string | undefined;
  readonly cause?: unknown;
}

/** Anything that ends a command with exit code 1: the cause, the field, the cure. */
export class Failure extends Error {
  readonly code: string | undefined;
  readonly cure: string | undefined;
  readonly faults: readonly FailureFault[];
  readonly body: string | undefined;

  constructor(message: string, parts: FailureParts = {}) {
    super(message, { cause: parts.cause });
    this.name = 'Failure';
    this.code = parts.code;
    this.cure = parts.cure;
    this.faults = parts.faults ?? [];
    this.body = parts.body;
  }
}
