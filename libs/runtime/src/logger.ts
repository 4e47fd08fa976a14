import { type DestinationStream, destination, type Logger as PinoLogger, pino } from 'pino';
import type { LogLevel } from './config-fields.js';

export type Logger = PinoLogger;

// Keys come in this header and go out in these fields; neither may ever reach a log.
const SECRET = [
  'req.headers.authorization',
  'headers.authorization',
  'authorization',
  'key',
  '*.key',
  'password',
  '*.password',
  'databaseUrl',
  '*.databaseUrl',
  'redisUrl',
  '*.redisUrl',
];

/** JSON lines on stdout; times in RFC 3339, so that a person and a program read the same line. */
export function createLogger(part: string, level: LogLevel, stream: DestinationStream = stdout()): Logger {
  return pino(
    {
      level,
      base: { part, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET, censor: '[secret]' },
    },
    stream,
  );
}

function stdout(): DestinationStream {
  const stream = destination({ dest: 1, sync: false });
  // the reader of our stdout may go away or its disk fill up: that must not take the program with it
  stream.on('error', () => undefined);
  process.once('exit', () => flush(stream));
  return stream;
}

function flush(stream: { flushSync(): void }): void {
  try {
    stream.flushSync();
  } catch {
    // not opened yet, or nobody reads any more: nothing is left to be done with these lines
  }
}
