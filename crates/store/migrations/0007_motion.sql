-- What is looked for in the pictures of cameras, and what happened.

-- Whether a camera is watched; one without a row is where something of it is
-- recorded at events, and all of its picture.
create table motion (
  camera_id integer primary key references camera (id),
  mode text not null check (mode in ('auto', 'on', 'off')),
  -- Zones, masks and lines, as the engine wrote them.
  rules text not null check (length(rules) <= 65536)
) strict;

-- Something that happened. The camera may be one that a restored backup does
-- not know. Of a time are those that began within it or an hour before: none
-- is longer.
create table event (
  id integer primary key,
  camera_id integer not null check (0 <= camera_id),
  kind text not null check (kind in (
    'motion', 'loitering', 'crossing', 'covered', 'black', 'defocused', 'frozen', 'shifted',
    'reported'
  )),
  label text not null check (length(label) <= 100),
  from_us integer not null,
  to_us integer not null check (to_us - from_us between 0 and 3600000000),
  best_us integer not null
) strict;

create index event_time on event (camera_id, from_us);
