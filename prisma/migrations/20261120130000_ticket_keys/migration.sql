-- Who may turn the keys is a fleet's admin, so that each fleet has keys of its own. One signs; the next is published ahead of its
-- turn, so that a host which verifies without a network knows it already; those before go on verifying until their tickets have ended.
-- A key that the environment names has its public half here only, so that its tickets outlive a change of the environment.
CREATE TABLE ticket_key (
  fleet text COLLATE "C" NOT NULL,
  -- RFC 7638 thumbprint of the public key.
  kid text COLLATE "C" NOT NULL,
  state text NOT NULL,
  public_key bytea NOT NULL,
  -- PKCS#8, DER.
  private_key bytea,
  created_at timestamptz(6) NOT NULL DEFAULT clock_timestamp(),
  verifies_until timestamptz(6),
  CONSTRAINT ticket_key_pkey PRIMARY KEY (fleet, kid),
  CONSTRAINT ticket_key_fleet_fkey FOREIGN KEY (fleet) REFERENCES fleet (name) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT ticket_key_state_check CHECK (state IN ('next', 'signing', 'verifying')),
  CONSTRAINT ticket_key_kid_check CHECK (kid ~ '^[A-Za-z0-9_-]{43}$'),
  CONSTRAINT ticket_key_public_key_check CHECK (octet_length(public_key) = 32),
  -- What signs no more can sign no more.
  CONSTRAINT ticket_key_private_key_check CHECK ((private_key IS NULL) = (state = 'verifying')),
  CONSTRAINT ticket_key_verifies_until_check CHECK ((verifies_until IS NOT NULL) = (state = 'verifying'))
);
CREATE UNIQUE INDEX ticket_key_signing_key ON ticket_key (fleet) WHERE state = 'signing';
CREATE UNIQUE INDEX ticket_key_next_key ON ticket_key (fleet) WHERE state = 'next';
