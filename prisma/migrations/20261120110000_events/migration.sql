-- What happened, written with the change that it tells of. Transactions commit out of order, so `id` says nothing of what a
-- reader has seen: `seq` is given after the commit, by one sequencer at a time, and readers go by it alone.
-- `uuid` is the name of the event outside: unlike a number, it is not used again when a database is restored from a copy.
CREATE TABLE event (
  fleet text COLLATE "C" NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  uuid uuid NOT NULL DEFAULT gen_random_uuid(),
  seq bigint,
  type text NOT NULL,
  subject text COLLATE "C" NOT NULL,
  data text NOT NULL,
  at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT event_pkey PRIMARY KEY (fleet, id)
);
CREATE INDEX event_unsequenced_idx ON event (id) WHERE seq IS NULL;
CREATE UNIQUE INDEX event_fleet_seq_key ON event (fleet, seq) WHERE seq IS NOT NULL;
CREATE UNIQUE INDEX event_fleet_uuid_key ON event (fleet, uuid);

-- How far the events of a fleet are numbered, and up to which number they are no longer kept. Their numbers have no gaps.
CREATE TABLE event_feed (
  fleet text COLLATE "C" NOT NULL,
  last bigint NOT NULL DEFAULT 0,
  purged bigint NOT NULL DEFAULT 0,
  CONSTRAINT event_feed_pkey PRIMARY KEY (fleet),
  CONSTRAINT event_feed_purged_check CHECK (purged BETWEEN 0 AND last)
);

-- Numbers committed events, oldest first, and wakes who follows them; answers how many. A function, since it begins and ends
-- with its one statement: a caller that freezes or dies in the middle cannot hold up the others.
-- Each statement in it has a snapshot of its own, so what is numbered is seen after the lock is held.
-- Events of one subject are written under the lock of the subject's row, so the one before is seen when the one after is.
CREATE FUNCTION sequence_events(most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  given integer;
BEGIN
  IF NOT EXISTS (SELECT FROM event WHERE seq IS NULL) THEN
    RETURN 0;
  END IF;
  PERFORM pg_advisory_xact_lock(72707370);
  WITH waiting AS (
    SELECT fleet, id, row_number() OVER (PARTITION BY fleet ORDER BY id) AS n, count(*) OVER (PARTITION BY fleet) AS total
    FROM (SELECT fleet, id FROM event WHERE seq IS NULL ORDER BY id LIMIT most) AS oldest
  ), feed AS (
    INSERT INTO event_feed AS f (fleet, last) SELECT DISTINCT fleet, total FROM waiting ORDER BY fleet
    ON CONFLICT (fleet) DO UPDATE SET last = f.last + excluded.last RETURNING f.fleet, f.last
  )
  UPDATE event e SET seq = feed.last - w.total + w.n FROM waiting w JOIN feed ON feed.fleet = w.fleet
  WHERE e.fleet = w.fleet AND e.id = w.id;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given > 0 THEN
    PERFORM pg_notify('berth_event', '');
  END IF;
  RETURN given;
END
$$;
