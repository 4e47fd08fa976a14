import { resolve } from 'node:path';
import { LONGEST_TICKET_MILLISECONDS, parseTicketKey, type TicketKey } from '@berth/application';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export type Parsed<T> = { kind: 'ok'; value: T } | { kind: 'invalid'; message: string };

const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
const UNITS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const LONGEST_HEARTBEAT_MS = 300_000;
const LONGEST_MS = 366 * 86_400_000;

const ok = <T>(value: T): Parsed<T> => ({ kind: 'ok', value });
const invalid = (message: string): Parsed<never> => ({ kind: 'invalid', message });

export function parsePort(text: string): Parsed<number> {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535
    ? ok(port)
    : invalid(`\`${text}\` is not a port: a whole number from 0 (any free one) to 65535`);
}

export function parseHost(text: string): Parsed<string> {
  return /^[A-Za-z0-9.:_-]+$/.test(text)
    ? ok(text)
    : invalid(`\`${text}\` is not an address or a host name, such as \`127.0.0.1\` or \`::\``);
}

export function parseAllowance(text: string): Parsed<boolean> {
  return text === 'allow' || text === 'refuse'
    ? ok(text === 'allow')
    : invalid(`\`${text}\` is not \`allow\` or \`refuse\``);
}

export function parseDataDir(text: string, cwd: string): Parsed<string> {
  return text.includes('\0') ? invalid('holds a NUL') : ok(resolve(cwd, text));
}

export function parseDuration(text: string): Parsed<number> {
  const [, digits, unit] = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Number(digits) * (UNITS.get(unit ?? '') ?? Number.NaN);
  if (Number.isNaN(ms)) return invalid(`\`${text}\` is not a duration, such as \`90s\`, \`30m\`, \`24h\` or \`7d\``);
  return ms >= 1000 && ms <= LONGEST_MS ? ok(ms) : invalid(`\`${text}\` is not between 1s and 366d`);
}

/** Three of them make a host stale, and after 15 minutes it would be expired. */
export function parseHeartbeat(text: string): Parsed<number> {
  const parsed = parseDuration(text);
  if (parsed.kind === 'invalid') return parsed;
  return parsed.value % 1000 === 0 && parsed.value <= LONGEST_HEARTBEAT_MS
    ? parsed
    : invalid(`\`${text}\` is not a number of whole seconds up to \`5m\``);
}

/** No longer than the keys that verify tickets are published for. */
export function parseTicketTtl(text: string): Parsed<number> {
  const parsed = parseDuration(text);
  const isTooLong = parsed.kind === 'ok' && parsed.value > LONGEST_TICKET_MILLISECONDS;
  return isTooLong ? invalid(`\`${text}\` is more than a day, and no ticket holds for longer`) : parsed;
}

export function parseLogLevel(text: string): Parsed<LogLevel> {
  const level = LOG_LEVELS.find((candidate) => candidate === text.toLowerCase());
  return level === undefined ? invalid(`\`${text}\` is not one of ${LOG_LEVELS.join(', ')}`) : ok(level);
}

/** Never repeats the value. */
export function parseSigningKey(text: string): Parsed<TicketKey> {
  const parsed = parseTicketKey(text);
  return parsed.kind === 'ok' ? ok(parsed.key) : invalid(parsed.message);
}

/** Never repeats the value: it may hold a password. */
export function parseServerUrl(text: string, protocols: readonly string[]): Parsed<string> {
  const protocol = /^([a-z][a-z0-9+]*):\/\/\S+$/.exec(text)?.[1];
  if (protocol === undefined || !protocols.includes(protocol))
    return invalid(`must be an address that starts with ${protocols.map((name) => `${name}://`).join(' or ')}`);
  return ok(text);
}
