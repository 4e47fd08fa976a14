import { Failure } from '../failure.js';
import type { CalibrationRead } from '../migration-types.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';
import { calibrationLines } from '../views/calibration-view.js';

export interface CalibrationOptions {
  readonly since?: string;
  readonly rulebook?: string;
  readonly all?: boolean;
}

/** `berth calibration`: how often the answers were right. */
export async function calibration(session: Session, options: CalibrationOptions): Promise<number> {
  const query = { since: sinceOf(options.since, Date.now()), rulebook: options.rulebook };
  const { json, text } = await session.api().call<CalibrationRead>({ path: PATHS.calibration, query });
  if (session.output === 'json') sayBody(session, text);
  else if (session.output === 'ndjson') session.say(json.checks.map((check) => JSON.stringify(check)));
  else if (session.output === 'name') session.say(json.checks.map(({ check }) => check));
  else session.say(calibrationLines(json, options.all === true, session.style));
  return 0;
}

const MILLISECONDS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function sinceOf(text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit = ''] = /^([1-9][0-9]{0,4})([mhd])$/.exec(text) ?? [];
  if (digits !== undefined) return new Date(now - Number(digits) * (MILLISECONDS[unit] ?? 0)).toISOString();
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : undefined;
  if (time !== undefined && !Number.isNaN(time.getTime())) return time.toISOString();
  throw new Failure(`--since ${text}: expected a time such as 2026-11-01, or how long ago, such as 7d or 12h`);
}
