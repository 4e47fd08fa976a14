/** Facts of a finding for a person: `guest 1 host 0`, and one after the other where there is a list of them. */
export function shownFact(value: unknown): string {
  if (value === null) return 'not known';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : listed(value);
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([fact, each]) => `${fact} ${shownFact(each)}`)
    .join(' ');
}

const listed = (values: readonly unknown[]): string =>
  values.map(shownFact).join(values.some((value) => typeof value === 'object') ? '; ' : ', ');
