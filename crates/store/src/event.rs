//! What happened at cameras. There are only so many: the oldest make room.

use std::collections::HashSet;

use media::{CameraId, Event, EventKind, Track, TrackedEvent, WallTime};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension as _, Params, Row, params};

/// So many are kept, of all cameras together.
const MAX_EVENTS: i64 = 200_000;

/// Writes events down. One that is there under the same id is replaced: it went on.
pub(crate) fn record(db: &Connection, events: &[TrackedEvent]) -> rusqlite::Result<()> {
    for it in events {
        put(db, it.event.id, it)?;
    }
    make_room(db)
}

/// Takes back events that were lost here; how many were not there. One that is
/// there goes on where it ends later. One whose id another has by now gets the one
/// that `next` gives, which is told the largest.
pub(crate) fn take_back(
    db: &Connection,
    events: &[TrackedEvent],
    mut next: impl FnMut(i64) -> i64,
) -> rusqlite::Result<usize> {
    let mut new = 0;
    for tracked in events {
        let event = &tracked.event;
        let last = last_id(db)?;
        if event.id <= last - MAX_EVENTS {
            continue;
        }
        let holder = get(db, BY_ID, [event.id])?;
        let is_taken = holder.as_ref().is_some_and(|holder| !is_same(holder, event));
        let known = if is_taken {
            get(db, SAME, params![event.camera.0, event.from.0, event.kind.name(), event.label])?
        } else {
            holder
        };
        let id = match &known {
            Some(known) if known.to >= event.to => continue,
            Some(known) => known.id,
            None if is_taken => next(last),
            None => event.id,
        };
        put(db, id, tracked)?;
        new += usize::from(known.is_none());
    }
    make_room(db)?;
    Ok(new)
}

/// Says of events whether somebody looked through them. One that is not there
/// is passed over.
pub(crate) fn review(
    db: &Connection,
    ids: &[i64],
    is_reviewed: bool,
    now: WallTime,
) -> rusqlite::Result<()> {
    let mut remember = db.prepare_cached(
        "insert or ignore into reviewed (event_id, at_us) select id, ?2 from event where id = ?1",
    )?;
    let mut forget = db.prepare_cached("delete from reviewed where event_id = ?")?;
    for id in ids {
        match is_reviewed {
            true => remember.execute([*id, now.0])?,
            false => forget.execute([id])?,
        };
    }
    Ok(())
}

/// Which of these events somebody looked through.
pub(crate) fn reviewed(db: &Connection, ids: &[i64]) -> rusqlite::Result<HashSet<i64>> {
    let mut is_there = db.prepare_cached("select 1 from reviewed where event_id = ?")?;
    let mut found = HashSet::new();
    for id in ids {
        if is_there.exists([id])? {
            found.insert(*id);
        }
    }
    Ok(found)
}

/// Where the thing went that an event is of; empty where that is not known.
pub(crate) fn track(db: &Connection, id: i64) -> rusqlite::Result<Track> {
    let mut of_event = db.prepare_cached("select places from track where event_id = ?")?;
    let read = |row: &Row<'_>| {
        let unreadable = || Error::InvalidColumnType(0, "places".to_owned(), Type::Blob);
        Track::of_bytes(row.get_ref(0)?.as_blob()?).ok_or_else(unreadable)
    };
    Ok(of_event.query_row([id], read).optional()?.unwrap_or_default())
}

/// The largest id that was given; 0 before the first.
pub(crate) fn last_id(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("select coalesce(max(id), 0) from event", [], |row| row.get(0))
}

/// The first `limit` of these cameras that begin from `from` on and before
/// `to`; the last where the newest are wanted, which then come first.
pub(crate) fn beginning(
    db: &Connection,
    cameras: &[CameraId],
    from: WallTime,
    to: WallTime,
    limit: u32,
    is_newest_first: bool,
) -> rusqlite::Result<Vec<Event>> {
    let sql = if is_newest_first { NEWEST } else { OLDEST };
    let mut statement = db.prepare_cached(sql)?;
    let mut found = Vec::new();
    for camera in cameras {
        for event in statement.query_map(params![camera.0, from.0, to.0, limit], read)? {
            found.push(event?);
        }
    }
    found.sort_by_key(|event| (event.from, event.id));
    if is_newest_first {
        found.reverse();
    }
    found.truncate(limit as usize);
    Ok(found)
}

/// Calls `each` with those of a camera that have a moment from `from` on and
/// before `to`: what it was, when it began and when it was seen last.
pub(crate) fn touching(
    db: &Connection,
    camera: CameraId,
    from: WallTime,
    to: WallTime,
    mut each: impl FnMut(EventKind, WallTime, WallTime),
) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(TOUCHING)?;
    let earliest = from - Event::LONGEST;
    let mut rows = statement.query(params![camera.0, earliest.0, from.0, to.0])?;
    while let Some(row) = rows.next()? {
        each(kind(row, 0)?, WallTime(row.get(1)?), WallTime(row.get(2)?));
    }
    Ok(())
}

const OLDEST: &str = "select id, camera_id, kind, label, from_us, to_us, best_us from event
    where camera_id = ? and from_us >= ? and from_us < ? order by from_us limit ?";

const NEWEST: &str = "select id, camera_id, kind, label, from_us, to_us, best_us from event
    where camera_id = ? and from_us >= ? and from_us < ? order by from_us desc limit ?";

const TOUCHING: &str = "select kind, from_us, to_us from event
    where camera_id = ?1 and ?2 <= from_us and from_us < ?4 and ?3 <= to_us";

const BY_ID: &str =
    "select id, camera_id, kind, label, from_us, to_us, best_us from event where id = ?";

const SAME: &str = "select id, camera_id, kind, label, from_us, to_us, best_us from event
    where camera_id = ? and from_us = ? and kind = ? and label = ? order by id desc limit 1";

fn put(db: &Connection, id: i64, tracked: &TrackedEvent) -> rusqlite::Result<()> {
    let TrackedEvent { event, track } = tracked;
    let Event { camera, kind, label, from, to, best, .. } = event;
    let to = (*to).clamp(*from, *from + Event::LONGEST);
    db.prepare_cached(
        "insert or replace into event (id, camera_id, kind, label, from_us, to_us, best_us)
         values (?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![id, camera.0, kind.name(), label, from.0, to.0, best.0])?;
    if track.is_empty() {
        db.prepare_cached("delete from track where event_id = ?")?.execute([id])?;
    } else {
        db.prepare_cached("insert or replace into track (event_id, places) values (?, ?)")?
            .execute(params![id, track.bytes()])?;
    }
    Ok(())
}

/// Ids are given one after the other.
fn make_room(db: &Connection) -> rusqlite::Result<()> {
    for sql in [
        "delete from event where id <= (select max(id) from event) - ?",
        "delete from reviewed where event_id <= (select max(id) from event) - ?",
        "delete from track where event_id <= (select max(id) from event) - ?",
    ] {
        db.prepare_cached(sql)?.execute([MAX_EVENTS])?;
    }
    Ok(())
}

fn get(db: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<Option<Event>> {
    db.prepare_cached(sql)?.query_row(params, read).optional()
}

/// Whether two of the same id are one event, which may have gone on.
fn is_same(one: &Event, other: &Event) -> bool {
    (one.camera, one.kind, one.from) == (other.camera, other.kind, other.from)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        id: row.get(0)?,
        camera: CameraId(row.get(1)?),
        kind: kind(row, 2)?,
        label: row.get(3)?,
        from: WallTime(row.get(4)?),
        to: WallTime(row.get(5)?),
        best: WallTime(row.get(6)?),
    })
}

fn kind(row: &Row<'_>, column: usize) -> rusqlite::Result<EventKind> {
    let word = row.get_ref(column)?.as_str()?;
    EventKind::from_name(word)
        .ok_or_else(|| Error::InvalidColumnType(column, "kind".to_owned(), Type::Text))
}

#[cfg(test)]
mod tests {
    use media::TrackPlace;

    use super::*;
    use crate::migration::{KNOWN, migrate};

    fn new_database() -> Connection {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, KNOWN).unwrap();
        db
    }

    /// As [`super::record`], of what was not followed.
    fn record(db: &Connection, events: &[Event]) -> rusqlite::Result<()> {
        super::record(db, &untracked(events))
    }

    /// As [`super::take_back`], of what was not followed.
    fn take_back(
        db: &Connection,
        events: &[Event],
        next: impl FnMut(i64) -> i64,
    ) -> rusqlite::Result<usize> {
        super::take_back(db, &untracked(events), next)
    }

    fn untracked(events: &[Event]) -> Vec<TrackedEvent> {
        events.iter().cloned().map(TrackedEvent::from).collect()
    }

    fn event(id: i64, camera: u32, from: i64, to: i64) -> Event {
        let (camera, kind, label) = (CameraId(camera), EventKind::Motion, "Door".to_owned());
        let [from, to, best] = [from, to, from].map(|second| WallTime(second * 1_000_000));
        Event { id, camera, kind, label, from, to, best }
    }

    #[test]
    fn lookups_go_by_an_index_and_sort_nothing() {
        let db = new_database();
        for sql in [OLDEST, NEWEST, TOUCHING] {
            let mut statement = db.prepare(&format!("explain query plan {sql}")).unwrap();
            let rows = statement.raw_query().mapped(|row| row.get("detail"));
            let plan: Vec<String> = rows.map(Result::unwrap).collect();
            let expected = "SEARCH event USING INDEX event_time \
                            (camera_id=? AND from_us>? AND from_us<?)";
            assert_eq!(plan, [expected], "{sql}");
        }
    }

    #[test]
    fn events_are_found_by_when_they_begin_and_by_what_they_touch() {
        let db = new_database();
        let known = [event(1, 1, 10, 20), event(2, 2, 15, 15), event(3, 1, 30, 40)];
        record(&db, &known).unwrap();
        record(&db, &[event(3, 1, 30, 45)]).unwrap();
        let ids = |cameras: &[u32], from: i64, to: i64, limit, is_newest_first| -> Vec<i64> {
            let cameras: Vec<CameraId> = cameras.iter().map(|id| CameraId(*id)).collect();
            let (from, to) = (WallTime(from * 1_000_000), WallTime(to * 1_000_000));
            let found = beginning(&db, &cameras, from, to, limit, is_newest_first).unwrap();
            found.iter().map(|event| event.id).collect()
        };
        assert_eq!(ids(&[1, 2], 0, 100, 10, false), [1, 2, 3]);
        assert_eq!(ids(&[1, 2], 0, 100, 2, true), [3, 2]);
        assert_eq!(ids(&[1], 10, 30, 10, false), [1]);
        assert_eq!(ids(&[1], 11, 100, 10, false), [3]);
        assert_eq!(last_id(&db).unwrap(), 3);
        let touched = |from: i64, to: i64| {
            let mut touched = Vec::new();
            let (from, to) = (WallTime(from * 1_000_000), WallTime(to * 1_000_000));
            touching(&db, CameraId(1), from, to, |_, from, to| {
                touched.push((from.0 / 1_000_000, to.0 / 1_000_000));
            })
            .unwrap();
            touched
        };
        assert_eq!(touched(20, 30), [(10, 20)]);
        assert_eq!(touched(21, 31), [(30, 45)]);
    }

    #[test]
    fn what_was_reviewed_stays_so_while_it_goes_on() {
        let db = new_database();
        let now = WallTime(7);
        record(&db, &[event(1, 1, 10, 20), event(2, 1, 30, 40)]).unwrap();
        review(&db, &[1, 2, 3], true, now).unwrap();
        record(&db, &[event(2, 1, 30, 50)]).unwrap();
        assert_eq!(reviewed(&db, &[1, 2, 3]).unwrap(), HashSet::from([1, 2]));
        review(&db, &[1], false, now).unwrap();
        assert_eq!(reviewed(&db, &[1, 2, 3]).unwrap(), HashSet::from([2]));
        record(&db, &[event(MAX_EVENTS + 2, 1, 60, 60)]).unwrap();
        assert_eq!(reviewed(&db, &[1, 2]).unwrap(), HashSet::new());
    }

    fn all(db: &Connection) -> Vec<Event> {
        let cameras = [1, 2].map(CameraId);
        beginning(db, &cameras, WallTime(i64::MIN), WallTime(i64::MAX), 99, false).unwrap()
    }

    /// What was lost and told again, in any order and any number of times.
    #[test]
    fn what_was_lost_is_taken_back_as_it_was_known_last() {
        let db = new_database();
        let no_other = |_: i64| unreachable!("no id is taken");
        let lost = [event(1, 1, 10, 20), event(2, 2, 15, 15), event(3, 1, 30, 4000)];
        let told = [event(1, 1, 10, 12), lost[0].clone(), event(1, 1, 10, 17), lost[1].clone()];
        assert_eq!(take_back(&db, &told, no_other).unwrap(), 2);
        assert_eq!(take_back(&db, &lost, no_other).unwrap(), 1);
        let expected = [event(1, 1, 10, 20), event(2, 2, 15, 15), event(3, 1, 30, 3630)];
        assert_eq!(all(&db), expected);
        assert_eq!(take_back(&db, &lost, no_other).unwrap(), 0);
        assert_eq!(all(&db), expected);
    }

    #[test]
    fn an_id_that_is_given_again_is_left_to_who_has_it() {
        let db = new_database();
        record(&db, &[event(1, 1, 100, 110), event(2, 2, 100, 100)]).unwrap();
        let lost = [event(1, 1, 10, 20), event(2, 2, 100, 105), event(3, 2, 30, 30)];
        let next = |last: i64| last + 6;
        assert_eq!(take_back(&db, &lost, next).unwrap(), 2);
        let expected = [
            event(8, 1, 10, 20),
            event(3, 2, 30, 30),
            event(1, 1, 100, 110),
            event(2, 2, 100, 105),
        ];
        assert_eq!(all(&db), expected);
        assert_eq!(take_back(&db, &[event(1, 1, 10, 25)], next).unwrap(), 0);
        assert_eq!(take_back(&db, &lost, next).unwrap(), 0);
        assert_eq!(all(&db)[0], event(8, 1, 10, 25));
    }

    /// To `x`, from where it was a second before.
    fn tracked(event: Event, x: u16) -> TrackedEvent {
        let mut track = Track::default();
        for (after, x) in [(0, 1000), (1_000_000, x)] {
            let place = TrackPlace { after_ms: 0, x, y: 7, width: 8, height: 9 };
            track.push(WallTime(event.from.0 + after), place);
        }
        TrackedEvent { event, track }
    }

    #[test]
    fn an_event_has_its_track_wherever_it_comes_from_and_as_long_as_it_is_there() {
        let db = new_database();
        let door = tracked(event(1, 1, 10, 20), 20_000);
        super::record(&db, &[door.clone(), event(2, 1, 30, 30).into()]).unwrap();
        assert_eq!(track(&db, 1).unwrap(), door.track);
        assert!(track(&db, 2).unwrap().is_empty() && track(&db, 3).unwrap().is_empty());
        let on = tracked(event(1, 1, 10, 25), 30_000);
        super::record(&db, std::slice::from_ref(&on)).unwrap();
        // What a file tells: as it was before, with an id that another has, and one that is lost.
        let told = [door, tracked(event(2, 2, 5, 6), 40_000), tracked(event(3, 2, 7, 8), 50_000)];
        assert_eq!(super::take_back(&db, &told, |last| last + 1).unwrap(), 2);
        assert_eq!(track(&db, 1).unwrap(), on.track);
        assert!(track(&db, 2).unwrap().is_empty());
        // The second was given the number of the third, as that was free until then.
        assert_eq!(
            [3, 4].map(|id| track(&db, id).unwrap()),
            [&told[1], &told[2]].map(|it| it.track.clone())
        );
        super::record(&db, &[event(1, 2, 40, 40).into()]).unwrap();
        assert!(track(&db, 1).unwrap().is_empty());
        record(&db, &[event(MAX_EVENTS + 4, 1, 60, 60)]).unwrap();
        assert_eq!([3, 4].map(|id| track(&db, id).unwrap()), [Track::default(), Track::default()]);
        let left = "select count(*) from track";
        assert_eq!(db.query_row(left, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    }

    #[test]
    fn a_track_that_cannot_be_read_is_an_error() {
        let db = new_database();
        db.execute("insert into track values (1, x'0102')", []).unwrap();
        assert!(track(&db, 1).is_err());
    }

    #[test]
    fn what_made_room_does_not_come_back() {
        let db = new_database();
        let next = |_: i64| unreachable!("no id is taken");
        record(&db, &[event(MAX_EVENTS + 5, 1, 60, 60)]).unwrap();
        let lost = [event(5, 1, 10, 10), event(6, 1, 20, 20)];
        assert_eq!(take_back(&db, &lost, next).unwrap(), 1);
        assert_eq!(all(&db), [event(6, 1, 20, 20), event(MAX_EVENTS + 5, 1, 60, 60)]);
        // The newest make room themselves.
        take_back(&db, &[event(MAX_EVENTS + 6, 1, 70, 70)], next).unwrap();
        assert_eq!(all(&db).len(), 2);
    }

    #[test]
    fn the_oldest_make_room_and_none_is_longer_than_an_hour() {
        let db = new_database();
        record(&db, &[event(1, 1, 0, 0), event(2, 1, 10, 100_000)]).unwrap();
        record(&db, &[event(MAX_EVENTS + 1, 1, 20, 20)]).unwrap();
        let (from, to) = (WallTime(0), WallTime(i64::MAX));
        let found = beginning(&db, &[CameraId(1)], from, to, 9, false).unwrap();
        assert_eq!(found, [event(2, 1, 10, 3610), event(MAX_EVENTS + 1, 1, 20, 20)]);
    }
}
