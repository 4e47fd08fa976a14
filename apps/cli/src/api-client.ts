import { cureOf } from './cures.js';
import { Failure, type FailureFault } from './failure.js';
import type { Setting } from './settings.js';

export interface ApiAnswer<T> {
  readonly status: number;
  /** The body as it came, for `-o json`. */
  readonly text: string;
  /** The same, read as what the contract says of this call. */
  readonly json: T;
}

export interface ApiCall {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 60_000;

export interface ApiClient {
  readonly url: string;
  call: <T>(call: ApiCall) => Promise<ApiAnswer<T>>;
  /** The open response of a stream, its body not yet read; `undefined` when the server does not offer it. */
  stream: (
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => Promise<Response | undefined>;
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND') return 'no such host';
  if (cause instanceof Error && cause.name === 'TimeoutError') return 'no answer in time';
  return code || (cause instanceof Error ? cause.message : String(cause));
}

function unreachable(url: Setting, error: unknown): Failure {
  return new Failure(`cannot reach ${url.value} (${causeOf(error)})`, {
    cause: error,
    cure: 'is it running? Start it with `npm start`, or name the server with --url or BERTH_URL',
  });
}

function parsedOrUndefined(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface ProblemRead {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly FailureFault[];
}

/** A problem document as a failure: what is wrong, in which field, and what to do. */
function refusal(status: number, text: string, json: unknown, path: string): Failure {
  const problem = (typeof json === 'object' && json !== null ? json : {}) as ProblemRead;
  const said = problem.detail ?? problem.title ?? `the server answered ${status} to ${path}`;
  return new Failure(`${problem.code ?? `HTTP_${status}`}: ${said}`, {
    code: problem.code,
    faults: problem.errors ?? [],
    cure: cureOf(problem.code, status),
    body: json === undefined ? undefined : text,
  });
}

function targetOf(url: string, call: ApiCall): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    for (const each of value === undefined ? [] : [value].flat()) query.append(name, each);
  }
  const text = query.toString();
  return `${url}${call.path}${text === '' ? '' : `?${text}`}`;
}

function requestOf(call: ApiCall, key: Setting | undefined): RequestInit {
  const body = Buffer.isBuffer(call.body) ? call.body : JSON.stringify(call.body);
  return {
    method: call.method ?? 'GET',
    headers: {
      accept: 'application/json, application/problem+json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key.value}` }),
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.headers,
    },
    ...(call.body === undefined ? {} : { body }),
  };
}

async function sent(url: Setting, target: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(target, init);
  } catch (error) {
    throw unreachable(url, error);
  }
}

/** `interrupted` ends a call that is under way: one ^C is enough. */
export function apiClient(url: Setting, key: Setting | undefined, interrupted: AbortSignal): ApiClient {
  return {
    url: url.value,
    async call<T>(call: ApiCall) {
      const init = { ...requestOf(call, key), signal: AbortSignal.any([interrupted, AbortSignal.timeout(TIMEOUT_MS)]) };
      const response = await sent(url, targetOf(url.value, call), init);
      const text = await response.text();
      const json = parsedOrUndefined(text);
      if (!response.ok) throw refusal(response.status, text, json, call.path);
      return { status: response.status, text, json: json as T };
    },
    async stream(path, headers, signal) {
      const init = requestOf({ path, headers: { accept: 'text/event-stream', ...headers } }, key);
      const response = await sent(url, `${url.value}${path}`, { ...init, signal });
      return response.ok && response.body !== null ? response : undefined;
    },
  };
}
