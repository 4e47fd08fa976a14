import { CommanderError } from 'commander';
import { EXIT } from './exit-code.js';
import { Failure } from './failure.js';
import { buildProgram } from './program.js';
import { type Globals, openSession, sayBody } from './session.js';
import type { Terminal } from './terminal.js';

const FAULTS_SHOWN = 20;

function failureLines(failure: Failure): string[] {
  const shown = failure.faults
    .slice(0, FAULTS_SHOWN)
    .map((fault) => `  ${fault.pointer ?? fault.parameter ?? '-'}: ${fault.detail}`);
  const hidden = failure.faults.length - shown.length;
  return [
    `error: ${failure.message}`,
    ...shown,
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
    ...(failure.cure === undefined ? [] : [`  → ${failure.cure}`]),
  ];
}

function report(error: unknown, terminal: Terminal, globals: Globals): number {
  if (terminal.interrupted.aborted) return EXIT.interrupted;
  if (!(error instanceof Failure)) {
    terminal.err(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.error;
  }
  const asJson = globals.output === 'json' || globals.output === 'ndjson';
  if (asJson && error.body !== undefined) sayBody(openSession(terminal, globals), error.body);
  else terminal.err(`${failureLines(error).join('\n')}\n`);
  return EXIT.error;
}

/** Runs one command line and answers with its exit code; nothing here touches the process. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { program, result, globals } = buildProgram(terminal);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return result();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.error;
    return report(error, terminal, globals());
  }
}
