/** One exchange, as it went over the wire. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, or undefined when there is none or it is something else. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

export interface CallOptions {
  readonly key?: string | undefined;
  /** A value is sent as JSON; a string or bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Watch = (exchange: Exchange) => void;

/** A caller with a key; whatever it hears is also shown to `watch`. */
export class HttpClient {
  constructor(
    readonly url: string,
    readonly key: string | undefined,
    private readonly watch: Watch = () => undefined,
  ) {}

  as(key: string | undefined): HttpClient {
    return new HttpClient(this.url, key, this.watch);
  }

  get = (path: string, options?: CallOptions): Promise<Exchange> => this.call('GET', path, options);
  put = (path: string, body: unknown, options?: CallOptions): Promise<Exchange> =>
    this.call('PUT', path, { ...options, body });
  post = (path: string, body?: unknown, options?: CallOptions): Promise<Exchange> =>
    this.call('POST', path, { ...options, body });
  patch = (path: string, body: unknown, options?: CallOptions): Promise<Exchange> =>
    this.call('PATCH', path, { ...options, body });
  delete = (path: string, options?: CallOptions): Promise<Exchange> => this.call('DELETE', path, options);

  async call(method: string, path: string, options: CallOptions = {}): Promise<Exchange> {
    const key = 'key' in options ? options.key : this.key;
    const body = bodyOf(options.body);
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const exchange = {
      method,
      path,
      status: response.status,
      headers: response.headers,
      text,
      json: jsonOf(response, text),
    };
    this.watch(exchange);
    return exchange;
  }
}

function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined || typeof body === 'string') return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}

function jsonOf(response: Response, text: string): unknown {
  const type = response.headers.get('content-type') ?? '';
  return /^application\/(?:[a-z.+-]+\+)?json\b/.test(type) && text !== '' ? JSON.parse(text) : undefined;
}
