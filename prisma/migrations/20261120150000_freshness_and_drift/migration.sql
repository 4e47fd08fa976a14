-- Jobs that nobody will do any more, without their secrets; they are the record, whatever becomes of the queue.
CREATE TABLE dead_letter (
  fleet text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  queue text COLLATE "C" NOT NULL,
  job text COLLATE "C" NOT NULL,
  -- By the clock of whoever sent it: with the id it names the job, since an emptied queue counts from one again.
  sent_at timestamptz(6) NOT NULL,
  payload text NOT NULL,
  reason text NOT NULL,
  died_at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  redrives integer NOT NULL DEFAULT 0,
  -- Since when it is on its queue again, and by whose key.
  redriven_at timestamptz(6),
  redriven_by text,
  CONSTRAINT dead_letter_pkey PRIMARY KEY (fleet, id),
  CONSTRAINT dead_letter_redriven_check CHECK ((redriven_at IS NULL) = (redriven_by IS NULL))
);
CREATE UNIQUE INDEX dead_letter_job_key ON dead_letter (fleet, queue, job, sent_at);

-- What has changed and has not been looked at to the end: one row for each host or VM, however often it changed. A turn is never
-- used twice, so that whoever still works on an older one, or on a part that is done, changes nothing.
CREATE SEQUENCE drift_turn;
CREATE TABLE drift (
  fleet text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  name text COLLATE "C" NOT NULL,
  turn bigint NOT NULL DEFAULT nextval('drift_turn'),
  part integer NOT NULL DEFAULT 0,
  step text NOT NULL DEFAULT 'answers',
  -- What was looked at last in this step.
  after text COLLATE "C" NOT NULL DEFAULT '',
  -- What stood before the first change that has not been looked at to the end.
  before_digest text COLLATE "C",
  before_state text,
  before_fresh boolean,
  before_host text COLLATE "C",
  -- How often this part has failed.
  failures integer NOT NULL DEFAULT 0,
  -- When it changed, or a part of it was begun or done, last.
  touched_at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT drift_pkey PRIMARY KEY (fleet, kind, name),
  CONSTRAINT drift_kind_check CHECK (kind IN ('host', 'vm')),
  CONSTRAINT drift_step_check CHECK (step IN ('answers', 'targets'))
);

-- What was told of an answer last, where that was something else than the answer: `gone` where it could not be asked any more.
ALTER TABLE preflight ADD COLUMN drifted_to text;
ALTER TABLE preflight ADD CONSTRAINT preflight_drifted_to_check CHECK (drifted_to IN ('compatible', 'incompatible', 'indeterminate', 'gone'));
CREATE INDEX preflight_fleet_target_idx ON preflight (fleet, target, evaluated_at);

-- Another machine that spoke under the host's name, or the one that an operator agreed to and that has not spoken yet.
ALTER TABLE host ADD COLUMN contender text;

-- That there is an API to hear the hosts: one row for the whole installation, touched every few seconds by each API.
CREATE TABLE service_pulse (
  one boolean NOT NULL DEFAULT true,
  -- From one heartbeat of a host to the next, as the API asks for them.
  heartbeat interval NOT NULL,
  touched_at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  -- When there was an API again after a silence; whoever was heard of since `heard_since` was fresh when the silence began.
  resumed_at timestamptz(6) NOT NULL DEFAULT '-infinity',
  heard_since timestamptz(6) NOT NULL DEFAULT '-infinity',
  CONSTRAINT service_pulse_pkey PRIMARY KEY (one),
  CONSTRAINT service_pulse_one_check CHECK (one),
  CONSTRAINT service_pulse_heartbeat_check CHECK (heartbeat BETWEEN interval '1 second' AND interval '5 minutes')
);
