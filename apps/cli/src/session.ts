import { type ApiClient, apiClient } from './api-client.js';
import { Failure } from './failure.js';
import { keySetting, urlSetting } from './settings.js';
import { type Style, styleOf } from './style.js';
import type { Terminal } from './terminal.js';

export const OUTPUTS = ['table', 'json', 'ndjson', 'name'] as const;
export type Output = (typeof OUTPUTS)[number];

/** The options every command understands. */
export interface Globals {
  readonly url?: string;
  readonly keyFile?: string;
  readonly output?: string;
}

/** What one run of a command works with. */
export interface Session {
  readonly terminal: Terminal;
  readonly style: Style;
  readonly given: Globals;
  /** `undefined`: nothing was asked for, so a table for a person and tabs for a pipe. */
  readonly output: Output | undefined;
  readonly api: () => ApiClient;
  readonly say: (lines: readonly string[]) => void;
  /** Hints, progress and warnings: they go to stderr, so that stdout stays the answer. */
  readonly hint: (line: string) => void;
  readonly warn: (line: string) => void;
}

function outputOf(asked: string | undefined): Output | undefined {
  if (asked === undefined) return undefined;
  const found = OUTPUTS.find((each) => each === asked);
  if (found !== undefined) return found;
  throw new Failure(`--output ${asked}: expected ${OUTPUTS.join(', ')}`);
}

export function openSession(terminal: Terminal, globals: Globals): Session {
  const output = outputOf(globals.output);
  const style = styleOf(terminal, output);
  return {
    terminal,
    style,
    given: globals,
    output,
    api: () => apiClient(urlSetting(globals, terminal.env), keySetting(globals, terminal.env), terminal.interrupted),
    say: (lines) => terminal.out(lines.map((line) => `${line}\n`).join('')),
    hint: (line) => {
      if (terminal.errIsTty && terminal.outIsTty) terminal.err(`hint: ${line}\n`);
    },
    warn: (line) => terminal.err(`warning: ${line}\n`),
  };
}

/** `-o json`: the API's body, byte for byte, and a line end after it where it has none. */
export function sayBody(session: Session, text: string): void {
  session.terminal.out(text.endsWith('\n') || text === '' ? text : `${text}\n`);
}
