//! One stream for one viewer that takes access units.

use std::sync::Arc;
use std::time::Duration;

use media::{AccessUnit, WallTime};
use protocol::Failure;
use tokio_util::sync::CancellationToken;

use crate::hub::{Item, MAX_GOP_BYTES, Policy, Subscription};
use crate::pictures::CATCHING_UP;
use crate::stream::{Stream, Wanted};
use crate::view;

/// A viewer that is further behind goes on at the next key frame.
const POLICY: Policy =
    Policy::Offer { max_bytes: 2 * MAX_GOP_BYTES, max_age: Duration::from_secs(2) };

/// A stream's access units. Dropping it ends the subscription.
pub struct Feed {
    units: Subscription,
    /// Whether units are missing in front of the next.
    is_after_gap: bool,
    has_begun: bool,
    /// What came earlier is only to be built on.
    shown_since: WallTime,
    /// Set when the camera is removed.
    stop: CancellationToken,
    _wanted: Wanted,
}

/// A unit on its way to a viewer.
#[derive(Clone, Debug)]
pub struct FeedItem {
    /// The unit.
    pub unit: Arc<AccessUnit>,
    /// Whether others are missing in front of it.
    pub is_after_gap: bool,
    /// Whether it is to be shown; else it came long before the viewer did, and
    /// later ones build on it.
    pub is_shown: bool,
}

impl Feed {
    /// Joins `stream`, beginning with its current GOP.
    pub(crate) fn open(stream: &Arc<Stream>, now: WallTime) -> Self {
        Self {
            stop: stream.stop.clone(),
            _wanted: stream.want(),
            units: stream.hub.subscribe(POLICY),
            is_after_gap: false,
            has_begun: false,
            shown_since: now - CATCHING_UP,
        }
    }

    /// The next unit; an error where there will be no more. Safe to drop while
    /// waiting.
    pub async fn next(&mut self) -> Result<FeedItem, Failure> {
        loop {
            let Some(item) = self.stop.run_until_cancelled(self.units.next()).await else {
                return Err(view::not_found("The camera was removed."));
            };
            match item {
                Item::Unit { unit, behind, is_outdated } => {
                    self.has_begun = true;
                    let is_after_gap = std::mem::take(&mut self.is_after_gap);
                    let is_in_time = behind < CATCHING_UP || unit.arrived >= self.shown_since;
                    let is_shown = is_in_time && !is_outdated;
                    return Ok(FeedItem { unit, is_after_gap, is_shown });
                }
                Item::Missed(_) | Item::Refused(_) | Item::Lost => {
                    self.is_after_gap = self.has_begun;
                }
            }
        }
    }
}
