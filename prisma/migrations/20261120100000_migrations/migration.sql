-- A migration is one attempt to move one VM. That a VM has one open migration at most is an index, not a check in code: two
-- callers that both found none would otherwise both open one. No foreign key to the VM and the hosts, whom an ended migration outlives.
CREATE TABLE migration (
  fleet text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  vm text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  target text COLLATE "C" NOT NULL,
  state text NOT NULL,
  policy text NOT NULL,
  -- What the newest ticket pins.
  vm_revision integer NOT NULL,
  manifest_digest text COLLATE "C" NOT NULL,
  run_id text,
  target_revision integer NOT NULL,
  fingerprint_digest text COLLATE "C" NOT NULL,
  boot_id text,
  generation text,
  rulebook text NOT NULL,
  -- Of the rows that operators had added to the catalogue; null where none were.
  catalogue_digest text COLLATE "C",
  -- What was expected when the newest ticket was issued, and the verdict that revoked the migration, where one did.
  prediction text NOT NULL,
  refusal text,
  ticket text NOT NULL,
  -- SHA-256 of each ticket that was issued, the newest last.
  ticket_digests text[] NOT NULL,
  expires_at timestamptz(6) NOT NULL,
  -- By when a report is expected; null until it was started.
  deadline_at timestamptz(6),
  created_at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT migration_pkey PRIMARY KEY (fleet, id),
  CONSTRAINT migration_state_check CHECK (state IN ('admitted', 'verified', 'in-flight', 'landed', 'aborted', 'revoked', 'unreported')),
  CONSTRAINT migration_policy_check CHECK (policy IN ('strict', 'kernel')),
  CONSTRAINT migration_hosts_check CHECK (source <> target),
  CONSTRAINT migration_deadline_check CHECK ((deadline_at IS NULL) = (state IN ('admitted', 'verified', 'revoked'))),
  CONSTRAINT migration_refusal_check CHECK (refusal IS NULL OR state = 'revoked')
);
CREATE UNIQUE INDEX migration_open_vm_key ON migration (fleet, vm) WHERE state IN ('admitted', 'verified', 'in-flight', 'unreported');
CREATE INDEX migration_open_source_idx ON migration (fleet, source) WHERE state IN ('admitted', 'verified', 'in-flight', 'unreported');
CREATE INDEX migration_open_target_idx ON migration (fleet, target) WHERE state IN ('admitted', 'verified', 'in-flight', 'unreported');
CREATE INDEX migration_expiring_idx ON migration (expires_at) WHERE state IN ('admitted', 'verified');
CREATE INDEX migration_deadline_idx ON migration (deadline_at) WHERE state = 'in-flight';
CREATE INDEX migration_fleet_vm_id_idx ON migration (fleet, vm, id);
CREATE INDEX migration_fleet_state_id_idx ON migration (fleet, state, id);

-- Each change of state, as it was made: the path that a migration took.
CREATE TABLE migration_step (
  fleet text COLLATE "C" NOT NULL,
  migration uuid NOT NULL,
  n integer NOT NULL,
  -- Null for the first.
  from_state text,
  to_state text NOT NULL,
  trigger text NOT NULL,
  actor text COLLATE "C" NOT NULL,
  why text NOT NULL,
  at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT migration_step_pkey PRIMARY KEY (fleet, migration, n),
  CONSTRAINT migration_step_migration_fkey FOREIGN KEY (fleet, migration) REFERENCES migration (fleet, id) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT migration_step_n_check CHECK (n > 0 AND (from_state IS NULL) = (n = 1))
);
CREATE TRIGGER migration_step_never_changes BEFORE UPDATE OR DELETE ON migration_step FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE migration_report (
  fleet text COLLATE "C" NOT NULL,
  migration uuid NOT NULL,
  n integer NOT NULL,
  side text NOT NULL,
  outcome text NOT NULL,
  phase text,
  errno text,
  slot bigint,
  -- The reason that the raw text stands for, where it is a known one.
  reason text,
  -- As it was sent, whatever it was taken for.
  raw text,
  -- False for what came after the end and said otherwise.
  accepted boolean NOT NULL,
  actor text COLLATE "C" NOT NULL,
  at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT migration_report_pkey PRIMARY KEY (fleet, migration, n),
  CONSTRAINT migration_report_migration_fkey FOREIGN KEY (fleet, migration) REFERENCES migration (fleet, id) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT migration_report_side_check CHECK (side IN ('source', 'target')),
  CONSTRAINT migration_report_outcome_check CHECK (outcome IN ('landed', 'failed'))
);
CREATE TRIGGER migration_report_never_changes BEFORE UPDATE OR DELETE ON migration_report FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What a key was answered, kept with the effect in one transaction. While that transaction runs the row is its alone, and another
-- call with the same key waits for its end.
CREATE TABLE idempotency_key (
  fleet text COLLATE "C" NOT NULL,
  key_id text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  request_digest text NOT NULL,
  -- Null until the answer is known.
  status integer,
  body text,
  created_at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT idempotency_key_pkey PRIMARY KEY (fleet, key_id, key),
  CONSTRAINT idempotency_key_status_check CHECK (status BETWEEN 200 AND 299),
  CONSTRAINT idempotency_key_body_check CHECK ((status IS NULL) = (body IS NULL))
);
CREATE INDEX idempotency_key_created_at_idx ON idempotency_key (created_at);

-- A job may be for later: it stays here until it is due, where a lost transport cannot lose it.
ALTER TABLE outbox ADD COLUMN due_at timestamptz(6) NOT NULL DEFAULT clock_timestamp();
DROP INDEX outbox_unsent_idx;
CREATE INDEX outbox_unsent_idx ON outbox (due_at, id) WHERE sent_at IS NULL;
