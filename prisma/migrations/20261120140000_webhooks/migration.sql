-- Who wants to be told of events, and where. The secrets are kept as they are, since each message is signed with them.
CREATE TABLE webhook (
  fleet text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  url text NOT NULL,
  -- Empty for all.
  types text[] NOT NULL DEFAULT '{}',
  description text,
  state text NOT NULL DEFAULT 'enabled',
  disabled_why text,
  secret bytea NOT NULL,
  -- The one before it signs too until then, so that a receiver may change over at its leisure.
  old_secret bytea,
  old_secret_until timestamptz(6),
  -- Up to this number of the feed there is a delivery for each event that it wants.
  through bigint NOT NULL,
  -- How many deliveries it ever had: the number of the last.
  deliveries bigint NOT NULL DEFAULT 0,
  -- Attempts in a row that failed, and since when none succeeded.
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz(6),
  -- Its receiver asked to be left alone until then.
  not_before timestamptz(6) NOT NULL DEFAULT now(),
  -- When it was last looked after: who waited longest comes first.
  claimed_at timestamptz(6) NOT NULL DEFAULT now(),
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT webhook_pkey PRIMARY KEY (fleet, id),
  CONSTRAINT webhook_fleet_fkey FOREIGN KEY (fleet) REFERENCES fleet (name) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT webhook_state_check CHECK (state IN ('enabled', 'disabled')),
  CONSTRAINT webhook_disabled_check CHECK ((disabled_why IS NOT NULL) = (state = 'disabled')),
  CONSTRAINT webhook_secret_check CHECK (octet_length(secret) BETWEEN 24 AND 64),
  CONSTRAINT webhook_old_secret_check CHECK ((old_secret IS NULL) = (old_secret_until IS NULL))
);

-- One event on its way to one receiver. The row owns the work: whoever sends holds it for a while only, so that what a
-- process took with it when it died is sent by another.
CREATE TABLE webhook_delivery (
  fleet text COLLATE "C" NOT NULL,
  webhook uuid NOT NULL,
  number bigint NOT NULL,
  kind text NOT NULL,
  event uuid NOT NULL,
  type text NOT NULL,
  subject text COLLATE "C" NOT NULL,
  state text NOT NULL DEFAULT 'pending',
  attempts integer NOT NULL DEFAULT 0,
  -- Of those the ones that no longer count, since the webhook was enabled anew.
  forgiven integer NOT NULL DEFAULT 0,
  next_at timestamptz(6) NOT NULL DEFAULT now(),
  lease uuid,
  leased_until timestamptz(6),
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  finished_at timestamptz(6),
  CONSTRAINT webhook_delivery_pkey PRIMARY KEY (fleet, webhook, number),
  CONSTRAINT webhook_delivery_webhook_fkey FOREIGN KEY (fleet, webhook) REFERENCES webhook (fleet, id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT webhook_delivery_kind_check CHECK (kind IN ('event', 'replay', 'test')),
  CONSTRAINT webhook_delivery_state_check CHECK (state IN ('pending', 'delivered', 'failed')),
  CONSTRAINT webhook_delivery_lease_check CHECK ((lease IS NULL) = (leased_until IS NULL)),
  CONSTRAINT webhook_delivery_finished_check CHECK ((finished_at IS NULL) = (state = 'pending'))
);
CREATE INDEX webhook_delivery_pending_idx ON webhook_delivery (fleet, webhook, number) WHERE state = 'pending';
-- Is there an earlier one of this subject that is still on its way?
CREATE INDEX webhook_delivery_subject_idx ON webhook_delivery (fleet, webhook, subject, number) WHERE state = 'pending';
CREATE INDEX webhook_delivery_finished_idx ON webhook_delivery (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE webhook_attempt (
  fleet text COLLATE "C" NOT NULL,
  webhook uuid NOT NULL,
  delivery bigint NOT NULL,
  attempt integer NOT NULL,
  at timestamptz(6) NOT NULL DEFAULT now(),
  milliseconds integer NOT NULL,
  -- What the receiver answered, or why it did not.
  status integer,
  error text,
  CONSTRAINT webhook_attempt_pkey PRIMARY KEY (fleet, webhook, delivery, attempt),
  CONSTRAINT webhook_attempt_delivery_fkey FOREIGN KEY (fleet, webhook, delivery) REFERENCES webhook_delivery (fleet, webhook, number) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT webhook_attempt_outcome_check CHECK ((status IS NULL) <> (error IS NULL))
);
