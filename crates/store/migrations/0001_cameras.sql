-- What Tessera cannot rebuild: which cameras there are, and their passwords.
--
-- Conventions: times are microseconds since 1970-01-01 UTC by the engine's
-- clock and end in `_us`; truth is 1; every table is strict. A migration that
-- was ever released is never edited: the next one changes what it left behind.

-- "Tess", so that a file of somebody else under our name is recognised.
pragma application_id = 0x54657373;

-- Who this server is on the wire, for ever: one row, a random UUID (version 4).
create table server (
  one integer primary key check (one = 1),
  id text not null check (length(id) = 36)
) strict;

insert into server (one, id)
select 1, substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3)
          || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(h, 18, 3)
          || '-' || substr(h, 21, 12)
from (select lower(hex(randomblob(16))) as h);

-- A device with an address and, beside it, credentials. Removing one only sets
-- `removed_us`, so that it can come back; its id is never given to another.
create table camera (
  id integer primary key autoincrement,
  -- What operators type to jump to it. A removed camera remembers the number
  -- it had, which another may bear meanwhile.
  number integer not null check (1 <= number),
  name text not null check (0 < length(name)),
  source text not null check (source in ('demo', 'file')),
  -- Of a file on the server's disk.
  path text check ((path is not null) = (source = 'file')),
  added_us integer not null,
  removed_us integer
) strict;

create unique index camera_number on camera (number) where removed_us is null;

-- How to log in to a camera. The password is XChaCha20-Poly1305 with the
-- additional data "camera:ID:password", so that a row moved to another camera
-- does not open.
create table credential (
  camera_id integer primary key references camera (id),
  user text not null,
  nonce blob not null check (length(nonce) = 24),
  password blob not null check (16 <= length(password))
) strict;

-- Where the key to the passwords lies, and "tessera" encrypted with it (with
-- the additional data "key:proof"), by which the right key is recognised. No
-- row before there is a key. The key itself is never in this file.
create table password_key (
  one integer primary key check (one = 1),
  place text not null check (place in ('keychain', 'file')),
  nonce blob not null check (length(nonce) = 24),
  proof blob not null check (16 <= length(proof))
) strict;
