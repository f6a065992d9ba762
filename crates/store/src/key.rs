//! Where the key to the passwords is kept.
//!
//! - The database remembers where the key lies, and a proof by which the right
//!   one is recognised.
//! - It is looked for there first, then in the other place.
//! - Asked for [`KeyKeeping::KeyFile`], a key in the keychain moves to the file.
//!   Asked for [`KeyKeeping::Keychain`], a key in the file stays: a keychain
//!   that was away once may be away again when the machine starts by itself.
//! - While passwords lie under a key that is missing, nothing makes a new one
//!   but setting a password; while the keychain does not answer, not even that.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::keychain::Keychain;
use crate::secret::{Key, Sealed};
use crate::{Notice, StoreError, credential, folder, key_file};

/// Where the key to the cameras' passwords is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKeeping {
    /// By the operating system; in the key file, with a [`Notice`], where no
    /// keychain answers within two seconds.
    Keychain,
    /// In `DIR/key`, readable by its owner alone.
    KeyFile,
}

/// The key, or why it is not at hand.
pub(crate) struct Keys {
    keeping: KeyKeeping,
    account: String,
    file: PathBuf,
    keychain: Arc<dyn Keychain>,
    state: State,
}

enum State {
    Ready(Key),
    /// It is gone. The sentence ends with what to do.
    Missing(String),
    /// It may be there when the keychain answers again.
    Unreachable(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Keychain,
    File,
}

impl Keys {
    /// Finds the key, or makes it where no password needs another.
    pub(crate) fn open(
        db: &Connection,
        keeping: KeyKeeping,
        account: &str,
        file: PathBuf,
        keychain: Arc<dyn Keychain>,
        notices: &mut Vec<Notice>,
    ) -> Result<Self, StoreError> {
        let state = State::Missing("there is no key yet; set it again".into());
        let mut keys = Self { keeping, account: account.to_owned(), file, keychain, state };
        keys.close_file(notices);
        if let Some((place, proof)) = remembered(db)? {
            keys.state = keys.find(db, place, &proof)?;
        }
        let locked = credential::read_every_row(db)?;
        match &keys.state {
            State::Ready(_) => {}
            State::Missing(_) | State::Unreachable(_) if locked == 0 => keys.make(db)?,
            State::Missing(reason) | State::Unreachable(reason) => {
                let which = match locked {
                    1 => "The password of one camera".to_owned(),
                    _ => format!("The passwords of {locked} cameras"),
                };
                notices.push(Notice(format!("{which} cannot be read because {reason}.")));
            }
        }
        Ok(keys)
    }

    /// The key, or the end of a sentence that says why there is none and what to do.
    pub(crate) fn key(&self) -> Result<&Key, &str> {
        match &self.state {
            State::Ready(key) => Ok(key),
            State::Missing(reason) | State::Unreachable(reason) => Err(reason),
        }
    }

    /// Before a password is set: makes a key in place of one that is gone.
    pub(crate) fn replace_missing(&mut self, db: &Connection) -> Result<(), StoreError> {
        match self.state {
            State::Missing(_) => self.make(db),
            State::Ready(_) | State::Unreachable(_) => Ok(()),
        }
    }

    fn find(&self, db: &Connection, lies: Place, proof: &Sealed) -> Result<State, StoreError> {
        let places = match (self.keeping, lies) {
            (KeyKeeping::KeyFile, Place::File) => &[Place::File][..],
            (KeyKeeping::KeyFile, Place::Keychain) => &[Place::File, Place::Keychain],
            (KeyKeeping::Keychain, Place::File) => &[Place::File, Place::Keychain],
            (KeyKeeping::Keychain, Place::Keychain) => &[Place::Keychain, Place::File],
        };
        let mut trouble = None;
        for place in places {
            match self.read(*place) {
                Ok(Some(key)) if proves(&key, proof) => {
                    self.settle(db, &key, lies, *place)?;
                    return Ok(State::Ready(key));
                }
                Ok(_) => {}
                Err(reason) => {
                    tracing::warn!(%reason, "the key to the passwords cannot be looked for");
                    trouble = trouble.or((*place == lies).then_some(reason));
                }
            }
        }
        let file = self.file.display();
        Ok(match (self.keeping, lies, trouble) {
            (KeyKeeping::Keychain, Place::Keychain, Some(reason)) => State::Unreachable(format!(
                "the keychain that keeps the key does not answer ({reason}); unlock it and start \
                 Tessera again"
            )),
            (_, Place::Keychain, _) => State::Missing(
                "the key is missing from the operating system's keychain; set it again".into(),
            ),
            (_, Place::File, Some(reason)) => State::Missing(format!(
                "{reason}; put the right key there and start Tessera again, or move the file away \
                 and set the password again"
            )),
            (_, Place::File, None) => {
                State::Missing(format!("the key in {file} is missing or another; set it again"))
            }
        })
    }

    /// Puts a key that was found where it is to lie from now on.
    fn settle(
        &self,
        db: &Connection,
        key: &Key,
        remembered: Place,
        found: Place,
    ) -> Result<(), StoreError> {
        let mut lies = found;
        if self.keeping == KeyKeeping::KeyFile && found == Place::Keychain {
            match key_file::create(&self.file, key) {
                Ok(()) => lies = Place::File,
                Err(error) => {
                    tracing::warn!(%error, "the key to the passwords stays in the keychain");
                }
            }
        }
        if lies != remembered {
            remember(db, lies, key)?;
        }
        if lies != found
            && let Err(reason) = self.keychain.forget(&self.account)
        {
            tracing::warn!(%reason, "the keychain keeps a copy of the key to the passwords");
        }
        Ok(())
    }

    /// Takes the key that lies in the place asked for, or makes one there. The
    /// key is safe before the database knows of it.
    fn make(&mut self, db: &Connection) -> Result<(), StoreError> {
        let file = self.file.display().to_string();
        if self.keeping == KeyKeeping::Keychain {
            match self.read_or_create(Place::Keychain) {
                Ok(key) => return self.adopt(db, Place::Keychain, key),
                // For the log alone: a new owner has no password yet that it
                // could matter for, and the file is as private as the rest.
                Err(reason) => tracing::warn!(
                    "the operating system's keychain does not answer ({reason}), so the key to \
                     the cameras' passwords is kept in {file}, readable by its owner alone"
                ),
            }
        }
        match self.read_or_create(Place::File) {
            Ok(key) => self.adopt(db, Place::File, key),
            Err(reason) => {
                self.state =
                    State::Missing(format!("{reason}; move it away and set the password again"));
                Ok(())
            }
        }
    }

    fn adopt(&mut self, db: &Connection, place: Place, key: Key) -> Result<(), StoreError> {
        remember(db, place, &key)?;
        self.state = State::Ready(key);
        Ok(())
    }

    fn read_or_create(&self, place: Place) -> Result<Key, String> {
        if let Some(key) = self.read(place)? {
            return Ok(key);
        }
        let key = Key::random();
        match place {
            Place::File => key_file::create(&self.file, &key)
                .map_err(|error| format!("{} cannot be written ({error})", self.file.display()))?,
            Place::Keychain => self.keychain.keep(&self.account, &key)?,
        }
        match self.read(place)? {
            Some(kept) if kept == key => Ok(key),
            _ => Err("what was kept did not come back".into()),
        }
    }

    fn read(&self, place: Place) -> Result<Option<Key>, String> {
        match place {
            Place::File => key_file::read(&self.file),
            Place::Keychain => self.keychain.read(&self.account),
        }
    }

    fn close_file(&self, notices: &mut Vec<Notice>) {
        if fs::metadata(&self.file).is_err() {
            return;
        }
        let file = self.file.display();
        match folder::tighten_file(&self.file) {
            Ok(false) => {}
            Ok(true) => notices.push(Notice(format!(
                "Others could read {file}, the key to the cameras' passwords; now they cannot. If \
                 this machine has other users, change the passwords."
            ))),
            Err(error) => notices.push(Notice(format!(
                "Others can read {file}, the key to the cameras' passwords ({error}). Take their \
                 permission away."
            ))),
        }
    }
}

const IDENTITY: &str = "key:proof";
const PROOF: &[u8] = b"tessera";

fn proves(key: &Key, proof: &Sealed) -> bool {
    key.open(IDENTITY, proof).is_some_and(|text| text.as_slice() == PROOF)
}

fn remembered(db: &Connection) -> rusqlite::Result<Option<(Place, Sealed)>> {
    db.query_row("select place, nonce, proof from password_key", [], |row| {
        let place = match row.get::<_, String>(0)?.as_str() {
            "keychain" => Place::Keychain,
            _ => Place::File,
        };
        Ok((place, Sealed { nonce: row.get(1)?, text: row.get(2)? }))
    })
    .optional()
}

fn remember(db: &Connection, place: Place, key: &Key) -> rusqlite::Result<()> {
    let word = match place {
        Place::Keychain => "keychain",
        Place::File => "file",
    };
    let proof = key.seal(IDENTITY, PROOF);
    db.execute(
        "insert or replace into password_key (one, place, nonce, proof) values (1, ?, ?, ?)",
        params![word, proof.nonce, proof.text],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests;
