import { CATALOGUE_EXAMPLES } from '../catalogue/catalogue-examples.js';
import type { JsonValue } from '../json/json-value.js';
import { TICKET_EXAMPLES } from '../tickets/ticket-examples.js';
import { ANSWER_EXAMPLES } from './answer-examples.js';
import { CALIBRATION_EXAMPLES } from './calibration-examples.js';
import { DOOR_EXAMPLES } from './door-examples.js';
import { EVENT_EXAMPLES } from './event-examples.js';
import { FLEET_EXAMPLES } from './fleet-examples.js';
import { HOST_EXAMPLES } from './host-examples.js';
import { MIGRATION_EXAMPLES } from './migration-examples.js';
import { OPERATION_EXAMPLES } from './operation-examples.js';
import { RULEBOOK_EXAMPLES } from './rulebook-examples.js';
import { SHADOW_EXAMPLES } from './shadow-examples.js';
import { VM_EXAMPLES } from './vm-examples.js';

export interface Example {
  readonly request?: JsonValue;
  /** Of the answer. */
  readonly status: number;
  readonly response?: unknown;
  /** Other ways to call it, by what each shows. */
  readonly others?: Readonly<Record<string, { readonly request: JsonValue; readonly response: unknown }>>;
}

const ALL = {
  ...HOST_EXAMPLES,
  ...VM_EXAMPLES,
  ...ANSWER_EXAMPLES,
  ...FLEET_EXAMPLES,
  ...MIGRATION_EXAMPLES,
  ...CALIBRATION_EXAMPLES,
  ...EVENT_EXAMPLES,
  ...RULEBOOK_EXAMPLES,
  ...CATALOGUE_EXAMPLES,
  ...SHADOW_EXAMPLES,
  ...TICKET_EXAMPLES,
  ...OPERATION_EXAMPLES,
  ...DOOR_EXAMPLES,
};

export type OperationId = keyof typeof ALL;

/** One call of each operation, by its id. */
export const EXAMPLES: Readonly<Record<OperationId, Example>> = ALL;
