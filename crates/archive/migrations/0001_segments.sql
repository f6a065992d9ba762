-- Of one volume, and only of it: all of this can be made anew from its files.

create table volume (
    id text not null,
    -- The last one, in which something is or was written.
    run integer not null
) strict;

-- Files, whose place follows from stream and start.
create table segment (
    camera integer not null,
    -- 0 main, 1 sub
    role integer not null check (role in (0, 1)),
    start_us integer not null,
    -- Of what is surely on the disk.
    end_us integer not null check (end_us >= start_us),
    bytes integer not null check (bytes >= 0),
    -- Start of the recording that it is a part of.
    recording_us integer not null,
    -- Starts of the engine and settings of its clock begin another, with a larger number.
    run integer not null,
    -- Decoding can begin with its first unit.
    begins_with_key integer not null check (begins_with_key in (0, 1)),
    -- It is being written, or was when the engine ended.
    is_open integer not null check (is_open in (0, 1)),
    primary key (camera, role, start_us)
) strict, without rowid;

create index open_segment on segment (camera, role, start_us) where is_open = 1;

-- Gapless segments of one session: what timelines are drawn of.
create table recording (
    camera integer not null,
    role integer not null check (role in (0, 1)),
    start_us integer not null,
    -- Moves on as its oldest segments are removed.
    from_us integer not null,
    end_us integer not null check (end_us >= from_us),
    run integer not null,
    primary key (camera, role, start_us)
) strict, without rowid;

-- Sums over segments, so that nothing has to count them.
create table stream (
    camera integer not null,
    role integer not null check (role in (0, 1)),
    bytes integer not null,
    segments integer not null,
    primary key (camera, role)
) strict, without rowid;
