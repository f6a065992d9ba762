use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use link::{Client, Event, LinkError};
use protocol::{
    Delivery, MediaHeader, Message, Request, StreamAddress, StreamState, UnitFormat, Update,
};
use tokio::task::JoinHandle;

use crate::{Mark, monotonic_ns, until};

/// How often it says what it has.
const ACKNOWLEDGE_EVERY: Duration = Duration::from_millis(200);

/// A viewer that takes access units, reads the marks of simulated cameras in
/// them, and keeps what it is told of streams. It shows nothing, and is done with
/// units as they come.
pub struct UnitViewer {
    streams: Vec<StreamAddress>,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<Result<()>>,
}

/// A unit that came.
#[derive(Clone, Copy, Debug)]
pub struct Got {
    /// What its camera wrote into it; nothing in MJPEG, or where it was damaged.
    pub mark: Option<Mark>,
    /// Whether decoding can begin here.
    pub is_key: bool,
    /// Whether the engine says that others are missing in front of it.
    pub is_after_gap: bool,
    /// When it came, as [`monotonic_ns`] says.
    pub at_ns: u64,
    /// When to show it, on the stream's own axis, in µs.
    pub media_time: i64,
    /// Bytes.
    pub length: usize,
}

#[derive(Default)]
struct Seen {
    /// By the number of the stream.
    units: BTreeMap<usize, Vec<Got>>,
    states: Vec<(Instant, StreamAddress, StreamState)>,
    over: BTreeMap<usize, String>,
    end: Option<String>,
    encodings: BTreeMap<usize, Vec<UnitFormat>>,
}

/// What is wrong with what came of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Units that came.
    pub units: u64,
    /// Numbers missing between the first and the last that came.
    pub lost: u64,
    /// Units whose number is not above the one before.
    pub out_of_order: u64,
    /// Units of another camera or stream, or without a mark.
    pub mixed_up: u64,
    /// Predicted units without the unit they build on.
    pub undecodable: u64,
    /// Holes in the numbers that the engine does not tell.
    pub untold: u64,
}

impl UnitViewer {
    /// Subscribes to `streams` with `client`.
    pub async fn watch(mut client: Client, streams: &[StreamAddress]) -> Result<Self> {
        let seen = Arc::new(Mutex::new(Seen::default()));
        for camera in &client.snapshot().cameras {
            for (role, state) in &camera.streams {
                let stream = StreamAddress { camera: camera.address.clone(), role: *role };
                lock(&seen).states.push((Instant::now(), stream, state.clone()));
            }
        }
        for (subscription, stream) in (0..).zip(streams) {
            client.send(&subscribe(subscription, stream)).await?;
        }
        let kept = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let error = listen(&mut client, &kept).await;
            lock(&kept).end = Some(error.to_string());
            Err(error.into())
        });
        Ok(Self { streams: streams.to_vec(), seen, task })
    }

    /// What came of stream `index`.
    pub fn units(&self, index: usize) -> Vec<Got> {
        lock(&self.seen).units.get(&index).cloned().unwrap_or_default()
    }

    /// What came of stream `index` after `since_ns`.
    pub fn units_since(&self, index: usize, since_ns: u64) -> Vec<Got> {
        let seen = lock(&self.seen);
        let units = seen.units.get(&index).map(Vec::as_slice).unwrap_or_default();
        units[units.partition_point(|got| got.at_ns < since_ns)..].to_vec()
    }

    /// How much came of stream `index`.
    pub fn count(&self, index: usize) -> usize {
        lock(&self.seen).units.get(&index).map_or(0, Vec::len)
    }

    /// What the units of stream `index` were said to be, one after the other.
    pub fn encodings(&self, index: usize) -> Vec<UnitFormat> {
        lock(&self.seen).encodings.get(&index).cloned().unwrap_or_default()
    }

    /// What the engine said of stream `index`, and when it was heard.
    pub fn states(&self, index: usize) -> Vec<(Instant, StreamState)> {
        let stream = &self.streams[index];
        let seen = lock(&self.seen);
        let states = seen.states.iter().filter(|(_, it, _)| it == stream);
        states.map(|(at, _, state)| (*at, state.clone())).collect()
    }

    /// What the engine says of stream `index` now.
    pub fn state(&self, index: usize) -> Option<StreamState> {
        self.states(index).pop().map(|(_, state)| state)
    }

    /// What the engine says of stream `index` now, and when that was heard.
    pub fn last_state(&self, index: usize) -> Option<(Instant, StreamState)> {
        let (stream, seen) = (&self.streams[index], lock(&self.seen));
        let last = seen.states.iter().rev().find(|(_, it, _)| it == stream);
        last.map(|(at, _, state)| (*at, state.clone()))
    }

    /// Waits until the engine says of stream `index`, after `since`, what
    /// `wanted` takes; how long after.
    pub async fn state_after(
        &self,
        index: usize,
        since: Instant,
        limit: Duration,
        what: &str,
        wanted: impl Fn(&StreamState) -> bool,
    ) -> Result<Duration> {
        until(limit, what, async || {
            let states = self.states(index);
            let found = states.iter().find(|(at, state)| *at >= since && wanted(state));
            Ok(found.map(|(at, _)| at.duration_since(since)))
        })
        .await
    }

    /// Waits for the next unit of stream `index` that comes after `since_ns`;
    /// when it came.
    pub async fn unit_after(&self, index: usize, since_ns: u64, limit: Duration) -> Result<u64> {
        until(limit, "a unit", async || {
            let units = lock(&self.seen);
            let units = units.units.get(&index).map(Vec::as_slice).unwrap_or_default();
            Ok(units.iter().rev().map(|got| got.at_ns).take_while(|at| *at >= since_ns).last())
        })
        .await
    }

    /// Why the subscription to stream `index` ended, where it did.
    pub fn ended(&self, index: usize) -> Option<String> {
        lock(&self.seen).over.get(&index).cloned()
    }

    /// What is wrong with stream `index`, between two times. Numbers that the
    /// camera did not send in a row, as after a pause, are not looked for.
    pub fn faults(&self, index: usize, camera: u32, from_ns: u64, to_ns: u64) -> Faults {
        let mut faults = Faults::default();
        let mut last: Option<u64> = None;
        let role = self.streams[index].role;
        let units = self.units(index);
        for got in units.iter().filter(|got| (from_ns..to_ns).contains(&got.at_ns)) {
            faults.units += 1;
            let mark = got.mark.filter(|mark| (mark.camera, mark.role) == (camera, role));
            let Some(mark) = mark else {
                faults.mixed_up += 1;
                continue;
            };
            if let Some(last) = last {
                let missing = mark.number.saturating_sub(last + 1);
                faults.lost += missing;
                faults.out_of_order += u64::from(mark.number <= last);
                faults.undecodable += u64::from(missing > 0 && !got.is_key);
                faults.untold += u64::from(missing > 0 && !got.is_after_gap);
            }
            last = Some(mark.number);
        }
        faults
    }

    /// Why the session ended, where it did.
    pub fn end(&self) -> Option<String> {
        lock(&self.seen).end.clone()
    }

    /// Whether the session still stands.
    pub fn is_on(&self) -> bool {
        !self.task.is_finished()
    }
}

impl Seen {
    fn take(&mut self, event: Event) {
        match event {
            Event::Media(header, payload) => {
                let got = Got {
                    mark: Mark::find(&payload),
                    is_key: header.flags & MediaHeader::KEY != 0,
                    is_after_gap: header.flags & MediaHeader::AFTER_GAP != 0,
                    at_ns: monotonic_ns(),
                    media_time: header.media_time,
                    length: payload.len(),
                };
                self.units.entry(header.subscription as usize).or_default().push(got);
            }
            Event::Message(Message::Update { update: Update::Stream { stream, state } }) => {
                self.states.push((Instant::now(), stream, state));
            }
            Event::Message(Message::Encoding { subscription, unit, .. }) => {
                self.encodings.entry(subscription as usize).or_default().push(unit);
            }
            Event::Message(Message::Unsubscribed { subscription, failure }) => {
                self.over.insert(subscription as usize, failure.message);
            }
            Event::Message(_) => {}
        }
    }
}

impl std::ops::AddAssign for Faults {
    fn add_assign(&mut self, other: Self) {
        self.units += other.units;
        self.lost += other.lost;
        self.out_of_order += other.out_of_order;
        self.mixed_up += other.mixed_up;
        self.undecodable += other.undecodable;
        self.untold += other.untold;
    }
}

impl Drop for UnitViewer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Takes what comes, and from time to time says up to where; why that ended.
async fn listen(client: &mut Client, seen: &Mutex<Seen>) -> LinkError {
    let mut ticks = tokio::time::interval(ACKNOWLEDGE_EVERY);
    let mut newest: BTreeMap<u32, u32> = BTreeMap::new();
    loop {
        tokio::select! {
            event = client.next() => {
                let event = match event {
                    Ok(event) => event,
                    Err(error) => return error,
                };
                if let Event::Media(header, _) = &event {
                    newest.insert(header.subscription, header.sequence);
                }
                lock(seen).take(event);
            }
            _ = ticks.tick() => {
                for (subscription, sequence) in std::mem::take(&mut newest) {
                    let request = Request::Acknowledge { subscription, sequence, drawn: None };
                    if let Err(error) = client.send(&request).await {
                        return error;
                    }
                }
            }
        }
    }
}

fn subscribe(subscription: u32, stream: &StreamAddress) -> Request {
    Request::Subscribe {
        subscription,
        stream: stream.clone(),
        // Of no meaning where units are taken as they are.
        width: 16,
        height: 16,
        accepts: vec![Delivery::Encoded],
        codecs: None,
        playback: None,
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
