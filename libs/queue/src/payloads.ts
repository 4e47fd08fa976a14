import {
  DRIFT_QUEUE,
  type DriftJob,
  type Job,
  type JsonObject,
  MIGRATION_DUE_QUEUE,
  type MigrationDueJob,
  PREFLIGHT_REQUEST_QUEUE,
  type PreflightRequestJob,
  type RedriveJob,
  SWEEP_QUEUE,
  type SweepJob,
} from '@berth/application';

/** What a payload turned out to be. Whoever can write to the transport can write nonsense: it is data, not a crash. */
export type Decoded<T> =
  | { readonly kind: 'ok'; readonly payload: T }
  | { readonly kind: 'forged'; readonly why: string };

/** The payload type of each queue this system consumes. */
export interface Payloads {
  readonly [SWEEP_QUEUE]: SweepJob;
  readonly [PREFLIGHT_REQUEST_QUEUE]: PreflightRequestJob;
  readonly [MIGRATION_DUE_QUEUE]: MigrationDueJob;
  readonly [DRIFT_QUEUE]: DriftJob;
}

/** What a job comes to, where whoever sent it reads it. */
interface Answers {
  readonly [PREFLIGHT_REQUEST_QUEUE]: JsonObject;
}

export type ResultOf<Q extends QueueName> = Q extends keyof Answers ? Answers[Q] : unknown;

export type QueueName = keyof Payloads;

export const QUEUE_NAMES = [
  SWEEP_QUEUE,
  PREFLIGHT_REQUEST_QUEUE,
  MIGRATION_DUE_QUEUE,
  DRIFT_QUEUE,
] as const satisfies readonly QueueName[];

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const REQUEST_ID = /^[\x21-\x7e]{1,255}$/;
const LONGEST_KEY = 256;

type Field = (value: unknown) => boolean;
const matches =
  (pattern: RegExp): Field =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const isName = matches(NAME);
const isIndex: Field = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isKey: Field = (value) => typeof value === 'string' && value.length <= LONGEST_KEY;
const isThere: Field = (value) => value !== undefined;

type Fields = { readonly [field: string]: Field };

const FIELDS: { readonly [queue in QueueName]: Fields } = {
  [SWEEP_QUEUE]: { fleet: isName, sweep: isName, chunk: isIndex },
  [PREFLIGHT_REQUEST_QUEUE]: { requestId: matches(REQUEST_ID), key: isKey, body: isThere },
  [MIGRATION_DUE_QUEUE]: { fleet: isName, migration: matches(ID) },
  [DRIFT_QUEUE]: { fleet: isName, kind: matches(/^(host|vm)$/), name: isName, turn: isIndex, part: isIndex },
};

/** The first part sees to the migrations that are about to start; those after it may wait for the first parts of others. */
export const mayWait = ({ queue, payload }: Job): boolean => queue === DRIFT_QUEUE && payload['part'] !== 0;

const REDRIVE: Fields = { fleet: isName, letter: matches(ID) };

export function decodePayload<Q extends QueueName>(queue: Q, data: unknown): Decoded<Payloads[Q]> {
  const why = fault(FIELDS[queue], data);
  return why === undefined ? { kind: 'ok', payload: data as Payloads[Q] } : { kind: 'forged', why };
}

/** On every queue: what once died there, to be done again. */
export const isRedrive = (data: unknown): data is RedriveJob => fault(REDRIVE, data) === undefined;

function fault(fields: Fields, data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'the payload is not an object';
  const { v, ...rest } = data as { readonly [field: string]: unknown };
  if (v !== 1) return `version ${show(v)} of the payload is not known`;
  const unknown = Object.keys(rest).find((field) => !Object.hasOwn(fields, field));
  if (unknown !== undefined) return `field \`${unknown.slice(0, 64)}\` is not known`;
  const bad = Object.entries(fields).find(([field, holds]) => !holds(rest[field]));
  return bad && `field \`${bad[0]}\` is ${bad[0] === 'key' ? kind(rest['key']) : show(rest[bad[0]])}`;
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value).slice(0, 64);
}

/** A key that is not of its form may still be one. */
function kind(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'string' ? 'too long' : 'not text';
}
