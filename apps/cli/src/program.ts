import { Command, Option } from 'commander';
import type { Bind } from './bind.js';
import { addCommands } from './command-tree.js';
import { EXIT, EXIT_HELP } from './exit-code.js';
import { type Globals, openSession } from './session.js';
import type { Terminal } from './terminal.js';

export interface Program {
  readonly program: Command;
  readonly result: () => number;
  readonly globals: () => Globals;
}

function root(terminal: Terminal): Command {
  return new Command('berth')
    .description('Can VM X live-migrate to host Y? Asks as KVM would: which slot, which errno, and why.')
    .addOption(new Option('-o, --output <format>', 'table, json (the API body), ndjson or name'))
    .option('--url <url>', 'the server (BERTH_URL; default http://127.0.0.1:8420)')
    .option('--key-file <file>', 'file with the key (BERTH_KEY, BERTH_KEY_FILE; default .berth/admin-key)')
    .addHelpText('after', EXIT_HELP)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(see berth --help)')
    .exitOverride();
}

function inherit(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    if (child.commands.length === 0) child.addHelpText('after', EXIT_HELP);
    inherit(child);
  }
}

/** The command tree; what each command does stands in `commands/`. */
export function buildProgram(terminal: Terminal): Program {
  const program = root(terminal);
  let code: number = EXIT.ok;
  const bind: Bind =
    (load) =>
    async (...given) => {
      const work = await load();
      // Commander hands over the arguments, then the options, then the command itself, which nobody needs.
      code = await work(openSession(terminal, program.opts<Globals>()), ...(given.slice(0, -1) as never[]));
    };
  addCommands(program, bind);
  inherit(program);
  return { program, result: () => code, globals: () => program.opts<Globals>() };
}
