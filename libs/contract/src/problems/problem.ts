import { z } from 'zod';
import type { Fault } from '../fields/faults.js';
import { jsonPointer } from '../json/json-pointer.js';
import { PROBLEM_CODES, PROBLEMS, type ProblemCode } from './problems.js';

/** One fault of a request. `pointer` leads into the body; a fault of the path or the query names its `parameter`. */
export interface ProblemError {
  readonly pointer?: string | undefined;
  readonly parameter?: string | undefined;
  readonly code: string;
  readonly detail: string;
}

/** Why something asked is not answered: a problem before it is printed. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly errors?: readonly ProblemError[];
  /** Members of the problem document besides those of RFC 9457. */
  readonly members?: Readonly<Record<string, unknown>>;
}

export interface ProblemMore {
  readonly detail?: string | undefined;
  readonly instance?: string | undefined;
  readonly errors?: readonly (Fault | ProblemError)[] | undefined;
  /** Further members, e.g. the revision that stands. */
  readonly [member: string]: unknown;
}

const problemError = z
  .strictObject({
    pointer: z
      .string()
      .meta({ description: 'JSON pointer (RFC 6901) into the body, or into the parameters as one object.' }),
    parameter: z.string().optional().meta({ description: 'Name of a parameter of the path or the query.' }),
    code: z.string(),
    detail: z.string(),
  })
  .meta({ id: 'ProblemError' });

export const ProblemSchema = z
  .looseObject({
    type: z.string().meta({ format: 'uri-reference' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.enum(PROBLEM_CODES),
    detail: z.string().optional(),
    instance: z.string().optional(),
    errors: z.array(problemError).optional(),
  })
  .meta({ id: 'Problem', description: 'An error as RFC 9457 has it. `code` is what a program matches.' });

export type ProblemJson = z.output<typeof ProblemSchema>;

export function problem(code: ProblemCode, more: ProblemMore = {}): ProblemJson {
  const { detail, instance, errors, ...members } = more;
  return {
    ...members,
    type: `urn:berth:problem:${code}`,
    ...PROBLEMS[code],
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(instance === undefined ? {} : { instance }),
    ...(errors === undefined ? {} : { errors: errors.map(printError) }),
  };
}

/** The document that says it, whichever door it leaves by. */
export const printRefused = ({ code, detail, errors, members }: Refused): ProblemJson =>
  problem(code, { ...members, detail, errors });

/** Every fault has a pointer, so that a client needs one way only to find what is meant. */
function printError(error: Fault | ProblemError): NonNullable<ProblemJson['errors']>[number] {
  const { pointer, parameter, code, detail } = { parameter: undefined, ...error };
  const at = pointer ?? (parameter === undefined ? '' : jsonPointer([parameter]));
  return parameter === undefined ? { pointer: at, code, detail } : { pointer: at, parameter, code, detail };
}
