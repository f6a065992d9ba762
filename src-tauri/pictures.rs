//! Pictures that the UI hands over, in the person's own folder of pictures.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use directories::UserDirs;
use protocol::{Failure, FailureCode, MAX_STILL_BYTES};

/// What a JPEG begins with.
const START: [u8; 2] = [0xff, 0xd8];

/// Writes a JPEG, in Base64, under this name or, where that is taken, the same
/// with a number; where it is now.
pub fn keep(name: &str, jpeg: &str) -> Result<PathBuf, Failure> {
    let refused = |message: &str| Failure::new(FailureCode::BadRequest, message);
    if !is_plain(name) {
        return Err(refused("The picture has a name that no file of a picture has."));
    }
    // The page is shown pictures of strangers; it is not trusted to write anything else.
    let file = BASE64_STANDARD.decode(jpeg).unwrap_or_default();
    if !file.starts_with(&START) || file.len() > MAX_STILL_BYTES {
        return Err(refused("What came is no picture."));
    }
    let folder = folder()?;
    write(&folder, name, &file).map_err(|error| {
        let message = format!("The picture could not be written to {}: {error}", folder.display());
        Failure::new(FailureCode::Storage, message)
    })
}

/// For pictures where there is one; else for what was downloaded.
fn folder() -> Result<PathBuf, Failure> {
    let user = UserDirs::new().ok_or_else(|| {
        Failure::new(FailureCode::Storage, "This user has no folder for pictures.")
    })?;
    let folder = user.picture_dir().or(user.download_dir());
    Ok(folder.unwrap_or(user.home_dir()).to_owned())
}

/// Whether it is one name, of a picture, in whatever folder on whatever system.
fn is_plain(name: &str) -> bool {
    let is_hidden = name.starts_with('.');
    let leads_elsewhere = name.contains(['/', '\\', ':', '\0']);
    !is_hidden && !leads_elsewhere && name.len() <= 255 && name.ends_with(".jpg")
}

/// Under another name until it is whole. Nothing that is there is replaced.
fn write(folder: &Path, name: &str, file: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = reserve(folder, name)?;
    let unfinished = path.with_extension("part");
    let written = File::create(&unfinished)
        .and_then(|mut part| part.write_all(file).and_then(|()| part.sync_all()))
        .and_then(|()| fs::rename(&unfinished, &path));
    if let Err(error) = written {
        fs::remove_file(&unfinished).ok();
        fs::remove_file(&path).ok();
        return Err(error);
    }
    Ok(path)
}

/// Makes an empty file that was not there.
fn reserve(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let stem = name.strip_suffix(".jpg").unwrap_or(name);
    let others = (2..).map(|number: u32| format!("{stem} ({number}).jpg"));
    for name in std::iter::once(name.to_owned()).chain(others) {
        let path = folder.join(name);
        match File::create_new(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    unreachable!("numbers do not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_folder() {
        for name in ["Gate 2026-11-22 10.15.00+0100.jpg", "🚪 _.._ Door.jpg", "שער.jpg"] {
            assert!(is_plain(name), "{name}");
        }
        let long = format!("{}.jpg", "a".repeat(255));
        let others = ["../gate.jpg", "/gate.jpg", "a\\b.jpg", "C:gate.jpg", ".jpg", ".gate.jpg"];
        for name in others.into_iter().chain(["gate", "gate.sh", "gate.jpg\0", &long]) {
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn what_is_no_picture_is_not_written() {
        for jpeg in ["", "not Base64!", "aGVsbG8="] {
            let refused = keep("Gate.jpg", jpeg).expect_err(jpeg);
            assert_eq!(refused.code, FailureCode::BadRequest);
        }
    }

    #[test]
    fn nothing_that_is_there_is_replaced_and_nothing_else_is_left() {
        let folder = std::env::temp_dir().join(format!("tessera-pictures-{}", std::process::id()));
        let names = ["Gate.jpg", "Gate (2).jpg", "Gate (3).jpg"];
        for (number, name) in names.into_iter().enumerate() {
            let path = write(&folder, "Gate.jpg", &[number as u8]).expect("written");
            assert_eq!(path, folder.join(name));
        }
        for (number, name) in names.into_iter().enumerate() {
            assert_eq!(fs::read(folder.join(name)).expect("read"), [number as u8]);
        }
        assert_eq!(fs::read_dir(&folder).expect("names").count(), names.len());
        // Its unfinished form cannot be written.
        fs::create_dir(folder.join("Yard.part")).expect("a folder");
        write(&folder, "Yard.jpg", b"yard").expect_err("it is a folder");
        assert!(!folder.join("Yard.jpg").exists());
        fs::remove_dir_all(&folder).expect("removed");
    }
}
