import type { JsonValue } from '../json/json-value.js';
import { ANSWER_EXAMPLES } from './answer-examples.js';
import { HOST_EXAMPLES } from './host-examples.js';
import { OPERATION_EXAMPLES } from './operation-examples.js';
import { RULEBOOK_EXAMPLES } from './rulebook-examples.js';
import { VM_EXAMPLES } from './vm-examples.js';

export interface Example {
  readonly request?: JsonValue;
  /** Of the answer. */
  readonly status: number;
  readonly response?: unknown;
  /** Other ways to call it, by what each shows. */
  readonly others?: Readonly<Record<string, { readonly request: JsonValue; readonly response: unknown }>>;
}

const ALL = { ...HOST_EXAMPLES, ...VM_EXAMPLES, ...ANSWER_EXAMPLES, ...RULEBOOK_EXAMPLES, ...OPERATION_EXAMPLES };

export type OperationId = keyof typeof ALL;

/** One call of each operation, by its id. */
export const EXAMPLES: Readonly<Record<OperationId, Example>> = ALL;
