import type { EventFilter, EventPlace } from '@berth/application';
import { CLOUD_EVENT_TYPES, eventNameOf, parseSequence } from '@berth/contract';
import type { QueryField } from '../http/query.js';
import { repeated, shortText, wholeNumber } from '../http/query-fields.js';

const SUBJECT_LENGTH = 160;

const AFTER: QueryField<EventPlace> = {
  description:
    'Go on after this event: a `sequence`, or `latest` for what is yet to come, or `oldest` (as without it) for all that is kept.',
  repeats: false,
  schema: { type: 'string', pattern: '^([0-9]{1,20}|latest|oldest)$' },
  read: ([text = '']) => {
    const place = text === 'latest' || text === 'oldest' ? text : parseSequence(text);
    return place === undefined ? { no: 'must be a `sequence`, `latest` or `oldest`' } : { ok: place };
  },
};

const TYPE = repeated('Only events of this type; may be repeated.', CLOUD_EVENT_TYPES[0] ?? '', eventNameOf);

export const EVENTS = {
  after: AFTER,
  limit: wholeNumber('How many events at most on a page.', 1000, 50),
  cursor: shortText('Where to go on: `nextCursor` of the page before. It goes before `after`.', 2048),
  type: TYPE,
  subject: shortText('Only events about this, e.g. `hosts/gh-09`.', SUBJECT_LENGTH),
} as const;

/** What a stream is to bring. */
export interface StreamQuery extends EventFilter {
  readonly after: number;
}
