//! The key in a file of its own: 64 hexadecimal digits and a line feed.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::reason;
use crate::folder::{create_file, sync_dir};
use crate::secret::Key;

/// The key, if the file is there; else why it cannot be used.
pub(crate) fn read(path: &Path) -> Result<Option<Key>, String> {
    let text = match fs::read(path) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(format!("{} cannot be read ({})", path.display(), reason(&error)));
        }
    };
    let key = decode(text.trim_ascii_end())
        .ok_or_else(|| format!("the key in {} is damaged", path.display()))?;
    Ok(Some(key))
}

/// Keeps the key, whole or not at all; refuses where there is one.
pub(crate) fn create(path: &Path, key: &Key) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_file(&unfinished)?;
    }
    let mut text = Zeroizing::new(String::with_capacity(2 * Key::BYTES + 1));
    for byte in key.bytes() {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(digit.into(), 16));
        }
    }
    text.push('\n');
    let mut file = create_file(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // A hard link, unlike a rename, never takes the place of a key that is there.
    match fs::hard_link(&unfinished, path) {
        Ok(()) => fs::remove_file(&unfinished)?,
        Err(_) if !path.exists() => fs::rename(&unfinished, path)?,
        Err(error) => return Err(error),
    }
    path.parent().map_or(Ok(()), sync_dir)
}

fn decode(text: &[u8]) -> Option<Key> {
    if text.len() != 2 * Key::BYTES {
        return None;
    }
    let mut bytes = Zeroizing::new([0; Key::BYTES]);
    for (byte, digits) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let digit = |at: usize| char::from(digits[at]).to_digit(16);
        *byte = (digit(0)? << 4 | digit(1)?) as u8;
    }
    Key::from_bytes(bytes.as_slice())
}
