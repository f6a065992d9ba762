-- Where in their pictures something moved. The number of a row is the
-- camera's times 2^32 and the number of its hour, or minute, since 1970.

-- One for each hour in which something moved.
create table hour (
  id integer primary key,
  -- A bit for each of its minutes, the first in the lowest of eight bytes; then,
  -- for each minute that has one, a bit for each cell of the picture.
  cells blob not null
) strict;

-- One for each minute in which something moved.
create table minute (
  id integer primary key,
  -- For each cell that its hour has for it two bytes: a bit for each five
  -- seconds, the first in the lowest of the first byte.
  slots blob not null
) strict;
