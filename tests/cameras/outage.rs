//! A camera that cannot be had for a while, as a viewer sees it.

use std::time::{Duration, Instant};

use anyhow::Result;
use protocol::StreamState;
use testkit::{Figure, Got, UnitViewer, measure_for, monotonic_ns, until};

use super::{ROLES, SOON, Site, false_live, is_live, unclear};

/// What came to be seen of an outage, by the slower of both streams.
pub struct Outage {
    /// From its beginning until the stream was said to be lost.
    pub lost: Result<Duration>,
    /// From its end until the stream was said to be live and a unit came that
    /// was sent after the end.
    pub live: Result<Duration>,
    /// Seconds for which it was said to be live and was not.
    pub false_live: f64,
    /// Failures that were not told as they should be.
    pub unclear: Vec<String>,
}

impl Outage {
    /// Of both streams of camera `number`, which come now; `begin` and `end`
    /// cause it, `length` apart.
    pub async fn of(
        site: &Site,
        viewer: &UnitViewer,
        number: u32,
        length: Duration,
        begin: impl FnOnce() -> Result<()>,
        end: impl FnOnce() -> Result<()>,
    ) -> Result<Self> {
        let indices = ROLES.map(|role| site.index(number, role));
        let (since, since_ns) = (Instant::now(), monotonic_ns());
        begin()?;
        measure_for(length).await;
        end()?;
        let ended = Instant::now();
        let live =
            slower(indices.map(async |index| live_again(viewer, index, ended, SOON).await)).await;
        // What was said long ago is there at once.
        let lost = indices.map(async |index| {
            let lost = |state: &StreamState| matches!(state, StreamState::Lost { .. });
            let what = "the camera to be told lost";
            viewer.state_after(index, since, Duration::ZERO, what, lost).await
        });
        let lost = slower(lost).await;
        let now_ns = monotonic_ns();
        Ok(Self {
            lost,
            live,
            false_live: indices.map(|it| false_live(viewer, it, since_ns, now_ns)).iter().sum(),
            unclear: indices.iter().flat_map(|it| unclear(viewer, *it, since)).collect(),
        })
    }

    /// Its figures, where it must be over `limit` after its end.
    pub fn figures(&self, name: &str, limit: f64) -> Vec<Figure> {
        let unclear =
            Figure::exactly(format!("{name}/unclear"), self.unclear.len() as f64, "failures", 0.0);
        vec![
            timed(format!("{name}/live-again"), &self.live, limit),
            Figure::at_most(format!("{name}/false-live"), self.false_live, "s", 0.0),
            match self.unclear.first() {
                Some(first) => unclear.noted(first),
                None => unclear,
            },
        ]
    }
}

/// From `ended` until stream `index` is said to be live and a unit came that was
/// sent after that, whichever is later.
pub async fn live_again(
    viewer: &UnitViewer,
    index: usize,
    ended: Instant,
    limit: Duration,
) -> Result<Duration> {
    let ended_ns = monotonic_ns().saturating_sub(after(ended));
    until(limit, "the camera to be live again", async || {
        let is_new = |got: &Got| got.mark.is_some_and(|mark| mark.sent_ns >= ended_ns);
        let unit = viewer.units_since(index, ended_ns).into_iter().find(is_new);
        let state = viewer.last_state(index).filter(|(_, state)| is_live(state));
        let Some((unit, (said, _))) = unit.zip(state) else { return Ok(None) };
        let came = Duration::from_nanos(unit.at_ns - ended_ns);
        Ok(Some(came.max(said.saturating_duration_since(ended))))
    })
    .await
}

/// Nanoseconds since `instant`.
pub fn after(instant: Instant) -> u64 {
    u64::try_from(instant.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// A figure of how long something took; it did not happen where that is an error.
pub fn timed(name: impl Into<String>, took: &Result<Duration>, limit: f64) -> Figure {
    match took {
        Ok(took) => Figure::at_most(name, took.as_secs_f64(), "s", limit),
        Err(error) => Figure::at_most(name, f64::NAN, "s", limit).noted(format!("{error:#}")),
    }
}

/// The longer of two times; an error where one is.
async fn slower(times: [impl Future<Output = Result<Duration>>; 2]) -> Result<Duration> {
    let [first, second] = times;
    let (first, second) = tokio::join!(first, second);
    Ok(first?.max(second?))
}
