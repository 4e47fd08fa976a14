import type { ProblemError } from '@berth/contract';
import type { PipeTransform } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

export type Read<T> = { readonly ok: T } | { readonly no: string };

/** One query parameter: how it is read, and how the OpenAPI document shows it. */
export interface QueryField<T> {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly description: string;
  readonly repeats: boolean;
  readonly read: (values: readonly string[]) => Read<T>;
}

export type QueryFields = Readonly<Record<string, QueryField<unknown>>>;
export type QueryOf<F extends QueryFields> = { readonly [K in keyof F]?: F[K] extends QueryField<infer T> ? T : never };

/** What Fastify hands on: the text after `?`, unread, so that faults in it are ours to name. */
export interface RawQuery {
  readonly text: string;
}

/** Reads exactly the parameters it was given; unknown, repeated and malformed ones are named, all at once. */
export class QueryPipe<F extends QueryFields> implements PipeTransform<RawQuery, QueryOf<F>> {
  constructor(readonly fields: F) {}

  transform(query: RawQuery): QueryOf<F> {
    const faults: ProblemError[] = [];
    const found: Record<string, unknown> = {};
    for (const [name, values] of pairsOf(query.text, faults)) {
      const field = Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
      const read = field === undefined ? { no: 'is not a parameter of this call' } : readField(field, values);
      if ('ok' in read) found[name] = read.ok;
      else faults.push({ parameter: printable(name), code: 'FORMAT', detail: read.no });
    }
    if (faults.length > 0) throw new Refusal('INVALID_QUERY', { errors: faults });
    return found as QueryOf<F>;
  }
}

const NO_QUERY = new QueryPipe({});

/** Where nothing is read from the query, a parameter is a mistake of the caller's. */
export async function refuseUnreadQuery(request: FastifyRequest): Promise<void> {
  if (request.routeOptions.config.query === false) NO_QUERY.transform(request.query as RawQuery);
}

function readField(field: QueryField<unknown>, values: readonly string[]): Read<unknown> {
  if (values.length > 1 && !field.repeats) return { no: 'is given more than once' };
  return field.read(values);
}

function pairsOf(text: string, faults: ProblemError[]): Map<string, string[]> {
  const pairs = new Map<string, string[]>();
  for (const part of text.split('&')) {
    if (part === '') continue;
    const [name, value] = halves(part);
    const decoded = [decode(name), decode(value)];
    const [key, content] = decoded;
    if (key === undefined || content === undefined) {
      faults.push({ parameter: printable(name), code: 'FORMAT', detail: 'is not percent-encoded UTF-8' });
    } else {
      pairs.set(key, [...(pairs.get(key) ?? []), content]);
    }
  }
  return pairs;
}

function halves(part: string): readonly [string, string] {
  const at = part.indexOf('=');
  return at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** A parameter's name comes back to the caller and into logs: short, and without anything that moves a cursor. */
function printable(name: string): string {
  return name.slice(0, 64).replaceAll(/[^\x20-\x7e]/g, '?');
}
