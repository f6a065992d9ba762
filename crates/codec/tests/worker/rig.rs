//! What every test needs: a pool of ourselves, and streams followed from their
//! source to their pictures.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use codec::stamp::Stamp;
use media::{AccessUnit, Clock, Gop, Need, Packing, Picture, Received, Size, Source, SourceError};
use workers::{Decoder, DecoderEvent, Pool, Reader, SourceSpec, WorkerProgram};

pub type Test = (&'static str, fn() -> Pin<Box<dyn Future<Output = ()>>>);

/// `tests![a, b]` lists async functions under their names.
#[macro_export]
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        pub const TESTS: &[$crate::rig::Test] =
            &[$((stringify!($name), || Box::pin($name()))),*];
    };
}

pub fn run(test: fn() -> Pin<Box<dyn Future<Output = ()>>>) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        tokio::time::timeout(Duration::from_secs(120), test()).await.expect("the test hangs");
    });
}

pub fn pool() -> Pool {
    let program =
        WorkerProgram { path: std::env::current_exe().unwrap(), arguments: vec!["worker".into()] };
    Pool::start(program, Clock::system())
}

pub fn demo(number: u32) -> SourceSpec {
    SourceSpec::Demo { number, name: format!("Camera {number}") }
}

pub async fn open(pool: &Pool, path: &Path) -> Result<Reader, SourceError> {
    pool.open(SourceSpec::File { path: path.to_owned() }).await
}

pub const TILE: Size = Size { width: 320, height: 180 };

pub fn planes(tile: Size) -> Need {
    Need { tile, packing: Packing::Planes }
}

pub fn jpeg(tile: Size) -> Need {
    Need { tile, packing: Packing::Jpeg }
}

/// A source and its decoder.
pub struct Player {
    pub reader: Reader,
    pub decoder: Decoder,
    pub restarts: u32,
    group: Gop,
}

impl Player {
    pub async fn open(pool: &Pool, source: SourceSpec, tile: Size) -> Self {
        let reader = pool.open(source).await.unwrap();
        let mut decoder = pool.decoder("test".into());
        decoder.set_needs(&[planes(tile)]);
        Self::new(reader, decoder)
    }

    pub fn new(reader: Reader, decoder: Decoder) -> Self {
        Self { reader, decoder, restarts: 0, group: Gop::new(16 << 20) }
    }

    /// Follows the stream as the engine does until there is a picture.
    pub async fn picture(&mut self) -> Picture {
        self.try_picture().await.unwrap_or_else(|sentence| panic!("{sentence}"))
    }

    /// As [`Player::picture`]; the error is what people are told.
    pub async fn try_picture(&mut self) -> Result<Picture, String> {
        loop {
            tokio::select! {
                unit = self.reader.next() => {
                    let Received::Unit(unit) = unit.map_err(|error| error.to_string())? else {
                        continue;
                    };
                    self.group.push(&unit);
                    self.decoder.offer(&unit, true).ok();
                }
                event = self.decoder.next() => match event {
                    DecoderEvent::Picture { picture, .. } => return Ok(picture),
                    DecoderEvent::Restarted => self.restart(),
                    DecoderEvent::Unsupported(sentence) => return Err(sentence),
                },
            }
        }
    }
}

impl Player {
    fn restart(&mut self) {
        self.restarts += 1;
        if let Some((newest, others)) = self.group.units().split_last() {
            for unit in others {
                self.decoder.offer(unit, false).unwrap();
            }
            self.decoder.offer(newest, true).unwrap();
        }
    }
}

pub fn stamp(picture: &Picture) -> Option<Stamp> {
    let Size { width, height } = picture.format.size;
    Stamp::read(&picture.payload, width as usize, width as usize, height as usize)
}

/// Waits until `condition`, at most `limit`.
pub async fn eventually(limit: Duration, what: &str, condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            Clock::system().sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(limit, waiting).await.unwrap_or_else(|_| panic!("{what}"));
}

pub fn signal(process: u32, signal: i32) {
    #[expect(unsafe_code, reason = "there is no safe kill")]
    // SAFETY: sends a signal to a process of this test's own pool.
    let sent = unsafe { libc::kill(process as i32, signal) };
    assert_eq!(sent, 0);
}

pub fn is_alive(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

/// The next unit of a source that has nothing else.
pub async fn next_unit(reader: &mut Reader) -> Arc<AccessUnit> {
    match reader.next().await.unwrap() {
        Received::Unit(unit) => unit,
        other => panic!("not a unit: {other:?}"),
    }
}
