-- Events that somebody looked through. Apart from them, as an event that goes
-- on is written anew.
create table reviewed (
  event_id integer primary key,
  at_us integer not null
) strict;
