/** Everything a command may know of the world outside: tests hand in their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly outIsTty: boolean;
  readonly errIsTty: boolean;
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readStdin: () => Promise<Buffer>;
  /** Aborted by the first ^C. */
  readonly interrupted: AbortSignal;
}

export const NARROWEST = 40;
const WIDTH_WITHOUT_TERMINAL = 80;
// Prose wider than this is hard to read, and the mapping table never needs more.
const WIDEST = 110;

export function widthOf(terminal: Terminal): number {
  if (!terminal.outIsTty) return WIDTH_WITHOUT_TERMINAL;
  return Math.max(NARROWEST, Math.min(terminal.columns, WIDEST));
}

async function readAll(stream: NodeJS.ReadStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export function processTerminal(interrupted: AbortSignal): Terminal {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    outIsTty: process.stdout.isTTY === true,
    errIsTty: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL,
    env: process.env,
    readStdin: () => readAll(process.stdin),
    interrupted,
  };
}
