//! The task behind one tile: a stream in the form that suits its viewer.

use std::convert::Infallible;
use std::sync::Arc;

use engine::{RecordedTile, Tally, Viewing};
use media::{Clock, Need, Packing, Size, VideoFormat, WallTime};
use protocol::{Delivery, Failure};
use tokio::sync::watch;

use crate::accepts::{Accepts, Choice};
use crate::line::Line;
use crate::pictures::Pictures;
use crate::recorded;
use crate::running::Running;
use crate::units::Units;

/// How the stream is encoded, and when that changes.
pub type Formats = watch::Receiver<Option<Arc<VideoFormat>>>;

/// A running tile.
pub struct TileTask {
    tally: Arc<Tally>,
    size: watch::Sender<Size>,
    task: Running,
}

impl TileTask {
    /// Starts sending what `accepts` takes of `viewing`, for a tile of `size`.
    pub fn spawn(viewing: Viewing, accepts: Accepts, size: Size, line: Line, clock: Clock) -> Self {
        let tally = viewing.tally().clone();
        let (size, sizes) = watch::channel(size);
        let formats = viewing.format();
        let task = Running::spawn(line, |line| async move {
            let size = sizes;
            Showing { viewing, accepts, size, formats, line, clock, sequence: 0 }.run().await
        });
        Self { tally, size, task }
    }

    /// Starts sending the recorded pictures of `tile`, for a tile of `size`.
    pub fn spawn_recorded(
        tile: RecordedTile,
        tally: Arc<Tally>,
        choice: Choice,
        size: Size,
        line: Line,
    ) -> Self {
        tally.delivers(choice.delivery, &choice.reason);
        let (size, sizes) = watch::channel(size);
        let counted = tally.clone();
        let task = Running::spawn(line, |line| async move {
            recorded::send(tile, &counted, sizes, &line, &choice.reason).await
        });
        Self { tally, size, task }
    }

    /// The viewer is done with what was sent, up to `sequence`, which it drew at
    /// `drawn`, if it did; it is heard at `now`.
    pub fn acknowledge(&self, sequence: u32, drawn: Option<WallTime>, now: WallTime) {
        self.tally.acknowledged(sequence, drawn, now);
    }

    /// The tile has another size now.
    pub fn resize(&self, size: Size) {
        self.size.send_replace(size);
    }

    /// Whether it ended by itself.
    pub fn is_over(&self) -> bool {
        self.task.is_over()
    }

    /// Ends it and waits until it has.
    pub async fn stop(self) {
        self.task.stop().await;
    }
}

struct Showing {
    viewing: Viewing,
    accepts: Accepts,
    size: watch::Receiver<Size>,
    formats: Formats,
    line: Line,
    clock: Clock,
    /// Number of what was sent last, in whatever form.
    sequence: u32,
}

enum Form {
    Pictures(Pictures),
    Units(Units),
}

impl Showing {
    /// Ends where there will be no more, or the session is over.
    async fn run(&mut self) -> Result<Infallible, Failure> {
        let mut choice = self.choose()?;
        let mut form = self.open(&choice);
        loop {
            let Self { line, sequence, formats, .. } = self;
            match &mut form {
                Form::Pictures(it) => it.send(line, sequence, &choice.reason, formats).await?,
                Form::Units(it) => it.send(line, sequence, &choice.reason, formats).await?,
            }
            let next = self.choose()?;
            if next != choice {
                // Before the other ends: somebody wants the stream all the time.
                form = self.open(&next);
                choice = next;
            }
        }
    }

    fn choose(&mut self) -> Result<Choice, Failure> {
        self.accepts.choose(self.formats.borrow_and_update().as_deref())
    }

    fn open(&self, choice: &Choice) -> Form {
        let tally = self.viewing.tally().clone();
        tally.delivers(choice.delivery, &choice.reason);
        let packing = match choice.delivery {
            Delivery::Planes => Packing::Planes,
            Delivery::Jpeg => Packing::Jpeg,
            Delivery::Encoded => {
                return Form::Units(Units::new(self.viewing.units(self.clock.wall()), tally));
            }
        };
        let mut size = self.size.clone();
        let tile = *size.borrow_and_update();
        let pictures = self.viewing.pictures(Need { tile, packing });
        Form::Pictures(Pictures::new(pictures, tally, size))
    }
}
