-- How pictures are arranged, and what the owner chose.

-- A named arrangement of tiles.
create table layout (
  id integer primary key check (1 <= id),
  name text not null check (0 < length(name)),
  -- 'single' is one tile, 'quad' two by two.
  shape text not null check (shape in ('single', 'quad'))
) strict;

-- What a tile shows; a tile without a row is empty. The camera may be another
-- server's, or gone: nothing here says that it exists.
create table tile (
  layout_id integer not null references layout (id) on delete cascade,
  position integer not null check (0 <= position),   -- in reading order
  server text not null check (0 < length(server)),
  camera integer not null check (0 <= camera),
  primary key (layout_id, position)
) strict, without rowid;

insert into layout (id, name, shape) values (1, 'Single', 'single'), (2, 'Quad', 'quad');

-- One row.
create table settings (
  one integer primary key check (one = 1),
  theme text not null default 'dark' check (theme in ('system', 'dark', 'light', 'highContrast')),
  -- The layout shown when a viewer opens.
  layout_id integer not null default 2 references layout (id),
  -- Whether the engine goes on when the last window closes.
  keep_running integer not null default 0 check (keep_running in (0, 1))
) strict;

insert into settings (one) values (1);
