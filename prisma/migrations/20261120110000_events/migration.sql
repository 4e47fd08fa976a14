-- What happened, written with the change that it tells of. Transactions commit out of order, so `id` says nothing of what a
-- reader has seen: `seq` is given after the commit, by one sequencer at a time, and readers go by it alone.
CREATE TABLE event (
  fleet text COLLATE "C" NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  seq bigint,
  type text NOT NULL,
  subject text COLLATE "C" NOT NULL,
  data text NOT NULL,
  at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT event_pkey PRIMARY KEY (fleet, id)
);
CREATE INDEX event_unsequenced_idx ON event (id) WHERE seq IS NULL;
CREATE UNIQUE INDEX event_fleet_seq_key ON event (fleet, seq) WHERE seq IS NOT NULL;
