//! One session of a stream, from opening to loss.

use std::sync::Arc;

use media::{AccessUnit, Cause, Received, SourceError};
use protocol::{ConnectingStage, StreamState};

use crate::origin::Sources;
use crate::retry::Retry;
use crate::stream::{Counts, Stream};
use crate::view;
use crate::watch::{Verdict, Watch};

/// Passes on what comes, and tells how it is going, until the session is over.
pub async fn run(
    stream: &Stream,
    sources: &Sources,
    report: &(impl Fn(StreamState) + Sync),
    retry: &mut Retry,
) -> SourceError {
    let mut wakes = sources.wakes.clone();
    wakes.mark_unchanged();
    let slept = async {
        if wakes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        error = pass_on(stream, sources, report, retry) => error,
        () = slept => {
            SourceError::new(Cause::Slept, "This machine slept. The connection begins anew.")
        }
    }
}

async fn pass_on(
    stream: &Stream,
    sources: &Sources,
    report: &(impl Fn(StreamState) + Sync),
    retry: &mut Retry,
) -> SourceError {
    let clock = &sources.clock;
    let since = clock.wall().0;
    let report_stage = |stage: ConnectingStage| report(StreamState::Connecting { stage, since });
    stream.count(|counts| counts.sessions += 1);
    let mut source = match stream.origin().open(sources, &report_stage).await {
        Ok(source) => source,
        Err(error) => return error,
    };
    let begin = clock.instant();
    let mut watch = Watch::new(begin, stream.origin().may_fall_silent(), retry.patience());
    let mut seen = Seen::default();
    let mut told = Verdict::Awaited;
    let mut due = watch.due(clock.instant());
    let mut watched = stream.watched();
    let mut is_patient = false;
    loop {
        // Who waits for the first picture waits for all of it.
        let may_wait = seen.last.is_some() && *watched.borrow_and_update() == 0;
        if may_wait != is_patient {
            if let Err(error) = source.set_patience(may_wait) {
                return error;
            }
            is_patient = may_wait;
        }
        let received = tokio::select! {
            biased;
            received = source.next() => match received {
                Ok(received) => Some(received),
                Err(error) => return error,
            },
            // The sender is the stream's own.
            _ = watched.changed() => continue,
            () = clock.sleep_until(due) => None,
        };
        let now = clock.instant();
        let mut is_news = false;
        match received {
            Some(Received::Unit(unit)) => {
                watch.unit(now);
                let last = &seen.last;
                let is_news = last.as_ref().is_none_or(|it| !Arc::ptr_eq(&it.format, &unit.format));
                stream.count(|counts| counts.unit(&unit, last.as_deref()));
                if is_news {
                    tracing::info!(stream = %stream.id, format = ?unit.format, "live");
                    retry.succeeded(now.duration_since(begin));
                    stream.set_format(&unit.format);
                }
                if unit.is_key || seen.last.is_some() {
                    seen.last = Some(unit.clone());
                }
                tell(&mut watch, &mut told, now, &seen, is_news, report);
                stream.hub.publish(&unit);
                // It may be noticed too early, and then is awaited again.
                due = due.min(watch.due(now));
                continue;
            }
            Some(Received::Dropped) => {
                watch.dropped(now);
                stream.count(|counts| counts.dropped += 1);
            }
            Some(Received::Gap(gap)) => {
                watch.gap(now);
                tracing::debug!(stream = %stream.id, packets = gap.packets, "a gap");
                stream.count(|counts| {
                    counts.gaps += 1;
                    counts.lost_packets += u64::from(gap.packets);
                });
                stream.hub.interrupt();
            }
            Some(Received::Audio(unit)) => {
                is_news = !std::mem::replace(&mut seen.has_sound, true);
                stream.hub.publish_audio(unit);
            }
            Some(Received::Clock(offset)) => stream.count(|counts| counts.clock = Some(offset)),
            None => {}
        }
        if tell(&mut watch, &mut told, now, &seen, is_news, report) == Verdict::Silent {
            if !watch.is_begun() {
                retry.nothing_came();
            }
            let sentence = "The camera is connected and sends no more pictures.";
            return SourceError::new(Cause::Silent, sentence);
        }
        due = watch.due(now);
    }
}

/// What came that is worth telling.
#[derive(Default)]
struct Seen {
    last: Option<Arc<AccessUnit>>,
    has_sound: bool,
}

/// Tells how the session is doing, where that is news.
fn tell(
    watch: &mut Watch,
    told: &mut Verdict,
    now: tokio::time::Instant,
    seen: &Seen,
    is_news: bool,
    report: &(impl Fn(StreamState) + Sync),
) -> Verdict {
    let verdict = watch.judge(now);
    if (verdict != *told || is_news)
        && let Some(last) = &seen.last
    {
        *told = verdict;
        if let Some(state) = state(verdict, last, seen.has_sound) {
            report(state);
        }
    }
    verdict
}

fn state(verdict: Verdict, last: &AccessUnit, has_sound: bool) -> Option<StreamState> {
    match verdict {
        Verdict::Awaited | Verdict::Silent => None,
        Verdict::Live => Some(view::live(&last.format, has_sound)),
        Verdict::Degraded { dropped_percent } => {
            Some(view::degraded(&last.format, has_sound, dropped_percent))
        }
        Verdict::Stale { .. } => Some(StreamState::Stale { since: last.arrived.0 }),
    }
}

impl Counts {
    fn unit(&mut self, unit: &AccessUnit, last: Option<&AccessUnit>) {
        self.units += 1;
        self.bytes += unit.payload.len() as u64;
        if let Some(last) = last.filter(|last| !last.duration.is_zero()) {
            let late = unit.time.since(last.time + last.duration);
            self.missed += (late.as_secs_f64() / last.duration.as_secs_f64()).round() as u64;
        }
    }
}
