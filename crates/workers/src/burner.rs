//! Words burnt into recorded pictures, in a worker of its own: whatever a
//! recording does to it, nobody else's pictures wait.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use media::{Clock, MediaTime};
use tokio::io::AsyncWriteExt;
use tokio::process::ChildStdin;

use crate::pool::Shared;
use crate::process::{Lost, Process, Replies, Role};
use crate::wire::{self, BurnHeader, LabelHeader, Reply, Request, UnitHeader, WireError};

/// Decodes, draws and encodes, film after film. Dropping it ends its worker.
pub struct Burner {
    input: ChildStdin,
    replies: Replies,
    clock: Clock,
    _process: Process,
}

/// A picture with words in it.
#[derive(Clone, Debug)]
pub struct Burnt {
    /// The time of its unit.
    pub time: MediaTime,
    /// Whether decoding can begin here.
    pub is_key: bool,
    /// H.264 with start codes.
    pub payload: Bytes,
}

/// Why words could not be burnt in. A burner is of no use afterwards.
#[derive(Debug, thiserror::Error)]
pub enum BurnError {
    /// It cannot be done, as the sentence says.
    #[error("{0}")]
    Refused(String),
    /// The worker died, or has to be ended.
    #[error("The part that writes on pictures stopped. Begin again.")]
    Lost,
}

/// A unit that takes longer is taken for one that never ends.
const MAX_SILENCE: Duration = Duration::from_secs(60);

/// Pictures that can come of one unit: what a decoder held back.
const MAX_ANSWERS: usize = 64;

impl Burner {
    pub(crate) fn start(shared: &Arc<Shared>) -> Result<Self, BurnError> {
        let started = Process::spawn(shared, Role::Decoder);
        let (process, input, replies) = started.map_err(|error| lost(error.into()))?;
        Ok(Self { input, replies, clock: shared.clock.clone(), _process: process })
    }

    /// Begins with another film.
    pub async fn open(&mut self, header: BurnHeader) -> Result<(), BurnError> {
        self.say(Request::BurnIn(header), Bytes::new()).await
    }

    /// What is to be seen in a second; told before the first unit of it.
    /// `ink` is how much of each pixel is covered.
    pub async fn label(&mut self, header: LabelHeader, ink: Bytes) -> Result<(), BurnError> {
        self.say(Request::Label(header), ink).await
    }

    /// Hands over the next unit in the order of decoding; what came of it and
    /// of those before it, in the order of showing.
    pub async fn burn(
        &mut self,
        unit: UnitHeader,
        payload: Bytes,
    ) -> Result<Vec<Burnt>, BurnError> {
        self.say(Request::Burn(unit), payload).await?;
        self.answers().await
    }

    /// Ends the film; what was still held back of it.
    pub async fn end(&mut self) -> Result<Vec<Burnt>, BurnError> {
        self.say(Request::EndBurning, Bytes::new()).await?;
        self.answers().await
    }

    async fn say(&mut self, request: Request, payload: Bytes) -> Result<(), BurnError> {
        let preamble = match wire::preamble(&request, payload.len()) {
            Ok(preamble) => preamble,
            Err(error) => return Err(lost(error.into())),
        };
        let mut bytes = preamble.as_slice().chain(payload);
        let written = tokio::select! {
            written = self.input.write_all_buf(&mut bytes) => written.map_err(WireError::from),
            () = self.clock.sleep(MAX_SILENCE) => return Err(lost(Lost::Silent)),
        };
        written.map_err(|error| lost(error.into()))
    }

    async fn answers(&mut self) -> Result<Vec<Burnt>, BurnError> {
        let mut burnt = Vec::new();
        let late = self.clock.sleep(MAX_SILENCE);
        tokio::pin!(late);
        loop {
            let answer = tokio::select! {
                answer = self.replies.next() => answer.map_err(lost)?,
                () = &mut late => return Err(lost(Lost::Silent)),
            };
            match answer {
                (Reply::Alive, _) => {}
                (Reply::Consumed { .. }, _) => return Ok(burnt),
                (Reply::Burnt { time, is_key }, payload) if burnt.len() < MAX_ANSWERS => {
                    burnt.push(Burnt { time, is_key, payload });
                }
                (Reply::Failed { sentence, .. }, _) => {
                    return Err(BurnError::Refused(wire::plain(&sentence)));
                }
                _ => return Err(lost(Lost::Violation)),
            }
        }
    }
}

fn lost(why: Lost) -> BurnError {
    tracing::warn!(%why, "a worker that writes on pictures was lost");
    BurnError::Lost
}
