import type { EventRead } from '../api-types.js';

const PREFIX = 'dev.berth.';
const SUFFIX = '.v1';

/** `host.changed`, for people. */
export const shortType = (type: string): string =>
  type.startsWith(PREFIX) && type.endsWith(SUFFIX) ? type.slice(PREFIX.length, -SUFFIX.length) : type;

/** What a person types, as it is on the wire. */
export const wireType = (type: string): string => (type.startsWith(PREFIX) ? type : `${PREFIX}${type}${SUFFIX}`);

export function eventCells(event: EventRead): readonly string[] {
  return [event.sequence, event.time, shortType(event.type), event.subject, dataWords(event.data)];
}

function dataWords(data: Readonly<Record<string, unknown>>): string {
  return Object.entries(data)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
