const KEY = /berth_([0-9a-z]{1,64})_[0-9a-z_-]+/gi;
const SECRET_FIELD = /^(key|api_?key|authorization|password|secret|token)$/i;
const HIDDEN = '[secret]';

/** More than any question that would be answered. */
const LARGEST = 1_200_000;
const LONGEST = 500;

/** A payload as JSON to be kept and shown: of a key only its id is left. */
export function printedWithoutSecrets(data: unknown): string {
  const text = printed(data);
  return text.length > LARGEST ? JSON.stringify({ tooLarge: text.length }) : text;
}

function printed(data: unknown): string {
  try {
    return hideKeys(JSON.stringify(data, hideField) ?? 'null');
  } catch {
    // Nested deeper than can be walked.
    return '"a payload that cannot be printed"';
  }
}

/** A line to be kept and shown. */
export const lineWithoutSecrets = (text: string): string =>
  hideKeys(text)
    .replaceAll(/[\0\ud800-\udfff]/gu, '?')
    .slice(0, LONGEST);

const hideKeys = (text: string): string => text.replaceAll(KEY, `berth_$1_${HIDDEN}`);

function hideField(name: string, value: unknown): unknown {
  if (typeof value !== 'string' || !SECRET_FIELD.test(name)) return value;
  const shown = hideKeys(value);
  return shown === value ? HIDDEN : shown;
}
