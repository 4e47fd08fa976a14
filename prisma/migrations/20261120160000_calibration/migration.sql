-- Each migration that was tried, beside what was predicted of it: one row, written in the transaction that ends it, and again when
-- a later report says more of how it failed.
CREATE TABLE migration_comparison (
  fleet text COLLATE "C" NOT NULL,
  migration uuid NOT NULL,
  -- Under what it was predicted.
  rulebook text NOT NULL,
  generation text,
  policy text NOT NULL,
  class text NOT NULL,
  outcome text NOT NULL,
  -- Why it is none of Berth's business.
  outside text,
  -- Where it failed, as far as it was told.
  phase text,
  errno text,
  slot bigint,
  reason text,
  -- Ids of checks: those that spoke in the prediction without refusing, and how each stands to what happened.
  warned text[] NOT NULL,
  foretold text[] NOT NULL,
  false_yes text[] NOT NULL,
  false_no text[] NOT NULL,
  ended_at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT migration_comparison_pkey PRIMARY KEY (fleet, migration),
  CONSTRAINT migration_comparison_migration_fkey FOREIGN KEY (fleet, migration) REFERENCES migration (fleet, id) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT migration_comparison_class_check CHECK (class IN ('confirmed', 'false-yes', 'foretold', 'outside', 'false-no')),
  CONSTRAINT migration_comparison_outcome_check CHECK (outcome IN ('landed', 'aborted')),
  CONSTRAINT migration_comparison_outside_check CHECK ((outside IS NOT NULL) = (class = 'outside')),
  CONSTRAINT migration_comparison_false_yes_check CHECK ((false_yes <> '{}') = (class = 'false-yes')),
  CONSTRAINT migration_comparison_false_no_check CHECK ((false_no <> '{}') = (class = 'false-no'))
);
CREATE INDEX migration_comparison_ended_at_idx ON migration_comparison (fleet, rulebook, ended_at);

-- A VM that somebody said runs where it had been refused: a hint that the refusal was wrong, and no more.
CREATE TABLE relocation_hint (
  fleet text COLLATE "C" NOT NULL,
  preflight uuid NOT NULL,
  vm text COLLATE "C" NOT NULL,
  host text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT relocation_hint_pkey PRIMARY KEY (fleet, preflight),
  CONSTRAINT relocation_hint_fleet_fkey FOREIGN KEY (fleet) REFERENCES fleet (name) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX relocation_hint_at_idx ON relocation_hint (fleet, at);

-- Other rules, which every question is put to beside those that count. A fleet that has none has no row here.
CREATE TABLE shadow (
  fleet text COLLATE "C" NOT NULL,
  -- Of all that were ever set in this fleet the how many-th: what differed under one of them is not told of another.
  revision integer NOT NULL,
  -- Null since it was taken away.
  digest text COLLATE "C",
  document text,
  set_by text COLLATE "C" NOT NULL,
  set_at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT shadow_pkey PRIMARY KEY (fleet),
  CONSTRAINT shadow_fleet_fkey FOREIGN KEY (fleet) REFERENCES fleet (name) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT shadow_revision_check CHECK (revision > 0),
  CONSTRAINT shadow_document_check CHECK ((digest IS NULL) = (document IS NULL))
);

-- What it would have answered otherwise: one row for each question that it answers so, however often that was asked.
CREATE TABLE shadow_difference (
  fleet text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  revision integer NOT NULL,
  -- Of the question, and of what differs in the answer.
  digest text COLLATE "C" NOT NULL,
  vm text COLLATE "C" NOT NULL,
  host text COLLATE "C" NOT NULL,
  -- Is it the outcome that differs, or only what is found?
  outcome_differs boolean NOT NULL,
  -- What the two say, and the findings that they do not share.
  difference text NOT NULL,
  times bigint NOT NULL DEFAULT 1,
  first_at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  last_at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  -- The preflight or the migration for which it was last asked.
  last_subject text COLLATE "C" NOT NULL,
  CONSTRAINT shadow_difference_pkey PRIMARY KEY (fleet, id),
  CONSTRAINT shadow_difference_shadow_fkey FOREIGN KEY (fleet) REFERENCES shadow (fleet) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX shadow_difference_digest_key ON shadow_difference (fleet, digest);
CREATE INDEX shadow_difference_vm_idx ON shadow_difference (fleet, vm, id);
