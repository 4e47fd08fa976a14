import type { Session } from '../session.js';
import { keySetting, type Setting, urlSetting } from '../settings.js';
import { tableLines } from '../views/table.js';

/** The part of a key that names it; the secret never reaches a screen. */
function publicPart(key: Setting | undefined): string {
  if (key === undefined) return 'none';
  const id = /^berth_([^_]+)_/.exec(key.value)?.[1];
  return id === undefined ? 'set' : `berth_${id}_…`;
}

/** `berth config`: each value and where it comes from. */
export async function config(session: Session): Promise<number> {
  const url = urlSetting(session.given, session.terminal.env);
  const key = keySetting(session.given, session.terminal.env);
  const rows = { url, key: { value: publicPart(key), from: key?.from ?? 'nowhere: set BERTH_KEY or BERTH_KEY_FILE' } };
  if (session.output === 'json') session.say([JSON.stringify(rows)]);
  else {
    const cells = Object.entries(rows).map(([name, setting]) => [name, setting.value, setting.from]);
    session.say(tableLines(session.style, [{ head: 'SETTING' }, { head: 'VALUE' }, { head: 'FROM' }], cells));
  }
  return 0;
}
