import type { JsonValue } from '../json/json-value.js';
import { type CloudEventType, cloudEventType, type EventName } from './event-names.js';

/** What an event is made of. */
export interface EventParts {
  readonly id: string;
  readonly fleet: string;
  readonly sequence: number;
  readonly type: EventName;
  readonly subject: string;
  readonly data: { readonly [key: string]: JsonValue };
  readonly at: Date;
}

/** CloudEvents 1.0, JSON format, with the extension `sequence`. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: CloudEventType;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly sequence: string;
  readonly data: { readonly [key: string]: JsonValue };
}

/** So long that the text of a later number also comes later. */
const SEQUENCE_DIGITS = 16;

export const printSequence = (sequence: number): string => String(sequence).padStart(SEQUENCE_DIGITS, '0');

/** With or without the zeros in front; undefined for what is no place in a feed. */
export const parseSequence = (text: string): number | undefined =>
  /^[0-9]{1,20}$/.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER ? Number(text) : undefined;

/** The same event prints the same bytes, on whatever way it leaves. */
export function printEvent(event: EventParts): CloudEvent {
  const { id, fleet, sequence, type, subject, data, at } = event;
  return {
    specversion: '1.0',
    id,
    source: `/fleets/${encodeURIComponent(fleet)}`,
    type: cloudEventType(type),
    subject,
    time: at.toISOString(),
    datacontenttype: 'application/json',
    sequence: printSequence(sequence),
    data,
  };
}
