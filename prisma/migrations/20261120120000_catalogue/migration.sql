-- Rows that operators add to the catalogue of drivers. A question is asked under all rows of its fleet, so they are kept together
-- as well, under the digest of their canonical JSON: an answer names it, and can be asked again under those very rows.
CREATE TABLE catalogue_document (
  fleet text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  document text NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT catalogue_document_pkey PRIMARY KEY (fleet, digest),
  CONSTRAINT catalogue_document_digest_check CHECK (digest ~ '^sha256:[0-9a-f]{64}$')
);
CREATE TRIGGER catalogue_document_never_changes BEFORE UPDATE OR DELETE ON catalogue_document FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Which of them stands. A fleet that never added a row has none here.
CREATE TABLE catalogue (
  fleet text COLLATE "C" NOT NULL,
  -- Grows with each change of a row, and is the revision of that row: one that is removed and comes back has a new one.
  version integer NOT NULL,
  -- Null since the last row was removed.
  digest text COLLATE "C",
  CONSTRAINT catalogue_pkey PRIMARY KEY (fleet),
  CONSTRAINT catalogue_fleet_fkey FOREIGN KEY (fleet) REFERENCES fleet (name) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT catalogue_digest_fkey FOREIGN KEY (fleet, digest) REFERENCES catalogue_document (fleet, digest) ON UPDATE RESTRICT ON DELETE RESTRICT,
  CONSTRAINT catalogue_version_check CHECK (version > 0)
);

CREATE TABLE catalogue_row (
  fleet text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  digest text COLLATE "C" NOT NULL,
  document text NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  updated_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT catalogue_row_pkey PRIMARY KEY (fleet, name),
  CONSTRAINT catalogue_row_fleet_fkey FOREIGN KEY (fleet) REFERENCES fleet (name) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT catalogue_row_name_check CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'),
  CONSTRAINT catalogue_row_revision_check CHECK (revision > 0),
  CONSTRAINT catalogue_row_digest_check CHECK (digest ~ '^sha256:[0-9a-f]{64}$')
);

-- Under which rows it was asked; null where the fleet had none.
ALTER TABLE preflight ADD COLUMN catalogue_digest text COLLATE "C";
