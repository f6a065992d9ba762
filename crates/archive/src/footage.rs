//! A segment to be read.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::ArchiveError;
use crate::index::Segment;
use crate::mp4::{Head, Picture, Scan, Sound};

/// A segment to be read: what it is, its pictures and its sound.
pub struct Footage<F = File> {
    file: F,
    head: Head,
    pictures: Vec<Picture>,
    sounds: Vec<Sound>,
    /// Whether some of it is damaged and left out.
    is_damaged: bool,
}

impl Footage {
    /// Opens a segment of the volume at `root`, as far as its row says that it
    /// is on the disk.
    pub fn open(root: &Path, segment: &Segment) -> Result<Self, ArchiveError> {
        let path = root.join(segment.place());
        let file = File::open(&path).map_err(ArchiveError::disk(&path))?;
        Self::read(file, segment.bytes)
    }
}

impl<F: Read + Seek> Footage<F> {
    /// Reads what a segment holds from its start, and the fragments that begin
    /// in its first `bytes`.
    pub fn read(mut file: F, bytes: u64) -> Result<Self, ArchiveError> {
        let head = Head::read(&mut file)?;
        let begin = file.stream_position();
        let begin = begin.map_err(|error| ArchiveError::unreadable(0, error.to_string()))?;
        let mut scan = Scan::new(&mut file, begin)?;
        let (mut pictures, mut sounds, mut is_damaged) = (Vec::new(), Vec::new(), false);
        while scan.offset() < bytes {
            match scan.next() {
                Ok(Some(fragment)) => {
                    pictures.extend(fragment.pictures);
                    sounds.extend(fragment.sounds);
                }
                Ok(None) => break,
                Err(_) => {
                    is_damaged = true;
                    if !scan.skip()? {
                        break;
                    }
                }
            }
        }
        Ok(Self { file, head, pictures, sounds, is_damaged })
    }

    /// What it is.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Its pictures in the order of decoding.
    pub fn pictures(&self) -> &[Picture] {
        &self.pictures
    }

    /// Its sound in order.
    pub fn sounds(&self) -> &[Sound] {
        &self.sounds
    }

    /// Whether some of it is damaged and left out.
    pub fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// The payload of one of its pictures.
    pub fn payload(&mut self, picture: &Picture) -> Result<Vec<u8>, ArchiveError> {
        self.bytes(picture.offset, picture.size)
    }

    /// The payload of some of its sound.
    pub fn sound(&mut self, sound: &Sound) -> Result<Vec<u8>, ArchiveError> {
        self.bytes(sound.offset, sound.size)
    }

    fn bytes(&mut self, offset: u64, size: u32) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = vec![0; size as usize];
        let read = self.file.seek(SeekFrom::Start(offset));
        let read = read.and_then(|_| self.file.read_exact(&mut bytes));
        read.map_err(|error| ArchiveError::unreadable(offset, error.to_string()))?;
        Ok(bytes)
    }
}
