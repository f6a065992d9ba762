-- What is recorded, where to, what was not, and what must stay.

-- A folder that recordings are written to. The one with the lowest number is
-- that of streams without one of their own.
create table volume (
  number integer primary key,
  -- The UUID that lies in the folder, too, so that another disk in its place is
  -- noticed.
  id text not null unique check (length(id) = 36),
  path text not null unique check (0 < length(path)),
  -- What may be kept on it; nothing where the disk alone is the limit.
  max_bytes integer check (0 < max_bytes),
  max_days integer check (0 < max_days)
) strict;

-- How a stream is recorded; one without a row is recorded always. That of a
-- removed camera stays with it.
create table recording_plan (
  camera_id integer not null references camera (id),
  role text not null check (role in ('main', 'sub')),
  mode text not null check (mode in ('off', 'continuous', 'event', 'schedule')),
  -- Around an event.
  pre_seconds integer not null check (pre_seconds between 0 and 60),
  post_seconds integer not null check (post_seconds between 0 and 600),
  audio integer not null check (audio in (0, 1)),
  volume_id text references volume (id),
  max_bytes integer check (0 < max_bytes),
  max_days integer check (0 < max_days),
  -- One character an hour from Monday 0:00 by the server's local time: '.' is
  -- off, 'e' at events, 'c' always.
  week text not null check (length(week) = 168 and week not glob '*[^.ec]*'),
  primary key (camera_id, role)
) strict, without rowid;

-- A span that should have been recorded and was not. A span that grows keeps
-- its `from_us`. The camera may be one that a restored backup does not know.
create table recording_gap (
  camera_id integer not null check (0 <= camera_id),
  role text not null check (role in ('main', 'sub')),
  from_us integer not null,
  to_us integer not null check (from_us < to_us),   -- the first moment after it
  cause text not null check (cause in (
    'unreachable', 'auth', 'network-loss', 'disk-full', 'disk-slow', 'volume-gone',
    'volume-failed', 'engine-stopped', 'machine-asleep', 'schedule', 'retention',
    'unsupported', 'no-volume'
  )),
  -- A minute, an hour, a day, 32 days or any time: the least that it is not
  -- longer than. Of those that began before a moment, only those within this
  -- can last until then, so that none has to be looked for further back.
  reach_us integer not null generated always as (case
    when to_us - from_us <= 60000000 then 60000000
    when to_us - from_us <= 3600000000 then 3600000000
    when to_us - from_us <= 86400000000 then 86400000000
    when to_us - from_us <= 2764800000000 then 2764800000000
    else 9223372036854775807
  end) virtual,
  primary key (camera_id, role, from_us)
) strict, without rowid;

create index recording_gap_time on recording_gap (reach_us, from_us);

-- A span of a camera's recordings that is never removed to make room. No id is
-- given twice.
create table evidence (
  id integer primary key autoincrement,
  camera_id integer not null references camera (id),
  from_us integer not null,
  to_us integer not null check (from_us < to_us),   -- the first moment after it
  note text not null,
  created_us integer not null
) strict;
