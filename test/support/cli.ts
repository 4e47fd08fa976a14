import { run, type Terminal } from '@berth/cli';

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** As on a terminal of so many columns. */
  readonly columns?: number;
  readonly interrupted?: AbortSignal;
}

export interface CliAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One command line of `berth`, in this process: the program's own front door, without a second start of Node. */
export async function berth(argv: readonly string[], options: CliOptions = {}): Promise<CliAnswer> {
  const said = { out: '', err: '' };
  const onTerminal = options.columns !== undefined;
  const terminal: Terminal = {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    outIsTty: onTerminal,
    errIsTty: onTerminal,
    columns: options.columns ?? 80,
    env: options.env ?? {},
    readStdin: async () => Buffer.from(options.stdin ?? ''),
    interrupted: options.interrupted ?? new AbortController().signal,
  };
  return { code: await run(argv, terminal), ...said };
}
