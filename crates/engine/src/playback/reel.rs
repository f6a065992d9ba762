//! The recordings of one camera, by groups of pictures, and what came lately.
//! Blocks as long as the disk takes.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use archive::{ArchiveError, Index, Segment};
use media::{AudioUnit, GapCause, StreamId, WallTime};

use super::group::{Group, SEAM};
use super::loaded::Loaded;
use super::recent::{Groups, Recent};

/// What one camera has on all volumes, and in memory.
pub struct Reel {
    /// The stream asked for, and the one that is shown where that is missing.
    streams: [StreamId; 2],
    volumes: Vec<Shelf>,
    /// Of the first stream.
    recent: Recent,
    ledger: Ledger,
    /// The newest file of the first stream: when it begins, and how many µs
    /// that is after the stream's own time.
    newest: Option<(WallTime, i64)>,
    segments: VecDeque<Arc<Loaded>>,
    groups: VecDeque<Arc<Group>>,
}

/// What there is at some time.
#[derive(Clone, Debug)]
pub enum Found {
    /// It is in this group.
    Group(Arc<Group>),
    /// Nothing is recorded there.
    Nothing(Absence),
}

/// Around a time at which nothing is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The end of what is recorded before it.
    pub before: Option<WallTime>,
    /// The beginning of what is recorded after it.
    pub after: Option<WallTime>,
    /// Why, where that is known.
    pub cause: Option<GapCause>,
}

/// Tells why nothing is recorded at some time.
pub type Ledger = Box<dyn Fn(WallTime) -> Option<GapCause> + Send>;

struct Shelf {
    path: PathBuf,
    index: Option<Index>,
}

/// Groups that are kept: those around the one that is shown.
const KEPT: usize = 4;

/// Segments that are kept open: many tiles have their own.
const OPEN: usize = 2;

/// A group is cut off there: nobody can wait for more to be decoded.
const MAX_UNITS: usize = 4096;

impl Reel {
    /// Of `streams` on the volumes at `paths`; the first stream, which is
    /// preferred, has `recent` in memory.
    pub fn new(
        streams: [StreamId; 2],
        paths: Vec<PathBuf>,
        recent: Recent,
        ledger: Ledger,
    ) -> Self {
        let shelf = |path| Shelf { path, index: None };
        Self {
            streams,
            volumes: paths.into_iter().map(shelf).collect(),
            recent,
            ledger,
            newest: None,
            segments: VecDeque::new(),
            groups: VecDeque::new(),
        }
    }

    /// What is shown at `at`.
    pub fn at(&mut self, at: WallTime) -> Result<Found, ArchiveError> {
        let is_it = |group: &&Arc<Group>| group.from() <= at && at < group.to && !group.is_open();
        if let Some(known) = self.groups.iter().find(is_it) {
            return Ok(Found::Group(known.clone()));
        }
        for (number, stream) in self.streams.into_iter().enumerate() {
            let mut found = None;
            if let Some((shelf, row)) = self.covering(stream, at)? {
                found = Some(self.group(shelf, row, at)?).filter(|it| !it.units.is_empty());
            }
            if number == 0 && found.as_ref().is_none_or(Group::is_open) {
                // Memory has more of what is being recorded.
                let recent = self.recently()?.at(at);
                let is_it = |it: &Group| found.as_ref().is_none_or(|known| known.is(it));
                found = recent.filter(is_it).or(found);
            }
            if let Some(group) = found {
                let group = Arc::new(group);
                if self.groups.len() == KEPT {
                    self.groups.pop_front();
                }
                self.groups.push_back(group.clone());
                return Ok(Found::Group(group));
            }
        }
        Ok(Found::Nothing(self.around(at)?))
    }

    /// What is to be played behind `group`: itself, where it became or may
    /// become longer, else as [`Reel::after`].
    pub fn following(&mut self, group: &Group) -> Result<Found, ArchiveError> {
        let mut same = None;
        if group.is_open()
            && let Found::Group(found) = self.at(group.last())?
            && found.is(group)
        {
            if found.units.len() > group.units.len() {
                return Ok(Found::Group(found));
            }
            same = Some(found).filter(|it| it.is_open());
        }
        match (self.after(group)?, same) {
            (Found::Nothing(_), Some(same)) => Ok(Found::Group(same)),
            (found, _) => Ok(found),
        }
    }

    /// The group that follows `group` without a hole, or what is there instead.
    pub fn after(&mut self, group: &Group) -> Result<Found, ArchiveError> {
        if let Some(next) = self.recently()?.after(group) {
            return Ok(Found::Group(Arc::new(next)));
        }
        match self.at(group.to)? {
            Found::Group(same) if same.is(group) => Ok(Found::Nothing(self.around(group.to)?)),
            Found::Nothing(Absence { after: Some(next), .. }) if next.since(group.to) < SEAM => {
                self.at(next)
            }
            found => Ok(found),
        }
    }

    /// The group before `group` without a hole, or what is there instead.
    pub fn before(&mut self, group: &Group) -> Result<Found, ArchiveError> {
        self.before_time(group.from())
    }

    /// The group that ends where another begins, or what is there instead.
    pub fn before_time(&mut self, begin: WallTime) -> Result<Found, ArchiveError> {
        let at = begin - Duration::from_micros(1);
        match self.at(at)? {
            Found::Nothing(Absence { before: Some(last), .. }) if at.since(last) < SEAM => {
                self.at(last - Duration::from_micros(1))
            }
            found => Ok(found),
        }
    }

    /// The sound that begins in this time, of the first stream that has any
    /// then. Memory has none.
    pub fn sounds(
        &mut self,
        from: WallTime,
        to: WallTime,
    ) -> Result<Vec<Arc<AudioUnit>>, ArchiveError> {
        let mut units = Vec::new();
        for stream in self.streams {
            let mut rows = Vec::new();
            self.each(|shelf, index| {
                rows.extend(index.between(stream, from, to)?.into_iter().map(|row| (shelf, row)));
                Ok(())
            })?;
            rows.sort_by_key(|(_, row)| row.start);
            for (shelf, row) in rows {
                self.load(shelf, row)?.read_sounds(from, to, &mut units)?;
            }
            if !units.is_empty() {
                break;
            }
        }
        Ok(units)
    }

    /// Lets the last picture of `group` be shown until the next segment of the
    /// stream begins, where that is at once: the other stream is not to be seen
    /// for a moment in between.
    fn close_seam(&mut self, stream: StreamId, group: &mut Group) -> Result<(), ArchiveError> {
        let (last, end) = (group.last(), group.to);
        self.each(|_, index| {
            let next = index.after(stream, last)?.map(|row| row.start);
            if let Some(next) = next.filter(|next| next.since(end) < SEAM) {
                group.to = next;
            }
            Ok(())
        })
    }

    /// The segment of `stream` that holds `at`, of the run that came last, or
    /// that ends just before it where the next one begins just after it.
    fn covering(
        &mut self,
        stream: StreamId,
        at: WallTime,
    ) -> Result<Option<(usize, Segment)>, ArchiveError> {
        let mut best: Option<(usize, Segment)> = None;
        self.each(|shelf, index| {
            let rows = index.between(stream, at, WallTime(at.0 + 1))?;
            if let Some(row) = rows.last()
                && best.is_none_or(|(_, best)| best.start < row.start)
            {
                best = Some((shelf, *row));
            }
            Ok(())
        })?;
        if best.is_some() {
            return Ok(best);
        }
        let (mut before, mut next): (Option<(usize, Segment)>, _) = (None, None);
        self.each(|shelf, index| {
            let row = index.before(stream, at)?.map(|row| (shelf, row));
            before = [before, row].into_iter().flatten().max_by_key(|(_, row)| row.end);
            next =
                [next, index.after(stream, at)?.map(|row| row.start)].into_iter().flatten().min();
            Ok(())
        })?;
        let is_seam = |it: &(usize, Segment)| {
            it.1.end <= at && next.is_some_and(|next| next.since(it.1.end) < SEAM)
        };
        Ok(before.filter(is_seam))
    }

    /// What is in memory, by the times of the files.
    fn recently(&mut self) -> Result<Groups, ArchiveError> {
        let mut newest: Option<(usize, Segment)> = None;
        let stream = self.streams[0];
        self.each(|shelf, index| {
            let row = index.newest(stream)?.map(|row| (shelf, row));
            newest = [newest, row].into_iter().flatten().max_by_key(|(_, row)| row.start);
            Ok(())
        })?;
        if let Some((shelf, row)) = newest
            && self.newest.is_none_or(|(known, _)| known != row.start)
        {
            let media_start = self.load(shelf, row)?.media_start;
            self.newest = Some((row.start, row.start.0 - media_start.0));
        }
        Ok(self.recent.groups(self.newest.map(|(_, shift)| shift)))
    }

    fn around(&mut self, at: WallTime) -> Result<Absence, ArchiveError> {
        let streams = self.streams;
        let mut around = Absence { before: None, after: None, cause: (self.ledger)(at) };
        self.each(|_, index| {
            for stream in streams {
                let before = index.before(stream, at)?.map(|row| row.end.min(at));
                around.before = around.before.max(before);
                let after = index.after(stream, at)?.map(|row| row.start);
                around.after = [around.after, after].into_iter().flatten().min();
            }
            Ok(())
        })?;
        if let Some((begin, end)) = self.recently()?.span() {
            around.before = around.before.max(Some(end).filter(|end| *end <= at));
            let after = Some(begin).filter(|begin| *begin > at);
            around.after = [around.after, after].into_iter().flatten().min();
        }
        Ok(around)
    }

    /// Asks the index of each volume that is there.
    fn each(
        &mut self,
        mut ask: impl FnMut(usize, &Index) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let mut failure = Ok(());
        for (number, shelf) in self.volumes.iter_mut().enumerate() {
            if shelf.index.is_none() {
                shelf.index = archive::open_index(&shelf.path).ok();
            }
            let Some(index) = &shelf.index else { continue };
            if let Err(error) = ask(number, index) {
                // It may have been made anew.
                shelf.index = None;
                failure = Err(error);
            }
        }
        failure
    }

    fn group(&mut self, shelf: usize, row: Segment, at: WallTime) -> Result<Group, ArchiveError> {
        let mut loaded = self.load(shelf, row)?;
        let mut parts = VecDeque::new();
        let (last, mut end) = (loaded.clone(), loaded.pictures.len());
        // What begins with no key frame goes on with what was before it.
        let begin = loop {
            let until = loaded.pictures[..end].iter().rposition(|it| loaded.wall(it) <= at);
            let until = until.map_or(usize::from(end > 0), |it| it + 1);
            let key = loaded.pictures[..until].iter().rposition(|it| it.is_key);
            if let Some(key) = key {
                break key;
            }
            let Some(previous) = self.neighbour(&loaded, Index::before)? else { break 0 };
            parts.push_front((loaded.clone(), 0..end));
            (end, loaded) = (previous.pictures.len(), previous);
        };
        parts.push_front((loaded, begin..end));
        // It ends before the next key frame.
        let mut is_open = false;
        let mut tail = last.clone();
        let mut count: usize = parts.iter().map(|(_, range)| range.len()).sum();
        let from = if parts.len() == 1 { begin + 1 } else { 0 };
        let rest = last.pictures.get(from..).unwrap_or_default();
        let next = rest.iter().position(|it| it.is_key);
        match (next, parts.back_mut()) {
            (Some(next), Some((_, range))) => range.end = from + next,
            _ => loop {
                is_open = tail.row.is_open;
                let following = self.neighbour(&tail, Index::after)?;
                let Some(following) = following.filter(|_| count < MAX_UNITS) else { break };
                if following.row.begins_with_key {
                    break;
                }
                let all = following.pictures.len();
                let end = following.pictures.iter().position(|it| it.is_key).unwrap_or(all);
                parts.push_back((following.clone(), 0..end));
                count += end;
                tail = following;
                if end < all {
                    is_open = false;
                    break;
                }
            },
        }
        let is_to_the_end =
            parts.back().is_some_and(|(last, range)| range.end == last.pictures.len());
        let mut units = Vec::with_capacity(count);
        for (loaded, range) in parts {
            loaded.read(range, &mut units)?;
        }
        let mut group = Group::new(units, is_open);
        if is_to_the_end && !is_open {
            self.close_seam(row.stream, &mut group)?;
        }
        Ok(group)
    }

    /// The segment before or after another, where it belongs to the same recording.
    fn neighbour(
        &mut self,
        of: &Loaded,
        ask: fn(&Index, StreamId, WallTime) -> Result<Option<Segment>, ArchiveError>,
    ) -> Result<Option<Arc<Loaded>>, ArchiveError> {
        let Some(index) = &self.volumes[of.shelf].index else { return Ok(None) };
        let row = ask(index, of.row.stream, of.row.start)?;
        match row.filter(|row| row.recording == of.row.recording) {
            Some(row) => Ok(Some(self.load(of.shelf, row)?)),
            None => Ok(None),
        }
    }

    fn load(&mut self, shelf: usize, row: Segment) -> Result<Arc<Loaded>, ArchiveError> {
        let is_it = |known: &&Arc<Loaded>| known.shelf == shelf && known.row == row;
        if let Some(known) = self.segments.iter().find(is_it) {
            return Ok(known.clone());
        }
        let formats = self.segments.iter().map(|it| &it.format);
        let path = &self.volumes[shelf].path;
        let loaded = Arc::new(Loaded::open(path, shelf, row, formats)?);
        if self.segments.len() == OPEN {
            self.segments.pop_front();
        }
        self.segments.push_back(loaded.clone());
        Ok(loaded)
    }
}

#[cfg(test)]
mod tests {
    use archive::{Batch, Item, Limits, Volume};
    use media::{CameraId, StreamRole};
    use tokio_util::sync::CancellationToken;
    use workers::SourceSpec;

    use super::*;
    use crate::origin::Origin;
    use crate::stream::Stream;
    use crate::testing::unit;

    const BEGIN: i64 = 1_700_000_000_000_000;
    const SECOND: i64 = 1_000_000;

    /// A stream of a unit a second and a key frame every four, of which the
    /// first `written` of `count` are on the disk, and what came since `kept`
    /// is in memory. It came late by `late` µs.
    fn reel(folder: &std::path::Path, count: u64, written: u64, kept: u64, late: i64) -> Reel {
        let id = StreamId { camera: CameraId(1), role: StreamRole::Main };
        let origin = Origin::Worker(SourceSpec::Demo { number: 1, name: String::new() });
        let stream = Arc::new(Stream::new(id, origin, CancellationToken::new()));
        stream.hub.keep(true);
        let volume_id = Volume::create(folder).unwrap();
        let mut volume = Volume::open(folder, &volume_id).unwrap();
        for sequence in 0..count {
            let delay = if sequence == 0 { 0 } else { late };
            let arrived = WallTime(BEGIN + sequence as i64 * SECOND + delay);
            let unit = unit(sequence, arrived, sequence % 4 == 0, 10);
            if sequence >= kept {
                stream.hub.publish(&unit);
            }
            if sequence < written {
                let items = vec![Item::Unit(unit)];
                let batch = Batch { stream: id, camera_name: "".into(), items, audio: vec![] };
                let round = volume.round(vec![batch], &Limits::default(), arrived);
                assert!(round.failures.is_empty() && round.index.is_none(), "{round:?}");
            }
        }
        // Whoever writes has it open; what was begun stays begun.
        std::mem::forget(volume);
        let other = StreamId { role: StreamRole::Sub, ..id };
        let ledger = Box::new(|_| Some(GapCause::Schedule));
        Reel::new([id, other], vec![folder.to_owned()], Recent::new(stream), ledger)
    }

    fn group(found: Found) -> Arc<Group> {
        match found {
            Found::Group(group) => group,
            Found::Nothing(absence) => panic!("{absence:?}"),
        }
    }

    /// Seconds of the stream, group by group, from `second` on.
    fn forwards(reel: &mut Reel, second: i64) -> Vec<Vec<i64>> {
        let at = WallTime(BEGIN + second * SECOND + SECOND / 2);
        let mut current = group(reel.at(at).unwrap());
        let mut groups = Vec::new();
        loop {
            groups.push(current.units.iter().map(|it| it.time.0 / SECOND).collect());
            match reel.following(&current).unwrap() {
                Found::Group(next) if !next.is(&current) => current = next,
                _ => return groups,
            }
        }
    }

    #[test]
    fn files_and_memory_are_one() {
        for (written, kept, late) in
            [(14, 12, 0), (14, 4, 0), (14, 4, 300_000), (13, 8, -400_000), (12, 12, 90_000)]
        {
            let folder = tempfile::tempdir().unwrap();
            let mut reel = reel(folder.path(), 15, written, kept, late);
            let all = [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9, 10, 11], vec![12, 13, 14]];
            assert_eq!(forwards(&mut reel, 1), all, "{written} {kept} {late}");
            assert_eq!(forwards(&mut reel, 9), all[2..], "{written} {kept} {late}");
            // And back again.
            let newest = group(reel.at(WallTime(BEGIN + 13 * SECOND + SECOND / 2)).unwrap());
            let before = group(reel.before(&newest).unwrap());
            assert_eq!(before.units[0].time.0, 8 * SECOND, "{written} {kept} {late}");
        }
    }

    #[test]
    fn the_other_stream_is_not_seen_between_two_segments() {
        let folder = tempfile::tempdir().unwrap();
        drop(reel(folder.path(), 0, 0, 0, 0));
        let id = archive::identity(folder.path()).unwrap().unwrap();
        let mut volume = Volume::open(folder.path(), &id).unwrap();
        let [main, sub] =
            [StreamRole::Main, StreamRole::Sub].map(|role| StreamId { camera: CameraId(1), role });
        let mut write = |stream, sequence: u64, late: i64, is_last| {
            let arrived = WallTime(BEGIN + sequence as i64 * SECOND + late);
            let mut items =
                vec![Item::Unit(unit(sequence, arrived, sequence.is_multiple_of(2), 10))];
            items.extend(Some(Item::Break).filter(|_| is_last));
            let batch = Batch { stream, camera_name: "".into(), items, audio: vec![] };
            let round = volume.round(vec![batch], &Limits::default(), arrived);
            assert!(round.failures.is_empty() && round.index.is_none(), "{round:?}");
        };
        for sequence in 0..8 {
            // The first has a hole of half a millisecond; the other has none.
            write(main, sequence, if sequence < 4 { 0 } else { 500 }, sequence == 3);
            write(sub, sequence, 0, false);
        }
        drop(volume);
        let mut reel = reel(&folder.path().join("other"), 0, 0, 0, 0);
        reel.streams = [main, sub];
        reel.volumes = vec![Shelf { path: folder.path().to_owned(), index: None }];
        let mut current = group(reel.at(WallTime(BEGIN)).unwrap());
        for expected in [2, 4, 6] {
            current = group(reel.following(&current).unwrap());
            assert_eq!(current.units[0].time.0, expected * SECOND);
            let late = if expected < 4 { 0 } else { 500 };
            assert_eq!(current.from().0, BEGIN + expected * SECOND + late);
        }
        // In the hole the picture before it is shown.
        let at = WallTime(BEGIN + 4 * SECOND + 250);
        let before = group(reel.at(at).unwrap());
        assert_eq!((before.units[0].time.0, before.to.0), (2 * SECOND, BEGIN + 4 * SECOND + 500));
    }

    #[test]
    fn what_is_nowhere_has_a_cause() {
        let folder = tempfile::tempdir().unwrap();
        let mut reel = reel(folder.path(), 15, 8, 12, 0);
        let Found::Nothing(absence) = reel.at(WallTime(BEGIN + 9 * SECOND)).unwrap() else {
            panic!("nobody wrote that");
        };
        let second = |at: i64| Some(WallTime(BEGIN + at * SECOND));
        let cause = Some(GapCause::Schedule);
        assert_eq!(absence, Absence { before: second(8), after: second(12), cause });
    }
}
