-- SPDX-License-Identifier: GPL-3.0-or-later
-- Times are seconds since 1970 (UTC). A "mac" is an HMAC-SHA256 under the server's key, 32 bytes: the only form in which
-- identifiers of people who do not have an account here are kept.

-- Numbers the changes that readers may have to be told of.
CREATE TABLE sequence (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  value INTEGER NOT NULL
) STRICT;
INSERT INTO sequence (id, value) VALUES (1, 0);

-- owner_changed: the last change to what others may see of the account; reader_changed: the last one to what it may see of
-- others; views_checked: the number of the last change that its views take in; views_counter: numbers its views.
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  book_etag TEXT NOT NULL,
  owner_changed INTEGER NOT NULL,
  reader_changed INTEGER NOT NULL,
  views_checked INTEGER NOT NULL DEFAULT 0,
  views_counter INTEGER NOT NULL DEFAULT 0
) STRICT;

-- An account's own, verified identifiers; in clear, to be shown to their owner.
CREATE TABLE identifiers (
  mac BLOB PRIMARY KEY CHECK (length (mac) = 32),
  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  identifier TEXT NOT NULL,
  ordinal INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX identifiers_by_account ON identifiers (account, ordinal);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  token BLOB NOT NULL UNIQUE CHECK (length (token) = 32),
  created INTEGER NOT NULL,
  last_seen INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account);

-- Codes that were sent. The identifier is in clear because an account is made of it; a row is gone soon after its code.
CREATE TABLE verifications (
  id TEXT PRIMARY KEY,
  identifier TEXT NOT NULL,
  network BLOB NOT NULL CHECK (length (network) = 32),
  code BLOB NOT NULL CHECK (length (code) = 32),
  expires INTEGER NOT NULL,
  wrong INTEGER NOT NULL,
  next_guess INTEGER NOT NULL
) STRICT;
CREATE INDEX verifications_by_identifier ON verifications (identifier, network);
CREATE INDEX verifications_by_expiry ON verifications (expires);

-- Shared address books. digest: a MAC of the contact's identifiers, to see which contacts a new book changes.
CREATE TABLE contacts (
  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  ref TEXT NOT NULL,
  digest BLOB NOT NULL CHECK (length (digest) = 32),
  PRIMARY KEY (account, ref)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_identifiers (
  account INTEGER NOT NULL,
  ref TEXT NOT NULL,
  mac BLOB NOT NULL CHECK (length (mac) = 32),
  PRIMARY KEY (account, ref, mac),
  FOREIGN KEY (account, ref) REFERENCES contacts (account, ref) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_identifiers_by_mac ON contact_identifiers (mac, account, ref);

-- rank: the lowest is tried first for a viewer; version: the change that last altered what a reader gets of it.
CREATE TABLE pictures (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id TEXT NOT NULL UNIQUE,
  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  alt TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  audience TEXT NOT NULL,
  rank INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX pictures_by_account ON pictures (account, rank);

-- The owner's refs that an audience of the kind "except" or "only" names.
CREATE TABLE picture_refs (
  picture INTEGER NOT NULL REFERENCES pictures (id) ON DELETE CASCADE,
  ref TEXT NOT NULL,
  PRIMARY KEY (picture, ref)
) STRICT, WITHOUT ROWID;

-- sha256 names the blob.
CREATE TABLE renditions (
  picture INTEGER NOT NULL REFERENCES pictures (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (picture, ordinal),
  UNIQUE (picture, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX renditions_by_blob ON renditions (sha256);

-- Idempotency keys of publishing. picture is a public id without a reference: it may be withdrawn, the key stays used.
CREATE TABLE published (
  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  bundle TEXT NOT NULL,
  picture TEXT NOT NULL,
  told INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX published_by_age ON published (at);

CREATE TABLE deliveries (
  picture INTEGER NOT NULL REFERENCES pictures (id) ON DELETE CASCADE,
  reader INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (picture, reader)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_reader ON deliveries (reader);

-- What a reader sees under each ref, brought up to date when the reader reads the feed. picture is NULL once nothing is to
-- be seen any more, and has no reference: the picture may be gone. since: the views_counter at which it became so, which
-- is what a cursor holds; expires: when it has to be looked at again, or 0; fresh: not given to the reader yet; offered: a
-- picture was given under this ref before.
CREATE TABLE views (
  reader INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  ref TEXT NOT NULL,
  picture INTEGER,
  version INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  since INTEGER NOT NULL,
  fresh INTEGER NOT NULL,
  offered INTEGER NOT NULL,
  PRIMARY KEY (reader, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX views_in_order ON views (reader, since);
CREATE INDEX views_by_expiry ON views (reader, expires) WHERE expires > 0;
