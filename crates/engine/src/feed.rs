//! One stream for one viewer that takes access units.

use std::sync::Arc;
use std::time::Duration;

use media::AccessUnit;
use protocol::Failure;
use tokio_util::sync::CancellationToken;

use crate::hub::{Item, MAX_GOP_BYTES, Policy, Subscription};
use crate::stream::{Stream, Wanted};
use crate::tile::{Tally, TileRequest};
use crate::view;

/// A viewer that is further behind goes on at the next key frame.
const POLICY: Policy =
    Policy::Offer { max_bytes: 2 * MAX_GOP_BYTES, max_age: Duration::from_secs(2) };

/// A stream's access units. Dropping it ends the subscription.
pub struct Feed {
    units: Subscription,
    /// Whether units are missing in front of the next.
    is_after_gap: bool,
    sequence: u32,
    tally: Arc<Tally>,
    /// Set when the camera is removed.
    stop: CancellationToken,
    _wanted: Wanted,
}

/// A unit on its way to a viewer.
#[derive(Clone, Debug)]
pub struct FeedItem {
    /// Counts the units of the feed from 1; wraps.
    pub sequence: u32,
    /// The unit.
    pub unit: Arc<AccessUnit>,
    /// Whether others are missing in front of it.
    pub is_after_gap: bool,
}

impl Feed {
    /// Joins `stream`, beginning with its current GOP.
    pub(crate) fn open(request: TileRequest, stream: &Arc<Stream>) -> Self {
        Self {
            stop: stream.stop.clone(),
            _wanted: stream.want(),
            units: stream.hub.subscribe(POLICY),
            is_after_gap: false,
            sequence: 0,
            tally: Arc::new(Tally::new(request)),
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
                Item::Unit { unit, .. } => {
                    self.sequence = self.sequence.wrapping_add(1);
                    let is_after_gap = std::mem::take(&mut self.is_after_gap);
                    self.tally.passed();
                    return Ok(FeedItem { sequence: self.sequence, unit, is_after_gap });
                }
                Item::Missed(_) | Item::Lost => self.is_after_gap = self.sequence > 0,
            }
        }
    }

    /// What is counted of it.
    pub fn tally(&self) -> Arc<Tally> {
        self.tally.clone()
    }
}
