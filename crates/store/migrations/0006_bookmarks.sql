-- What somebody wants to find again. No id is given twice.
create table bookmark (
  id integer primary key autoincrement,
  name text not null check (0 < length(name)),
  note text not null,
  from_us integer not null,
  to_us integer not null check (from_us <= to_us),   -- the first moment after it; the same of a moment
  created_us integer not null
) strict;

-- Whose recordings it is about.
create table bookmark_camera (
  bookmark_id integer not null references bookmark (id) on delete cascade,
  camera_id integer not null references camera (id),
  primary key (bookmark_id, camera_id)
) strict, without rowid;
