-- Cameras on the network. A check cannot be changed in place: the table is made
-- anew, and passwords, which refer to it, stand aside meanwhile.

create table credential_aside as select * from credential;
delete from credential;

create table camera_anew (
  id integer primary key autoincrement,
  -- What operators type to jump to it. A removed camera remembers the number
  -- it had, which another may bear meanwhile.
  number integer not null check (1 <= number),
  name text not null check (0 < length(name)),
  source text not null check (source in ('demo', 'file', 'rtsp')),
  -- Of a file on the server's disk.
  path text check ((path is not null) = (source = 'file')),
  -- Addresses of the best stream and of a smaller one, without user and
  -- password.
  main text check ((main is not null) = (source = 'rtsp')),
  sub text check (sub is null or source = 'rtsp'),
  transport text check ((transport is not null) = (source = 'rtsp'))
                 check (transport in ('tcp', 'udp')),
  added_us integer not null,
  removed_us integer
) strict;

insert into camera_anew (id, number, name, source, path, added_us, removed_us)
select id, number, name, source, path, added_us, removed_us from camera;

-- No id is ever given twice.
delete from sqlite_sequence where name = 'camera_anew';
insert into sqlite_sequence (name, seq)
select 'camera_anew', seq from sqlite_sequence where name = 'camera';

drop table camera;
alter table camera_anew rename to camera;
create unique index camera_number on camera (number) where removed_us is null;

insert into credential select * from credential_aside;
drop table credential_aside;
