//! The folder that an export is written to: under another name until it is
//! whole, and gone on with where it was interrupted.

use std::collections::{HashMap, HashSet};
use std::fs::{File, TryLockError};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::manifest::{Manifest, Part};
use super::remains::{self, FOLDER, JOURNAL, PREFIX};
use super::stretch::Stretch;
use super::{BurnIn, ExportError, Exported, Film, Request, Wish, names, page};
use crate::ArchiveError;
use crate::root::Root;

/// A package that is being written. Errors name the destination, not what
/// people are not to look at.
pub struct Package {
    root: Root,
    /// Names in the destination.
    folder: PathBuf,
    journal_path: PathBuf,
    /// Locked while it lives.
    journal: File,
    /// Films that are whole, by what they are.
    whole: HashMap<String, Part>,
    taken: HashSet<String>,
    done: u64,
    resumed: usize,
}

/// A line of the journal: a film that is whole and on the disk.
#[derive(Serialize, Deserialize)]
struct Entry {
    film: String,
    part: Part,
}

/// The system is not left with more to put on the disk at once: recordings are
/// written beside, in bytes.
const SYNC: u64 = 16 << 20;

/// The payload of a film that is being made anew.
const BURNT: &str = "burnt.part";

const MANIFEST: &str = "manifest.json";
const PAGE: &str = "index.html";

/// What an export that was interrupted left, in bytes.
pub fn left(request: &Request) -> Result<u64, ExportError> {
    let folder = request.destination.join(format!("{}{FOLDER}", stem(request)));
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(_) => return Ok(0),
    };
    let sizes = entries.filter_map(|it| Some(it.ok()?.metadata().ok()?.len()));
    Ok(sizes.sum())
}

impl Package {
    /// Makes the folder, or finds the one that was left.
    pub fn open(request: &Request) -> Result<Self, ExportError> {
        let root = Root::open(&request.destination)?;
        let stem = stem(request);
        let [folder, journal_path] =
            [FOLDER, JOURNAL].map(|end| PathBuf::from(format!("{stem}{end}")));
        let error = ArchiveError::disk(root.path());
        remains::remove_old(&root, &stem, request.now).map_err(&error)?;
        let journal = match root.create(&journal_path) {
            Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists => {
                root.reopen(&journal_path)
            }
            created => created,
        };
        let mut journal = journal.map_err(&error)?;
        match journal.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ExportError::Running),
            // Some network disks have no locks.
            Err(TryLockError::Error(refused)) => tracing::debug!("no lock: {refused}"),
        }
        root.create_shared_folder(&folder).map_err(&error)?;
        let whole = read(&mut journal);
        Ok(Self {
            root,
            folder,
            journal_path,
            journal,
            whole,
            taken: HashSet::from([MANIFEST.to_owned(), PAGE.to_owned()]),
            done: 0,
            resumed: 0,
        })
    }

    /// Writes a film, but where it is there and whole.
    pub fn add(
        &mut self,
        request: &Request,
        name: &str,
        stretch: &Stretch,
        mut film: Film,
        burner: Option<&mut dyn BurnIn>,
        tell: &mut dyn FnMut(u64) -> Wish,
    ) -> Result<Part, ExportError> {
        let camera = stretch.stream.camera;
        let title = if name.is_empty() { names::called("", camera) } else { name.to_owned() };
        let stem = names::stem(name, camera, film.from, &request.zone);
        let name = names::free(&stem, ".mp4", &self.taken);
        self.taken.insert(name.to_lowercase());
        let key = hex(&Sha256::new().chain_update(&name).chain_update(&film.header).finalize());
        if let Some(part) = self.whole.remove(&key).filter(|part| part.file == name)
            && self.is_whole(&part, tell)?
        {
            self.resumed += 1;
            return Ok(part);
        }
        let burnt = match burner {
            Some(burner) => Some(self.burn(&title, &mut film, burner, tell)?),
            None => None,
        };
        let path = self.folder.join(&name);
        let error = ArchiveError::disk(self.root.path());
        let unfinished = self.folder.join(format!("{name}.part"));
        let mut file = self.make(&unfinished)?;
        let mut sum = Sha256::new();
        let mut unsynced = 0;
        let mut done = self.done;
        let header = std::mem::take(&mut film.header);
        let mut write = |bytes: &[u8], step: usize| {
            sum.update(bytes);
            file.write_all(bytes).map_err(&error)?;
            done += step as u64;
            unsynced += bytes.len() as u64;
            if unsynced >= SYNC {
                file.sync_data().map_err(&error)?;
                unsynced = 0;
            }
            ask(tell, done)
        };
        match burnt {
            Some(mut burnt) => {
                write(&header, 0)?;
                let mut bytes = vec![0; 1 << 20];
                while let count @ 1.. = burnt.read(&mut bytes).map_err(&error)? {
                    write(&bytes[..count], 0)?;
                }
                self.root.remove(&self.folder.join(BURNT)).map_err(&error)?;
            }
            None => {
                write(&header, header.len())?;
                film.read(|bytes| write(bytes, bytes.len()))?;
            }
        }
        file.sync_all().map_err(&error)?;
        drop(file);
        self.done = done;
        self.root.rename(&unfinished, &path).map_err(&error)?;
        self.root.sync_folder(&self.folder).map_err(&error)?;
        let part = Part::new(request, stretch, &film, name, hex(&sum.finalize()));
        self.note(&key, &part)?;
        Ok(part)
    }

    /// Gives it the name by which it is known, as the last of all.
    pub fn finish(
        self,
        request: &Request,
        mut manifest: Manifest,
    ) -> Result<Exported, ExportError> {
        let error = ArchiveError::disk(self.root.path());
        let parts: Vec<Part> = manifest.parts().cloned().collect();
        let is_known = |name: &str| parts.iter().any(|part| part.file == name);
        for name in self.root.names(&self.folder).map_err(&error)? {
            // Of an export of the same before that found something else.
            if !is_known(&name) {
                self.root.remove(&self.folder.join(name)).map_err(&error)?;
            }
        }
        let bare = request.bare && parts.len() == 1;
        if !bare {
            let page = page::of(&manifest);
            self.put(PAGE, page.as_bytes())?;
            manifest.add_other(PAGE, page.len() as u64, hex(&Sha256::digest(&page)));
        }
        let words = serde_json::to_vec_pretty(&manifest).expect("numbers and texts can be written");
        self.put(MANIFEST, &words)?;
        self.root.sync_folder(&self.folder).map_err(&error)?;
        if !self.root.is_there() {
            return Err(ArchiveError::Missing { path: self.root.path().to_owned() }.into());
        }
        let there = self.root.names(Path::new("")).map_err(&error)?;
        let there: HashSet<String> = there.iter().map(|name| name.to_lowercase()).collect();
        let other = match request.wanted.as_slice() {
            [wanted] => names::called(manifest.camera_name(), wanted.stream.camera),
            _ => "Tessera".to_owned(),
        };
        let name = names::plain(&request.name, &other);
        let stem = format!("{name} {}", names::stamp(request.from, &request.zone));
        let path = if bare {
            let name = names::free(&stem, ".mp4", &there);
            let words = PathBuf::from(format!("{name}.json"));
            self.root.rename(&self.folder.join(MANIFEST), &words).map_err(&error)?;
            let film = self.folder.join(&parts[0].file);
            self.root.rename(&film, Path::new(&name)).map_err(&error)?;
            self.root.remove_folder(&self.folder).ok();
            name
        } else {
            let name = names::free(&stem, "", &there);
            self.root.rename(&self.folder, Path::new(&name)).map_err(&error)?;
            name
        };
        self.root.sync_folder(Path::new("")).map_err(&error)?;
        // Of no use any more; where it stays, a later export removes it.
        self.root.remove(&self.journal_path).ok();
        Ok(Exported {
            path: self.root.path().join(path),
            files: parts.len(),
            bytes: parts.iter().map(|part| part.bytes).sum(),
            resumed: self.resumed,
            damaged: parts.iter().map(|part| part.damaged.len()).sum(),
        })
    }

    /// Leaves nothing of it.
    pub fn discard(self) -> Result<(), ExportError> {
        let error = ArchiveError::disk(self.root.path());
        for name in self.root.names(&self.folder).map_err(&error)? {
            self.root.remove(&self.folder.join(name)).map_err(&error)?;
        }
        self.root.remove_folder(&self.folder).map_err(&error)?;
        Ok(self.root.remove(&self.journal_path).map_err(&error)?)
    }

    /// Whether a film is what was written, by its hash.
    fn is_whole(
        &mut self,
        part: &Part,
        tell: &mut dyn FnMut(u64) -> Wish,
    ) -> Result<bool, ExportError> {
        let Ok(mut file) = self.root.reopen(&self.folder.join(&part.file)) else {
            return Ok(false);
        };
        let (mut sum, mut bytes, mut read) = (Sha256::new(), vec![0; 1 << 20], 0);
        loop {
            let count = match file.read(&mut bytes) {
                Ok(0) | Err(_) => break,
                Ok(count) => count,
            };
            sum.update(&bytes[..count]);
            read += count as u64;
            ask(tell, self.done + read)?;
        }
        let is_same = read == part.bytes && hex(&sum.finalize()) == part.sha256;
        if is_same {
            self.done += read;
        }
        Ok(is_same)
    }

    /// Burns words into a film; its payload, which has no tables yet.
    fn burn(
        &mut self,
        title: &str,
        film: &mut Film,
        burner: &mut dyn BurnIn,
        tell: &mut dyn FnMut(u64) -> Wish,
    ) -> Result<File, ExportError> {
        let path = self.folder.join(BURNT);
        let error = ArchiveError::disk(self.root.path());
        let mut file = BufWriter::new(self.make(&path)?);
        let mut done = self.done;
        film.burn(title, burner, |bytes, step| {
            file.write_all(bytes).map_err(&error)?;
            done += step;
            ask(tell, done)
        })?;
        file.flush().map_err(&error)?;
        self.done = done;
        Ok(self.root.reopen(&path).map_err(&error)?)
    }

    /// Makes a file of the package, whatever was there.
    fn make(&self, path: &Path) -> Result<File, ExportError> {
        self.root.remove(path).ok();
        Ok(self.root.create_shared(path).map_err(ArchiveError::disk(self.root.path()))?)
    }

    fn note(&mut self, film: &str, part: &Part) -> Result<(), ExportError> {
        let error = ArchiveError::disk(self.root.path());
        let entry = Entry { film: film.to_owned(), part: part.clone() };
        let mut line = serde_json::to_vec(&entry).expect("numbers and texts can be written");
        line.push(b'\n');
        self.journal.write_all(&line).and_then(|()| self.journal.sync_data()).map_err(error)?;
        Ok(())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        let path = self.folder.join(name);
        let error = ArchiveError::disk(self.root.path());
        let mut file = self.make(&path)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(&error)?;
        Ok(())
    }
}

fn ask(tell: &mut dyn FnMut(u64) -> Wish, done: u64) -> Result<(), ExportError> {
    match tell(done) {
        Wish::GoOn => Ok(()),
        Wish::Pause => Err(ExportError::Paused),
        Wish::Cancel => Err(ExportError::Cancelled),
    }
}

/// Films that are whole as far as a journal says, which a crash may have cut.
/// What follows is written behind what can be read.
fn read(journal: &mut File) -> HashMap<String, Part> {
    let mut whole = HashMap::new();
    let mut end = 0;
    let mut lines = BufReader::new(&mut *journal);
    let mut line = String::new();
    while lines.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        let Ok(entry) = serde_json::from_str::<Entry>(&line) else { break };
        whole.insert(entry.film, entry.part);
        end += line.len() as u64;
        line.clear();
    }
    drop(lines);
    // Where that fails, nothing is found the next time.
    journal.set_len(end).ok();
    io::Seek::seek(journal, io::SeekFrom::Start(end)).ok();
    whole
}

/// What an export is known by while it is being written: the same where the
/// same is asked for.
fn stem(request: &Request) -> String {
    let wanted = request.wanted.iter().map(|it| (it.stream, &it.name)).collect::<Vec<_>>();
    let asked = format!("{wanted:?} {:?} {} {}", request.volumes, request.from.0, request.bare);
    let asked = format!("{asked} {} {}", request.to.0, request.burn_in);
    let asked = format!("{asked} {:?} {:?}", request.name, request.note);
    format!("{PREFIX}{}", &hex(&Sha256::digest(asked))[..16])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
