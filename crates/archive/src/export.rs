//! Recordings for others: ordinary MP4 of cameras over a span, without
//! transcoding, in a folder with a manifest and a page that plays it.
//!
//! ```text
//! DEST/  .tessera-export-KEY.part/     what is written; nobody takes it for done
//!        .tessera-export-KEY.journal   what of it is whole, with its hash
//!        Gate 2026-11-22 11.15.00+0100/          what it becomes, at once
//!            Gate 2026-11-22 11.15.00+0100.mp4   gapless, of one format
//!            manifest.json  index.html
//! ```
//!
//! [`stretch`] finds in the index what there is; a [`film`] is one file, made
//! of the tables of its segments ([`strip`]) and of their [`sound`]; a
//! [`package`] is the folder. Nothing is decoded.

mod burnt;
mod error;
mod film;
mod manifest;
mod names;
mod package;
mod page;
mod remains;
mod sound;
mod stretch;
mod strip;

use std::path::PathBuf;

use jiff::tz::TimeZone;
use media::{RecordingGap, StreamId, WallTime};

pub use burnt::{BurnIn, BurntUnit};
pub use error::ExportError;
pub use names::stem as file_stem;

use crate::root::Root;
use crate::volume::open_index;
use film::Film;
use manifest::Manifest;
use package::Package;
use stretch::Stretch;
use strip::Source;

/// What somebody wants.
#[derive(Clone, Debug)]
pub struct Request {
    /// Of which streams.
    pub wanted: Vec<Wanted>,
    /// From when on.
    pub from: WallTime,
    /// The first moment that is not wanted.
    pub to: WallTime,
    /// Folders of the volumes to look on.
    pub volumes: Vec<PathBuf>,
    /// Why something was not recorded, as far as that is known.
    pub gaps: Vec<RecordingGap>,
    /// A folder that is there.
    pub destination: PathBuf,
    /// Whether one camera's one file, with its manifest beside it, is enough.
    pub bare: bool,
    /// Whether a camera's name and the time are burnt into pictures, which are
    /// then encoded again.
    pub burn_in: bool,
    /// What it is called; after its cameras where it is empty. Not trusted.
    pub name: String,
    /// What else there is to say of it. Not trusted.
    pub note: String,
    /// In which times are named.
    pub zone: TimeZone,
    /// Name and version of the program.
    pub made_by: String,
    /// What time it is.
    pub now: WallTime,
}

/// One of the streams.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Which.
    pub stream: StreamId,
    /// What its camera is called; as the recordings say where it is empty. Not
    /// trusted.
    pub name: String,
}

/// What whoever is told of progress wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To go on.
    GoOn,
    /// To stop, and go on another time where it stopped.
    Pause,
    /// To stop, and leave nothing.
    Cancel,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The folder, or the file.
    pub path: PathBuf,
    /// Its films.
    pub files: usize,
    /// All of them, in bytes.
    pub bytes: u64,
    /// Films that an export that was interrupted had left whole.
    pub resumed: usize,
    /// Spans in which something is damaged.
    pub damaged: usize,
}

/// An export that can begin.
pub struct Export {
    request: Request,
    /// What there is of each stream that is wanted.
    stretches: Vec<Vec<Stretch>>,
    /// Volumes that are not there.
    missing: Vec<PathBuf>,
}

impl Export {
    /// Looks what there is, and whether it fits: what would not work is
    /// refused before anything is written.
    pub fn plan(mut request: Request) -> Result<Self, ExportError> {
        if request.from >= request.to || request.wanted.is_empty() {
            return Err(ExportError::Empty);
        }
        if request.from >= request.now {
            return Err(ExportError::Future);
        }
        request.to = request.to.min(request.now);
        let space = Root::open(&request.destination)?.space();
        let space = space.map_err(crate::ArchiveError::disk(&request.destination))?;
        let mut stretches = vec![Vec::new(); request.wanted.len()];
        let mut missing = Vec::new();
        for (number, root) in request.volumes.iter().enumerate() {
            let index = match open_index(root) {
                Err(crate::ArchiveError::Missing { path }) => {
                    missing.push(path);
                    continue;
                }
                opened => opened?,
            };
            for (wanted, found) in request.wanted.iter().zip(&mut stretches) {
                let (from, to) = (request.from, request.to);
                found.extend(stretch::stretches(&index, number, wanted.stream, from, to)?);
            }
        }
        let export = Self { request, stretches, missing };
        if export.stretches.iter().all(Vec::is_empty) {
            if let Some(path) = export.missing.into_iter().next() {
                return Err(crate::ArchiveError::Missing { path }.into());
            }
            return Err(ExportError::Nothing);
        }
        // What an export that was interrupted left counts as well.
        let copies = if export.request.burn_in { 2 } else { 1 };
        let needed = copies * export.bytes();
        let left = package::left(&export.request)?;
        if !space.fits(needed.saturating_sub(left)) {
            let path = export.request.destination.clone();
            let free = space.free.saturating_sub(space.reserve() / 2);
            return Err(ExportError::NoRoom { path, needed, free });
        }
        Ok(export)
    }

    /// About what it takes, in bytes.
    pub fn bytes(&self) -> u64 {
        self.stretches.iter().flatten().map(|stretch| stretch.bytes).sum()
    }

    /// Writes it. `burner` is needed where something is to be burnt in. `tell`
    /// is told how many bytes are done, about every second of a recording, and
    /// says whether to go on.
    pub fn run(
        self,
        burner: Option<&mut dyn BurnIn>,
        tell: &mut dyn FnMut(u64) -> Wish,
    ) -> Result<Exported, ExportError> {
        let Self { request, stretches, missing } = self;
        let mut package = Package::open(&request)?;
        let written = write(&request, &stretches, &mut package, burner, tell);
        let written = written.map(|manifest| manifest.without(&missing));
        match written {
            Ok(manifest) => package.finish(&request, manifest),
            Err(error) => {
                if matches!(error, ExportError::Cancelled) {
                    package.discard()?;
                }
                Err(error)
            }
        }
    }
}

fn write(
    request: &Request,
    stretches: &[Vec<Stretch>],
    package: &mut Package,
    mut burner: Option<&mut dyn BurnIn>,
    tell: &mut dyn FnMut(u64) -> Wish,
) -> Result<Manifest, ExportError> {
    let mut manifest = Manifest::new(request);
    for (wanted, stretches) in request.wanted.iter().zip(stretches) {
        let (mut parts, mut name) = (Vec::new(), wanted.name.clone());
        for stretch in stretches {
            let root = &request.volumes[stretch.volume];
            let index = open_index(root)?;
            let source = Source::new(root, &index, *stretch)?;
            let mut from = stretch.from;
            while from < stretch.to {
                let Some(film) = Film::plan(&source, from, stretch.to)? else { break };
                from = film.to;
                if name.is_empty() {
                    name.clone_from(&film.head.camera_name);
                }
                let burner = burner.as_mut().map(|burner| &mut **burner as &mut dyn BurnIn);
                parts.push(package.add(request, &name, stretch, film, burner, tell)?);
            }
        }
        manifest.add(request, wanted, name, parts);
    }
    if manifest.parts().next().is_none() {
        return Err(ExportError::Nothing);
    }
    Ok(manifest)
}
