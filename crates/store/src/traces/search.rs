//! From an area to the times at which something moved there.

use std::cmp::Reverse;
use std::time::Duration;

use media::{CameraId, Event, Grid, WallTime};
use rusqlite::{Connection, OptionalExtension as _};

use super::hour::moved_in;
use super::row_id;
use super::slot::Slot;

/// More are not found at once.
pub const MAX_TRACED: u32 = 1000;

/// What moves again within this goes on.
const JOINED: Duration = Duration::from_secs(10);

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// At which cameras.
    pub cameras: &'a [CameraId],
    /// Not before.
    pub from: WallTime,
    /// Before this.
    pub to: WallTime,
    /// In which part of the picture.
    pub area: Grid,
    /// So many at most: the newest.
    pub limit: u32,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traced {
    /// The newest first.
    pub spans: Vec<TracedSpan>,
    /// Whether there are older ones.
    pub is_more: bool,
}

/// Something moved at a camera: whole slots, at most [`Event::LONGEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TracedSpan {
    /// At which.
    pub camera: CameraId,
    /// From when.
    pub from: WallTime,
    /// Until when.
    pub to: WallTime,
}

/// What is known of one camera while a search goes back in time.
struct Going {
    camera: CameraId,
    /// The newest hour that was not looked at.
    hour: Option<i64>,
    /// What may still begin earlier.
    open: Option<TracedSpan>,
}

impl Search<'_> {
    pub(super) fn run(&self, db: &Connection) -> rusqlite::Result<Traced> {
        let limit = self.limit.min(MAX_TRACED) as usize;
        let (from, to) = (Slot::of(self.from), Slot::of(WallTime(self.to.0.saturating_sub(1))));
        let (first, last) = (from.clamp_kept().hour(), to.clamp_kept().hour());
        let going = self.cameras.iter().map(|&camera| {
            let hour = last_hour(db, camera, first, last)?;
            Ok(Going { camera, hour, open: None })
        });
        let mut going = going.collect::<rusqlite::Result<Vec<Going>>>()?;
        let mut found = Vec::new();
        while let Some(hour) = going.iter().filter_map(|it| it.hour).max() {
            for it in going.iter_mut().filter(|it| it.hour == Some(hour)) {
                let slots = moved_in(db, it.camera, hour, self.area)?;
                for slot in slots.into_iter().rev().filter(|slot| (from..=to).contains(slot)) {
                    found.extend(it.add(slot));
                }
                it.hour = last_hour(db, it.camera, first, hour - 1)?;
            }
            // What begins later than this does not begin earlier after all, and
            // nothing that is found from now on is newer.
            let begin = Slot(hour * Slot::OF_HOUR).from() + JOINED;
            let open = going.iter().filter_map(|it| it.open.as_ref());
            if found.iter().chain(open).filter(|span| span.from > begin).count() > limit {
                break;
            }
        }
        found.extend(going.into_iter().filter_map(|it| it.open));
        Ok(newest(found, limit))
    }
}

impl Going {
    /// Adds a slot that lies before all others of the camera; what it ends.
    fn add(&mut self, slot: Slot) -> Option<TracedSpan> {
        match &mut self.open {
            Some(later)
                if later.from.since(slot.to()) <= JOINED
                    && later.to.since(slot.from()) <= Event::LONGEST =>
            {
                later.from = slot.from();
                None
            }
            open => {
                let camera = self.camera;
                open.replace(TracedSpan { camera, from: slot.from(), to: slot.to() })
            }
        }
    }
}

/// The last hour of a camera from `first` to `last` in which something moved.
fn last_hour(
    db: &Connection,
    camera: CameraId,
    first: i64,
    last: i64,
) -> rusqlite::Result<Option<i64>> {
    if last < first {
        return Ok(None);
    }
    let between = [row_id(camera, first), row_id(camera, last)];
    let id: Option<i64> =
        db.prepare_cached(LAST)?.query_row(between, |row| row.get(0)).optional()?;
    Ok(id.map(|id| id - row_id(camera, 0)))
}

const LAST: &str = "select id from hour where id between ? and ? order by id desc limit 1";

fn newest(mut found: Vec<TracedSpan>, limit: usize) -> Traced {
    found.sort_by_key(|span| (Reverse(span.from), span.camera));
    let is_more = found.len() > limit;
    if is_more {
        // Who asks for older ones next asks for what is before the last of
        // these: what begins at one moment is not parted.
        let cut = found[limit].from;
        let whole = found.iter().take_while(|span| span.from > cut).count();
        found.truncate(if whole > 0 { whole } else { limit });
    }
    Traced { spans: found, is_more }
}
