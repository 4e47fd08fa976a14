-- Everything belongs to a fleet, and the fleet leads each key: no statement can reach another fleet's row by name alone.
-- Names compare by byte (COLLATE "C"), so that a page goes on where the page before it ended, whatever the server's locale.
-- A fleet's row is referenced where a name is made, not by each document, answer and log line: every such check would lock that one row.
-- Documents are text, not jsonb: jsonb would print them anew (key order, numbers, escapes), and what was sent must survive.

CREATE TABLE fleet (
  name text COLLATE "C" NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT fleet_pkey PRIMARY KEY (name)
);
INSERT INTO fleet (name) VALUES ('default');

CREATE TABLE api_key (
  fleet text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  secret_hash bytea NOT NULL,
  role text NOT NULL,
  host text COLLATE "C",
  label text,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  revoked_at timestamptz(6),
  CONSTRAINT api_key_pkey PRIMARY KEY (fleet, id),
  CONSTRAINT api_key_fleet_fkey FOREIGN KEY (fleet) REFERENCES fleet (name) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT api_key_role_check CHECK (role IN ('agent', 'reader', 'orchestrator', 'operator', 'admin')),
  CONSTRAINT api_key_host_check CHECK ((role = 'agent') = (host IS NOT NULL)),
  CONSTRAINT api_key_secret_hash_check CHECK (octet_length(secret_hash) = 32)
);
-- The one question that is asked before the fleet is known: whose key is this?
CREATE UNIQUE INDEX api_key_id_key ON api_key (id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of a row of "%": its rows never change', lower(TG_OP), TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TABLE fingerprint (
  fleet text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  document text NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT fingerprint_pkey PRIMARY KEY (fleet, digest),
  CONSTRAINT fingerprint_digest_check CHECK (digest ~ '^sha256:[0-9a-f]{64}$')
);
CREATE TRIGGER fingerprint_never_changes BEFORE UPDATE OR DELETE ON fingerprint FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE manifest (
  fleet text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  document text NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT manifest_pkey PRIMARY KEY (fleet, digest),
  CONSTRAINT manifest_digest_check CHECK (digest ~ '^sha256:[0-9a-f]{64}$')
);
CREATE TRIGGER manifest_never_changes BEFORE UPDATE OR DELETE ON manifest FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The last revision of a name that was removed: a name that comes back goes on counting, so that no revision is used twice.
CREATE TABLE removed_name (
  fleet text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  name text COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  removed_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT removed_name_pkey PRIMARY KEY (fleet, kind, name),
  CONSTRAINT removed_name_fleet_fkey FOREIGN KEY (fleet) REFERENCES fleet (name) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT removed_name_kind_check CHECK (kind IN ('host', 'vm'))
);

CREATE TABLE host (
  fleet text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  state text NOT NULL DEFAULT 'active',
  labels jsonb NOT NULL DEFAULT '{}',
  machine_id text,
  boot_id text,
  digest text COLLATE "C" NOT NULL,
  collected_at timestamptz(6) NOT NULL,
  -- The same time as the agent wrote it.
  collected_as text NOT NULL,
  received_at timestamptz(6) NOT NULL DEFAULT now(),
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT host_pkey PRIMARY KEY (fleet, name),
  CONSTRAINT host_fleet_fkey FOREIGN KEY (fleet) REFERENCES fleet (name) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT host_digest_fkey FOREIGN KEY (fleet, digest) REFERENCES fingerprint (fleet, digest) ON UPDATE RESTRICT ON DELETE RESTRICT,
  CONSTRAINT host_name_check CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'),
  CONSTRAINT host_revision_check CHECK (revision > 0),
  CONSTRAINT host_state_check CHECK (state IN ('active', 'cordoned', 'maintenance', 'retired')),
  CONSTRAINT host_labels_check CHECK (jsonb_typeof(labels) = 'object')
);

CREATE TABLE host_revision (
  fleet text COLLATE "C" NOT NULL,
  host text COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  digest text COLLATE "C" NOT NULL,
  collected_at timestamptz(6) NOT NULL,
  received_at timestamptz(6) NOT NULL DEFAULT now(),
  -- What the digest leaves out besides the time (agent, evidence), as last sent with these facts.
  provenance text NOT NULL,
  CONSTRAINT host_revision_pkey PRIMARY KEY (fleet, host, revision),
  CONSTRAINT host_revision_host_fkey FOREIGN KEY (fleet, host) REFERENCES host (fleet, name) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT host_revision_digest_fkey FOREIGN KEY (fleet, digest) REFERENCES fingerprint (fleet, digest) ON UPDATE RESTRICT ON DELETE RESTRICT
);

-- Updated in place every few seconds, hence apart and narrow: no index but the key, so that each update stays on its page.
CREATE TABLE host_liveness (
  fleet text COLLATE "C" NOT NULL,
  host text COLLATE "C" NOT NULL,
  boot_id text NOT NULL,
  digest text COLLATE "C" NOT NULL,
  beat_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT host_liveness_pkey PRIMARY KEY (fleet, host),
  CONSTRAINT host_liveness_host_fkey FOREIGN KEY (fleet, host) REFERENCES host (fleet, name) ON UPDATE CASCADE ON DELETE CASCADE
) WITH (fillfactor = 70);

CREATE TABLE vm (
  fleet text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  -- Where it runs. Not a foreign key: a VM may be registered before its host is.
  host text COLLATE "C",
  labels jsonb NOT NULL DEFAULT '{}',
  digest text COLLATE "C" NOT NULL,
  run_id text,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  updated_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT vm_pkey PRIMARY KEY (fleet, name),
  CONSTRAINT vm_fleet_fkey FOREIGN KEY (fleet) REFERENCES fleet (name) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT vm_digest_fkey FOREIGN KEY (fleet, digest) REFERENCES manifest (fleet, digest) ON UPDATE RESTRICT ON DELETE RESTRICT,
  CONSTRAINT vm_name_check CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'),
  CONSTRAINT vm_host_check CHECK (host ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'),
  CONSTRAINT vm_revision_check CHECK (revision > 0),
  CONSTRAINT vm_labels_check CHECK (jsonb_typeof(labels) = 'object')
);
CREATE INDEX vm_fleet_host_name_idx ON vm (fleet, host, name);

CREATE TABLE vm_revision (
  fleet text COLLATE "C" NOT NULL,
  vm text COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  digest text COLLATE "C" NOT NULL,
  host text COLLATE "C",
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT vm_revision_pkey PRIMARY KEY (fleet, vm, revision),
  CONSTRAINT vm_revision_vm_fkey FOREIGN KEY (fleet, vm) REFERENCES vm (fleet, name) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT vm_revision_digest_fkey FOREIGN KEY (fleet, digest) REFERENCES manifest (fleet, digest) ON UPDATE RESTRICT ON DELETE RESTRICT
);

-- What was asked and the fold of the answer; the whole answer is in preflight_verdict. No foreign key to the VM or the host,
-- which the answer outlives, and none to its documents, which are never deleted: each answer would lock the same few rows.
CREATE TABLE preflight (
  fleet text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  vm text COLLATE "C" NOT NULL,
  vm_revision integer NOT NULL,
  vm_host text COLLATE "C",
  manifest_digest text COLLATE "C" NOT NULL,
  target text COLLATE "C" NOT NULL,
  target_revision integer NOT NULL,
  target_state text NOT NULL,
  target_freshness text NOT NULL,
  fingerprint_digest text COLLATE "C" NOT NULL,
  source_digest text COLLATE "C",
  -- As asked: null, or empty, for what was left out.
  policy text,
  phases text[] NOT NULL DEFAULT '{}',
  outcome text NOT NULL,
  failure text,
  reason text,
  rulebook text NOT NULL,
  key_id text NOT NULL,
  evaluated_at timestamptz(6) NOT NULL,
  valid_until timestamptz(6) NOT NULL,
  CONSTRAINT preflight_pkey PRIMARY KEY (fleet, id),
  CONSTRAINT preflight_outcome_check CHECK (outcome IN ('compatible', 'incompatible', 'indeterminate')),
  CONSTRAINT preflight_failure_check CHECK (failure IN ('refused', 'late', 'silent')),
  CONSTRAINT preflight_valid_check CHECK (valid_until >= evaluated_at)
);
CREATE INDEX preflight_fleet_vm_idx ON preflight (fleet, vm, evaluated_at);

CREATE TABLE preflight_verdict (
  fleet text COLLATE "C" NOT NULL,
  preflight uuid NOT NULL,
  decision text NOT NULL,
  CONSTRAINT preflight_verdict_pkey PRIMARY KEY (fleet, preflight),
  CONSTRAINT preflight_verdict_preflight_fkey FOREIGN KEY (fleet, preflight) REFERENCES preflight (fleet, id) ON UPDATE CASCADE ON DELETE CASCADE
);

CREATE TABLE sweep (
  fleet text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  state text NOT NULL DEFAULT 'queued',
  policy text NOT NULL,
  -- The phases asked; empty for all of them.
  phases text[] NOT NULL DEFAULT '{}',
  total integer NOT NULL DEFAULT 0,
  done integer NOT NULL DEFAULT 0,
  compatible integer NOT NULL DEFAULT 0,
  incompatible integer NOT NULL DEFAULT 0,
  indeterminate integer NOT NULL DEFAULT 0,
  -- Why it failed.
  failure text,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  started_at timestamptz(6),
  finished_at timestamptz(6),
  CONSTRAINT sweep_pkey PRIMARY KEY (fleet, id),
  CONSTRAINT sweep_fleet_fkey FOREIGN KEY (fleet) REFERENCES fleet (name) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT sweep_state_check CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  CONSTRAINT sweep_counts_check CHECK (done = compatible + indeterminate + incompatible AND done BETWEEN 0 AND total),
  CONSTRAINT sweep_finished_check CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled')))
);
CREATE INDEX sweep_fleet_created_at_idx ON sweep (fleet, created_at);
CREATE INDEX sweep_unfinished_idx ON sweep (fleet, created_at) WHERE finished_at IS NULL;

-- The work list. A chunk asks each of its VMs about each of its targets; its results come in the transaction that closes it.
CREATE TABLE sweep_chunk (
  fleet text COLLATE "C" NOT NULL,
  sweep uuid NOT NULL,
  index integer NOT NULL,
  state text NOT NULL DEFAULT 'open',
  vms text[] NOT NULL,
  -- Where each of the VMs ran when the sweep began; null for a VM that has no host yet.
  vm_hosts text[] NOT NULL,
  targets text[] NOT NULL,
  -- How often work on it began, and how often it failed.
  started integer NOT NULL DEFAULT 0,
  failures integer NOT NULL DEFAULT 0,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  -- When it was last put on the queue or begun.
  touched_at timestamptz(6) NOT NULL DEFAULT now(),
  done_at timestamptz(6),
  CONSTRAINT sweep_chunk_pkey PRIMARY KEY (fleet, sweep, index),
  CONSTRAINT sweep_chunk_sweep_fkey FOREIGN KEY (fleet, sweep) REFERENCES sweep (fleet, id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT sweep_chunk_state_check CHECK (state IN ('open', 'done')),
  CONSTRAINT sweep_chunk_index_check CHECK (index >= 0),
  CONSTRAINT sweep_chunk_vms_check CHECK (cardinality(vms) = cardinality(vm_hosts)),
  CONSTRAINT sweep_chunk_done_check CHECK ((done_at IS NOT NULL) = (state = 'done'))
);
CREATE INDEX sweep_chunk_open_idx ON sweep_chunk (fleet, sweep, touched_at) WHERE state = 'open';

CREATE TABLE sweep_result (
  fleet text COLLATE "C" NOT NULL,
  sweep uuid NOT NULL,
  vm text COLLATE "C" NOT NULL,
  target text COLLATE "C" NOT NULL,
  outcome text NOT NULL,
  -- What the target would hit first; null where nothing fails.
  phase text,
  reason text,
  failure text,
  errno text,
  slot integer,
  mapping integer,
  source_outcome text,
  vm_revision integer NOT NULL,
  host_revision integer NOT NULL,
  evaluated_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT sweep_result_pkey PRIMARY KEY (fleet, sweep, vm, target),
  CONSTRAINT sweep_result_sweep_fkey FOREIGN KEY (fleet, sweep) REFERENCES sweep (fleet, id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT sweep_result_outcome_check CHECK (outcome IN ('compatible', 'incompatible', 'indeterminate')),
  CONSTRAINT sweep_result_failure_check CHECK (failure IN ('refused', 'late', 'silent'))
);
CREATE INDEX sweep_result_outcome_idx ON sweep_result (fleet, sweep, outcome, vm, target);

-- Jobs on their way to the queue: written with the change that caused them, sent after it, at least once.
CREATE TABLE outbox (
  fleet text COLLATE "C" NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  queue text NOT NULL,
  job_id text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  sent_at timestamptz(6),
  CONSTRAINT outbox_pkey PRIMARY KEY (fleet, id)
);
-- The relay works for every fleet, in the order of writing.
CREATE INDEX outbox_unsent_idx ON outbox (id) WHERE sent_at IS NULL;

CREATE TABLE audit (
  fleet text COLLATE "C" NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  key_id text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL,
  at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT audit_pkey PRIMARY KEY (fleet, id)
);
CREATE INDEX audit_fleet_subject_idx ON audit (fleet, subject, id);
CREATE TRIGGER audit_never_changes BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
