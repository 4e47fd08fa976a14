import type { EventFilter, EventPlace, EventRecord, EventSlice, EventStore, EventType } from '@berth/application';
import type { Link, Statement } from '../database/link.js';
import { parseObject } from '../documents/parts-of.js';

/** As many as one statement numbers in well under its time. */
const SEQUENCED_AT_ONCE = 5_000;
/** How many events one look reads at most, whatever of them fits its filter. */
const STRETCH = 20_000;
const PURGED_AT_ONCE = 5_000;

const SEQUENCE: Statement = { name: 'event-sequence', text: 'SELECT sequence_events($1) AS given' };

const HEADS: Statement = { name: 'event-heads', text: 'SELECT fleet, last FROM event_feed' };

// One statement, so that what was purged and what is read are of one instant.
const SLICE: Statement = {
  name: 'event-slice',
  text: `WITH feed AS (
  SELECT coalesce(max(last), 0) AS head, coalesce(max(purged), 0) AS purged FROM event_feed WHERE fleet = $1
), place AS (
  SELECT head, purged, CASE $2 WHEN 'latest' THEN head WHEN 'oldest' THEN purged ELSE $2::bigint END AS after FROM feed
)
SELECT p.head, p.purged, p.after, e.* FROM place p LEFT JOIN LATERAL (
  SELECT seq, uuid, type, subject, data, at FROM event
  WHERE fleet = $1 AND seq > p.after AND seq <= p.after + ${STRETCH}
    AND ($3::text[] IS NULL OR type = ANY ($3)) AND ($4::text IS NULL OR subject = $4)
  ORDER BY seq LIMIT $5) e ON true`,
};

// The oldest go first and only they: `at` is not quite in the order of the numbers.
const PURGE: Statement = {
  name: 'event-purge',
  text: `WITH oldest AS (
  SELECT o.* FROM event_feed f CROSS JOIN LATERAL (
    SELECT fleet, id, seq, at FROM event WHERE fleet = f.fleet AND seq > f.purged ORDER BY seq LIMIT ${PURGED_AT_ONCE}) o
), young AS (
  SELECT fleet, min(seq) AS seq FROM oldest WHERE at >= now() - $1::double precision * interval '1 millisecond' GROUP BY fleet
), gone AS (
  DELETE FROM event e USING oldest o LEFT JOIN young y ON y.fleet = o.fleet
  WHERE e.fleet = o.fleet AND e.id = o.id AND (y.seq IS NULL OR o.seq < y.seq) RETURNING e.fleet, e.seq
), noted AS (
  UPDATE event_feed f SET purged = g.last FROM (SELECT fleet, max(seq) AS last FROM gone GROUP BY fleet) g WHERE f.fleet = g.fleet
)
SELECT count(*)::integer AS gone FROM gone`,
};

interface SliceRow {
  readonly head: string;
  readonly purged: string;
  readonly after: string;
  readonly seq: string | null;
  readonly uuid: string;
  readonly type: string;
  readonly subject: string;
  readonly data: string;
  readonly at: Date;
}

export class PgEventStore implements EventStore {
  constructor(private readonly link: Link) {}

  async sequence(): Promise<boolean> {
    const row = await this.link.row<{ given: number }>(SEQUENCE, [SEQUENCED_AT_ONCE]);
    return row?.given === SEQUENCED_AT_ONCE;
  }

  async slice(fleet: string, after: EventPlace, filter: EventFilter, limit: number): Promise<EventSlice> {
    const { types = null, subject = null } = filter;
    const rows = await this.link.rows<SliceRow>(SLICE, [fleet, String(after), types, subject, limit]);
    const [first] = rows;
    if (first === undefined) throw new Error('a look at a feed without a row');
    const [head, purged, from] = [Number(first.head), Number(first.purged), Number(first.after)];
    const events = rows.flatMap((row) => (row.seq === null ? [] : [eventRecord(fleet, row, row.seq)]));
    const seen = events.length === limit ? events.at(-1)?.sequence : undefined;
    return { head, purged, after: from, through: seen ?? Math.min(head, from + STRETCH), events };
  }

  async heads(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.link.rows<{ fleet: string; last: string }>(HEADS, []);
    return new Map(rows.map((row) => [row.fleet, Number(row.last)]));
  }

  async purge(olderThanMilliseconds: number): Promise<number> {
    const row = await this.link.row<{ gone: number }>(PURGE, [olderThanMilliseconds]);
    return row?.gone ?? 0;
  }
}

const eventRecord = (fleet: string, row: SliceRow, seq: string): EventRecord => ({
  id: row.uuid,
  fleet,
  sequence: Number(seq),
  type: row.type as EventType,
  subject: row.subject,
  data: parseObject(row.data),
  at: row.at,
});
