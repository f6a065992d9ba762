//! A source that a worker reads for us.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use media::{AccessUnit, Cause, Clock, Ratio, Received, Source, SourceError, VideoFormat};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;
use tokio::process::ChildStdin;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::pool::Shared;
use crate::process::{Lost, Process, Replies, Role};
use crate::wire::{self, Reply, Request};

/// What a worker can read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SourceSpec {
    /// A made-up camera that needs nothing.
    Demo {
        /// Tells the pictures of several apart; part of their stamp.
        number: u32,
        /// Written into the picture.
        name: String,
    },
    /// A clip, over and over, in real time.
    File {
        /// Where it is, on this machine.
        path: PathBuf,
    },
}

/// One session with a source in a worker of its own. Dropping it ends the
/// worker. While nobody takes its units, the source stands still and afterwards
/// goes on at the time it is then.
pub struct Reader {
    first: Option<Arc<AccessUnit>>,
    units: mpsc::Receiver<Result<Arc<AccessUnit>, SourceError>>,
    _stop: DropGuard,
}

impl Reader {
    /// Opening must end, whatever a file makes FFmpeg do.
    const MAX_OPENING: Duration = Duration::from_secs(10);
    /// Units on their way to the engine.
    const QUEUE: usize = 4;

    pub(crate) async fn open(
        shared: &Arc<Shared>,
        source: SourceSpec,
    ) -> Result<Self, SourceError> {
        let name = match &source {
            SourceSpec::Demo { name, .. } => name.clone(),
            SourceSpec::File { path } => path.display().to_string(),
        };
        let opening = wire::preamble(&Request::Open(source), 0).map_err(|_| SourceError {
            cause: Cause::NotFound,
            sentence: format!("{name} is a name no file here can have. Choose another file."),
        })?;
        let (process, input, replies) =
            Process::spawn(shared, Role::Source).map_err(|error| SourceError {
                cause: Cause::WorkerLost,
                sentence: format!("A worker to read {name} could not be started ({error})."),
            })?;
        let (units, received) = mpsc::channel(Self::QUEUE);
        let stop = shared.stop.child_token();
        let session = Session { name: name.clone(), units, stop: stop.clone() };
        shared.spawn(session.run(shared.clone(), process, input, replies, opening));
        let mut reader = Self { first: None, units: received, _stop: stop.drop_guard() };
        let first = tokio::select! {
            first = reader.receive() => first?,
            () = shared.clock.sleep(Self::MAX_OPENING) => return Err(SourceError {
                cause: Cause::NotFound,
                sentence: format!("{name} gave no picture within 10 s. Check the disk it is on."),
            }),
        };
        reader.first = Some(first);
        Ok(reader)
    }

    async fn receive(&mut self) -> Result<Arc<AccessUnit>, SourceError> {
        self.units.recv().await.unwrap_or_else(|| {
            let sentence = "The session is over.".to_owned();
            Err(SourceError { cause: Cause::Ended, sentence })
        })
    }
}

impl Source for Reader {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Result<Received, SourceError>> + Send + '_>> {
        Box::pin(async {
            let unit = match self.first.take() {
                Some(unit) => unit,
                None => self.receive().await?,
            };
            Ok(Received::Unit(unit))
        })
    }
}

/// The task between a worker and its [`Reader`].
struct Session {
    name: String,
    units: mpsc::Sender<Result<Arc<AccessUnit>, SourceError>>,
    stop: CancellationToken,
}

impl Session {
    /// Twice what a clip's units may be apart: the worker lives and its
    /// source hangs.
    const MAX_PAUSE: Duration = Duration::from_secs(20);

    async fn run(
        self,
        shared: Arc<Shared>,
        process: Process,
        mut input: ChildStdin,
        mut replies: Replies,
        opening: Vec<u8>,
    ) {
        let conversation = async {
            match input.write_all(&opening).await {
                Ok(()) => self.pass_on(&mut replies, &shared.clock).await,
                Err(error) => End::Lost(error.into()),
            }
        };
        let end = self.stop.run_until_cancelled(conversation).await;
        let status = process.end().await;
        let error = match end {
            None => return,
            Some(End::Failed(error)) => error,
            Some(End::Lost(lost)) => {
                shared.count_lost();
                let name = &self.name;
                tracing::warn!(name, %lost, status, "the worker that read it died");
                let sentence = format!("The worker that read {name} stopped. It starts again.");
                SourceError { cause: Cause::WorkerLost, sentence }
            }
        };
        self.stop.run_until_cancelled(self.units.send(Err(error))).await;
    }

    async fn pass_on(&self, replies: &mut Replies, clock: &Clock) -> End {
        let mut format: Option<Arc<VideoFormat>> = None;
        let mut sequence = 0;
        let mut last = clock.instant();
        loop {
            match replies.next().await {
                Ok((Reply::Alive, _)) => {
                    if clock.instant().duration_since(last) > Self::MAX_PAUSE {
                        return End::Lost(Lost::Stuck(self.name.clone()));
                    }
                }
                Ok((Reply::Format(mut new), _)) => {
                    // Whoever divides by it relies on there being no zero in it.
                    new.sample_aspect = new.sample_aspect.and_then(|it| Ratio::new(it.num, it.den));
                    format = Some(Arc::new(new));
                }
                Ok((Reply::Unit { time, duration, is_key }, payload)) => {
                    let Some(format) = format.clone() else { return End::Lost(Lost::Violation) };
                    let arrived = clock.wall();
                    let unit =
                        AccessUnit { format, sequence, time, duration, arrived, is_key, payload };
                    sequence += 1;
                    // The reader is gone, and with it `stop` is about to be cancelled.
                    if self.units.send(Ok(Arc::new(unit))).await.is_err() {
                        std::future::pending::<()>().await;
                    }
                    last = clock.instant();
                }
                Ok((Reply::Failed { cause, sentence }, _)) => {
                    let sentence = wire::plain(&sentence);
                    return End::Failed(SourceError { cause, sentence });
                }
                Ok(_) => return End::Lost(Lost::Violation),
                Err(lost) => return End::Lost(lost),
            }
        }
    }
}

/// How a session ended by itself.
enum End {
    Failed(SourceError),
    Lost(Lost),
}
