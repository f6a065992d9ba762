-- Where the things went that events are of, as `media::Track` writes it; nothing
-- of an event whose thing was not followed. Apart from events, as lists of those
-- do not need it.
create table track (
  event_id integer primary key,
  places blob not null check (length(places) between 1 and 1024)
) strict;
