-- More shapes, a spot, and shortcuts that the owner chose. The table of layouts
-- is made anew for its check; what refers to it stands aside meanwhile.

create table tile_aside as select * from tile;
delete from tile;
create table settings_aside as select * from settings;
delete from settings;

create table layout_anew (
  id integer primary key check (1 <= id),
  name text not null check (0 < length(name)),
  -- The first seven are square, of 1, 4, 9, 16, 25, 36 and 64 tiles; the others
  -- have one or two big tiles and small ones around them.
  shape text not null check (shape in (
    'single', 'quad', 'nine', 'sixteen', 'twentyFive', 'thirtySix', 'sixtyFour',
    'onePlusFive', 'onePlusSeven', 'twoPlusEight'
  )),
  -- Position of the tile that shows what is selected, where there is one. What
  -- the tile shows while nothing is selected is in `tile`, as of any other.
  spot integer check (0 <= spot)
) strict;

-- A shape that changes with a key is no name any more.
insert into layout_anew (id, name, shape)
select id,
       case when (id, name) in (values (1, 'Single'), (2, 'Quad')) then 'Layout ' || id else name end,
       shape
from layout;

drop table layout;
alter table layout_anew rename to layout;

-- Tiles beyond those of the shape are kept for when it grows again.
insert into tile select * from tile_aside;
drop table tile_aside;
insert into settings select * from settings_aside;
drop table settings_aside;

-- Shortcuts that the owner chose in place of those the program has.
create table shortcut (
  action text primary key check (0 < length(action)),
  keys text not null   -- empty: the action has none
) strict, without rowid;
