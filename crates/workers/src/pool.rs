//! The engine's side: who starts workers, and which stream is decoded where.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use media::{Clock, SourceError};
use tokio::runtime::Handle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::slot::Slot;
use crate::stream::Stream;
use crate::{BurnError, Burner, Decoder, Reader, SoundDecoder, SourceSpec};

/// What the pool starts.
#[derive(Clone, Debug)]
pub struct WorkerProgram {
    /// The executable.
    pub path: PathBuf,
    /// What it is started with.
    pub arguments: Vec<OsString>,
}

/// Worker processes and what runs in them. Clones share one pool; the last to
/// go ends the workers, [`Pool::shut_down`] also waits for their end.
#[derive(Clone)]
pub struct Pool(Arc<Owner>);

struct Owner {
    shared: Arc<Shared>,
    _stop: DropGuard,
}

/// What is worth showing of a pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolStatistics {
    /// Process ids of the living workers.
    pub processes: Vec<u32>,
    /// Workers that died without being told to.
    pub lost: u32,
}

impl Pool {
    /// A pool without workers; they are started when there is work. Must be
    /// called inside a Tokio runtime.
    pub fn start(program: WorkerProgram, clock: Clock) -> Self {
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            program,
            clock,
            stop: stop.clone(),
            tasks: TaskTracker::new(),
            runtime: Handle::current(),
            next_stream: AtomicU32::new(0),
            lost: AtomicU32::new(0),
            processes: Mutex::default(),
            slots: Mutex::default(),
        });
        Self(Arc::new(Owner { shared, _stop: stop.drop_guard() }))
    }

    /// Opens a source in a worker of its own and waits, at most ten seconds,
    /// for its first unit or its error.
    pub async fn open(&self, source: SourceSpec) -> Result<Reader, SourceError> {
        Reader::open(&self.0.shared, source).await
    }

    /// A decoder for one stream, in a worker it may share with others. `name`
    /// is for logs.
    pub fn decoder(&self, name: String) -> Decoder {
        self.new_decoder(name, false)
    }

    /// As [`Pool::decoder`], and passes over no picture, however late it is:
    /// whoever has it offers no more than it can wait for.
    pub fn patient_decoder(&self, name: String) -> Decoder {
        self.new_decoder(name, true)
    }

    fn new_decoder(&self, name: String, is_patient: bool) -> Decoder {
        let shared = &self.0.shared;
        let id = shared.next_stream.fetch_add(1, Ordering::Relaxed);
        let stream = Arc::new(Stream::new(id, name, is_patient, shared.clock.clone()));
        shared.place(&stream);
        Decoder::new(shared.clone(), stream)
    }

    /// A decoder for one stream's sound. `name` is for logs.
    pub fn sound_decoder(&self, name: String) -> SoundDecoder {
        SoundDecoder::new(self.0.shared.clone(), name)
    }

    /// What burns words into recorded pictures. Must be called inside a Tokio
    /// runtime.
    pub fn burner(&self) -> Result<Burner, BurnError> {
        Burner::start(&self.0.shared)
    }

    /// Living and lost workers.
    pub fn statistics(&self) -> PoolStatistics {
        let shared = &self.0.shared;
        PoolStatistics {
            processes: lock(&shared.processes).iter().copied().collect(),
            lost: shared.lost.load(Ordering::Relaxed),
        }
    }

    /// Ends every worker and waits for them and for the pool's own tasks.
    pub async fn shut_down(&self) {
        let shared = &self.0.shared;
        shared.stop.cancel();
        shared.tasks.close();
        shared.tasks.wait().await;
    }
}

/// What the tasks of a pool share.
pub struct Shared {
    pub program: WorkerProgram,
    pub clock: Clock,
    pub stop: CancellationToken,
    tasks: TaskTracker,
    runtime: Handle,
    next_stream: AtomicU32,
    lost: AtomicU32,
    processes: Mutex<BTreeSet<u32>>,
    /// Locked before any slot's own lock.
    slots: Mutex<Vec<Arc<Slot>>>,
}

impl Shared {
    /// Runs a task that [`Pool::shut_down`] waits for.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn_on(task, &self.runtime);
    }

    /// Counts a worker that died by itself.
    pub fn count_lost(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// Lists a process for as long as the answer lives.
    pub fn list(self: &Arc<Self>, process: u32) -> Listed {
        lock(&self.processes).insert(process);
        Listed { shared: self.clone(), process }
    }

    /// Gives a new stream the least loaded shared worker, or a new one while
    /// there are fewer of them than processors.
    fn place(self: &Arc<Self>, stream: &Arc<Stream>) {
        let mut slots = lock(&self.slots);
        let shared_slots = slots.iter().filter(|slot| !slot.is_own());
        let count = shared_slots.clone().count();
        let slot = match shared_slots.min_by_key(|slot| slot.load()) {
            Some(slot) if slot.load() == 0 || count >= most_workers() => slot.clone(),
            _ => {
                let slot = Slot::start(self, false);
                slots.push(slot.clone());
                slot
            }
        };
        slot.join(stream);
    }

    /// Takes `stream` out of `slot` and gives it a worker of its own, unless
    /// it was forgotten meanwhile.
    pub fn isolate(self: &Arc<Self>, slot: &Slot, stream: &Arc<Stream>) {
        let mut slots = lock(&self.slots);
        if slot.leave(stream.id) {
            let own = Slot::start(self, true);
            slots.push(own.clone());
            own.join(stream);
            stream.restarted();
        }
    }

    /// Ends the decoding of a stream; a worker of its own ends with it.
    pub fn forget(&self, stream: u32) {
        let mut slots = lock(&self.slots);
        let Some(index) = slots.iter().position(|slot| slot.leave(stream)) else { return };
        if slots[index].is_own() {
            slots.swap_remove(index).stop();
        }
    }
}

/// A process while it is among [`PoolStatistics::processes`].
pub struct Listed {
    shared: Arc<Shared>,
    process: u32,
}

impl Drop for Listed {
    fn drop(&mut self) {
        lock(&self.shared.processes).remove(&self.process);
    }
}

/// Locks for lines, never across an await; what a panicking holder left is
/// still whole.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn most_workers() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
