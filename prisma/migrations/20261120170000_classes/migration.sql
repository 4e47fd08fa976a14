-- Hosts, and VMs, that no check can tell apart: what the checks read of them, under its digest. The digest covers the scheme by which
-- the facts were chosen, so that rows of two schemes never meet. Rows are never changed and never removed.
CREATE TABLE host_class (
  fleet text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  scheme text COLLATE "C" NOT NULL,
  facts text NOT NULL,
  CONSTRAINT host_class_pkey PRIMARY KEY (fleet, digest)
);
CREATE TABLE vm_class (
  fleet text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  scheme text COLLATE "C" NOT NULL,
  facts text NOT NULL,
  CONSTRAINT vm_class_pkey PRIMARY KEY (fleet, digest)
);

-- Null: not looked at yet. A class of another scheme than the program's own counts as none.
ALTER TABLE host ADD COLUMN class_digest text COLLATE "C";
ALTER TABLE host ADD CONSTRAINT host_class_digest_fkey FOREIGN KEY (fleet, class_digest) REFERENCES host_class (fleet, digest) ON UPDATE RESTRICT ON DELETE RESTRICT;
CREATE INDEX host_class_digest_idx ON host (fleet, class_digest);
ALTER TABLE vm ADD COLUMN class_digest text COLLATE "C";
ALTER TABLE vm ADD CONSTRAINT vm_class_digest_fkey FOREIGN KEY (fleet, class_digest) REFERENCES vm_class (fleet, digest) ON UPDATE RESTRICT ON DELETE RESTRICT;
CREATE INDEX vm_class_digest_idx ON vm (fleet, class_digest);
