import { SWEEP_QUEUE, type SweepJob } from '@berth/application';

/** What a payload turned out to be. Whoever can write to the transport can write nonsense: it is data, not a crash. */
export type Decoded<T> =
  | { readonly kind: 'ok'; readonly payload: T }
  | { readonly kind: 'forged'; readonly why: string };

/** The payload type of each queue this system consumes. */
export interface Payloads {
  readonly [SWEEP_QUEUE]: SweepJob;
}

export type QueueName = keyof Payloads;

export const QUEUE_NAMES = [SWEEP_QUEUE] as const satisfies readonly QueueName[];

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

type Field = (value: unknown) => boolean;
const isName: Field = (value) => typeof value === 'string' && NAME.test(value);
const isIndex: Field = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

const FIELDS: { readonly [queue in QueueName]: { readonly [field: string]: Field } } = {
  [SWEEP_QUEUE]: { fleet: isName, sweep: isName, chunk: isIndex },
};

export function decodePayload<Q extends QueueName>(queue: Q, data: unknown): Decoded<Payloads[Q]> {
  const why = fault(FIELDS[queue], data);
  return why === undefined ? { kind: 'ok', payload: data as Payloads[Q] } : { kind: 'forged', why };
}

function fault(fields: { readonly [field: string]: Field }, data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'the payload is not an object';
  const { v, ...rest } = data as { readonly [field: string]: unknown };
  if (v !== 1) return `version ${show(v)} of the payload is not known`;
  const unknown = Object.keys(rest).find((field) => !Object.hasOwn(fields, field));
  if (unknown !== undefined) return `field \`${unknown.slice(0, 64)}\` is not known`;
  const bad = Object.entries(fields).find(([field, holds]) => !holds(rest[field]));
  return bad && `field \`${bad[0]}\` is ${show(rest[bad[0]])}`;
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value).slice(0, 64);
}
