import { run } from './run.js';
import { processTerminal } from './terminal.js';

const interrupt = new AbortController();

// The first ^C lets a command say what goes on without it; the second ends at once.
process.once('SIGINT', () => {
  interrupt.abort();
  process.once('SIGINT', () => process.exit(130));
});

// `berth host list | head` closes the pipe early; that is not an error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await run(process.argv.slice(2), processTerminal(interrupt.signal));
