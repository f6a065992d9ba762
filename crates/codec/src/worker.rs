//! The worker role: reads requests, hands each stream's to its thread, and
//! says what they answer.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, BufReader};
use std::sync::Arc;
use std::thread;

use crate::audio::Hearing;
use crate::burn::Burning;
use crate::decode::StreamThread;
use crate::output::Output;
use crate::{demo, fence, file, libav};
use workers::SourceSpec;
use workers::wire::{self, ALIVE_INTERVAL, Reply, Request, WireError};

/// Why a worker could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The system refused what a worker needs before it may touch a stream.
    #[error("setting up the worker")]
    Setup(#[from] io::Error),
    /// The engine said something no engine of ours says.
    #[error("reading from the engine")]
    Engine(#[from] WireError),
}

/// Talks on stdin and stdout until stdin ends; the caller then ends the
/// process. Logs to stderr. Whoever runs this from a terminal sees binary.
pub fn run_worker() -> Result<(), WorkerError> {
    fence::close()?;
    libav::start();
    let output = Arc::new(Output::stdout()?);
    let alive = output.clone();
    thread::Builder::new().name("alive".into()).spawn(move || {
        loop {
            alive.say(&Reply::Alive, &[]);
            thread::sleep(ALIVE_INTERVAL);
        }
    })?;

    let mut input = BufReader::with_capacity(64 << 10, io::stdin().lock());
    let mut streams: HashMap<u32, StreamThread> = HashMap::new();
    let mut hearing = Hearing::new(output.clone());
    let mut burning = Burning::new(output.clone());
    while let Some((request, payload)) = wire::read(&mut input)? {
        match request {
            Request::Open(source) => start_source(source, output.clone())?,
            Request::Needs { stream, needs } => {
                entry(&mut streams, stream, &output)?.set_needs(needs);
            }
            Request::Format { stream, format } => {
                entry(&mut streams, stream, &output)?.set_format(format);
            }
            Request::Unit { stream, unit } => {
                entry(&mut streams, stream, &output)?.decode(unit, payload);
            }
            // Its thread ends with the unit it is at.
            Request::Close { stream } => drop(streams.remove(&stream)),
            // Here and now: a worker that has sound has nothing else.
            Request::AudioFormat(format) => hearing.open(&format),
            Request::Audio { time, arrived } => hearing.decode(time, arrived, &payload),
            // Here and now as well: the engine waits for each answer.
            Request::BurnIn(header) => burning.open(header),
            Request::Label(header) => burning.label(header, payload),
            Request::Burn(unit) => burning.burn(unit, &payload),
            Request::EndBurning => burning.end(),
        }
    }
    Ok(())
}

fn entry<'a>(
    streams: &'a mut HashMap<u32, StreamThread>,
    stream: u32,
    output: &Arc<Output>,
) -> io::Result<&'a StreamThread> {
    Ok(match streams.entry(stream) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert(StreamThread::start(stream, output.clone())?),
    })
}

fn start_source(source: SourceSpec, output: Arc<Output>) -> io::Result<()> {
    let run = move || {
        let error = match source {
            SourceSpec::Demo { number, name } => demo::run(number, &name, &output),
            SourceSpec::File { path } => file::run(&path, &output),
        };
        output.say(&Reply::Failed { cause: error.cause, sentence: error.sentence }, &[]);
    };
    thread::Builder::new().name("source".into()).spawn(run).map(drop)
}
