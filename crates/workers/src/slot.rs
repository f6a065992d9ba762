//! One worker for decoding, and the ones that replace it when it dies.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::{Buf, Bytes};
use media::{Packing, PictureFormat};
use tokio::io::AsyncWriteExt;
use tokio::process::ChildStdin;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::pool::{Shared, lock};
use crate::process::{Lost, Process, Replies, Role};
use crate::stream::{Link, Outgoing, Stream};
use crate::wire::{self, Reply};

/// A place where streams are decoded, whichever process does it at the moment.
pub struct Slot {
    /// For one stream that killed its workers.
    is_own: bool,
    members: Mutex<Members>,
    stop: CancellationToken,
}

struct Members {
    /// Nothing while there is no process.
    link: Option<Link>,
    streams: HashMap<u32, Arc<Stream>>,
}

impl Slot {
    /// Starts a worker and keeps one there until [`Slot::stop`].
    pub fn start(shared: &Arc<Shared>, is_own: bool) -> Arc<Self> {
        // Streams may offer at once: what they say waits here for the process.
        let (link, outgoing) = mpsc::unbounded_channel();
        let members = Mutex::new(Members { link: Some(link), streams: HashMap::new() });
        let slot = Arc::new(Self { is_own, members, stop: shared.stop.child_token() });
        shared.spawn(slot.clone().keep(shared.clone(), outgoing));
        slot
    }

    pub fn is_own(&self) -> bool {
        self.is_own
    }

    /// How many streams are here.
    pub fn load(&self) -> usize {
        lock(&self.members).streams.len()
    }

    pub fn join(&self, stream: &Arc<Stream>) {
        let mut members = lock(&self.members);
        if let Some(link) = &members.link {
            stream.attach(link.clone());
        }
        members.streams.insert(stream.id, stream.clone());
    }

    /// Answers whether the stream was here.
    pub fn leave(&self, stream: u32) -> bool {
        lock(&self.members).streams.remove(&stream).is_some()
    }

    /// Ends the worker.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    async fn keep(self: Arc<Self>, shared: Arc<Shared>, first: mpsc::UnboundedReceiver<Outgoing>) {
        let mut first = Some(first);
        let mut backoff = Backoff::default();
        loop {
            let started = shared.clock.instant();
            match Process::spawn(&shared, Role::Decoder) {
                Ok((process, input, replies)) => {
                    let outgoing = first.take().unwrap_or_else(|| self.attach_all());
                    let attempt = self.converse(input, replies, outgoing);
                    let lost = self.stop.run_until_cancelled(attempt).await;
                    let status = process.end().await;
                    let Some(lost) = lost else { return };
                    shared.count_lost();
                    tracing::warn!(%lost, status, "a decoder worker died; starting another");
                    self.detach_all(&shared);
                }
                Err(error) => tracing::error!(
                    program = %shared.program.path.display(),
                    %error,
                    "cannot start a worker"
                ),
            }
            let delay = backoff.after(shared.clock.instant().duration_since(started));
            if self.stop.run_until_cancelled(shared.clock.sleep(delay)).await.is_none() {
                return;
            }
        }
    }

    /// Talks with one process until it is gone or has to be ended.
    async fn converse(
        &self,
        input: ChildStdin,
        mut replies: Replies,
        outgoing: mpsc::UnboundedReceiver<Outgoing>,
    ) -> Lost {
        let hear = async {
            loop {
                let answer = match replies.next().await {
                    Ok((reply, payload)) => self.handle(reply, payload),
                    Err(lost) => Err(lost),
                };
                if let Err(lost) = answer {
                    return lost;
                }
            }
        };
        tokio::select! {
            lost = hear => lost,
            lost = speak(input, outgoing) => lost,
        }
    }

    fn handle(&self, reply: Reply, payload: Bytes) -> Result<(), Lost> {
        match reply {
            Reply::Alive => {
                let stuck = lock(&self.members).streams.values().find(|it| it.is_stuck()).cloned();
                return stuck.map_or(Ok(()), |stream| Err(Lost::Stuck(stream.name.clone())));
            }
            Reply::Consumed { stream, units } => self.with(stream, |it| it.consumed(units)),
            Reply::Unsupported { stream, sentence } => {
                self.with(stream, |it| it.unsupported(wire::plain(&sentence)));
            }
            Reply::Picture(header) => {
                let format = &header.format;
                // What a taken-over worker says of its pictures is not trusted.
                let sizes = [format.size.width, format.size.height];
                let is_whole = sizes.iter().all(|side| (1..=1 << 14).contains(side))
                    && format.display_aspect.num > 0
                    && format.display_aspect.den > 0
                    && is_in_shape(format, &payload);
                if !is_whole {
                    return Err(Lost::Violation);
                }
                self.with(header.stream, |it| {
                    it.consumed(header.consumed);
                    it.picture(header, payload);
                });
            }
            Reply::Format(_)
            | Reply::Unit { .. }
            | Reply::Sound { .. }
            | Reply::Burnt { .. }
            | Reply::Failed { .. } => return Err(Lost::Violation),
        }
        Ok(())
    }

    /// A reply may be about a stream that has left since.
    fn with(&self, stream: u32, act: impl FnOnce(&Stream)) {
        let stream = lock(&self.members).streams.get(&stream).cloned();
        if let Some(stream) = stream {
            act(&stream);
        }
    }

    fn attach_all(&self) -> mpsc::UnboundedReceiver<Outgoing> {
        let (link, outgoing) = mpsc::unbounded_channel();
        let mut members = lock(&self.members);
        members.link = Some(link.clone());
        for stream in members.streams.values() {
            stream.attach(link.clone());
            stream.restarted();
        }
        outgoing
    }

    fn detach_all(&self, shared: &Arc<Shared>) {
        let mut members = lock(&self.members);
        members.link = None;
        let suspects: Vec<_> =
            members.streams.values().filter(|stream| stream.detach()).cloned().collect();
        drop(members);
        if self.is_own {
            return;
        }
        for stream in suspects {
            tracing::warn!(stream = stream.name, "decoded alone from now on: its workers died");
            shared.isolate(self, &stream);
        }
    }
}

/// Whether a payload may be a picture of this format.
fn is_in_shape(format: &PictureFormat, payload: &[u8]) -> bool {
    const START: [u8; 2] = [0xff, 0xd8];
    const TABLES: usize = 4096;
    let planes = format.plane_bytes();
    match format.packing {
        Packing::Planes => payload.len() == planes,
        Packing::Luma => payload.len() == format.luma_bytes(),
        Packing::Jpeg => payload.starts_with(&START) && payload.len() <= 2 * planes + TABLES,
    }
}

/// Writes until the process takes no more.
async fn speak(mut input: ChildStdin, mut outgoing: mpsc::UnboundedReceiver<Outgoing>) -> Lost {
    while let Some(Outgoing { preamble, payload }) = outgoing.recv().await {
        if let Err(error) = input.write_all_buf(&mut preamble.as_slice().chain(payload)).await {
            return Lost::Pipe(error.into());
        }
    }
    // The slot itself holds a sender while its process lives.
    std::future::pending().await
}
