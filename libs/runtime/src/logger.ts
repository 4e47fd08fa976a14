import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type { LogLevel } from './config-fields.js';
import { LineWriter } from './line-writer.js';

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
  const lines = new LineWriter(1);
  process.once('exit', () => lines.flushSync());
  return lines;
}
