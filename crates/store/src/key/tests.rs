use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

use media::{CameraId, Clock};
use tempfile::TempDir;

use super::*;
use crate::{CameraSource, NewCamera, Secret, Store};

#[derive(Default)]
struct FakeKeychain(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    is_silent: bool,
    keys: HashMap<String, Key>,
}

impl FakeKeychain {
    fn silence(&self, is_silent: bool) {
        self.0.lock().unwrap().is_silent = is_silent;
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap().keys.len()
    }

    fn ask<T>(&self, question: impl FnOnce(&mut HashMap<String, Key>) -> T) -> Result<T, String> {
        let mut inside = self.0.lock().unwrap();
        if inside.is_silent {
            Err("no answer in 2 s".into())
        } else {
            Ok(question(&mut inside.keys))
        }
    }
}

impl Keychain for FakeKeychain {
    fn read(&self, account: &str) -> Result<Option<Key>, String> {
        self.ask(|keys| keys.get(account).cloned())
    }

    fn keep(&self, account: &str, key: &Key) -> Result<(), String> {
        self.ask(|keys| drop(keys.insert(account.into(), key.clone())))
    }

    fn forget(&self, account: &str) -> Result<(), String> {
        self.ask(|keys| drop(keys.remove(account)))
    }
}

struct Fixture {
    dir: TempDir,
    keychain: Arc<FakeKeychain>,
}

impl Fixture {
    fn new() -> Self {
        Self { dir: TempDir::new().unwrap(), keychain: Arc::default() }
    }

    /// With one camera and its password "sesame", unless there is one.
    fn open(&self, keeping: KeyKeeping) -> (Store, Vec<String>) {
        let opened =
            Store::open_with(self.dir.path(), keeping, Clock::system(), self.keychain.clone());
        let (mut store, notices) = opened.unwrap();
        if store.cameras().unwrap().is_empty() {
            let camera = NewCamera { name: "x".into(), source: CameraSource::Demo };
            store.add_camera(&camera).unwrap();
            set(&mut store, "sesame").unwrap();
        }
        (store, notices.into_iter().map(|Notice(sentence)| sentence).collect())
    }

    fn key_file(&self) -> bool {
        self.file().exists()
    }

    fn file(&self) -> PathBuf {
        Path::join(self.dir.path(), "key")
    }
}

fn set(store: &mut Store, password: &str) -> Result<(), String> {
    let outcome = store.set_credentials(CameraId(1), "root", &Secret::new(password.into()));
    outcome.map(drop).map_err(|error| error.to_string())
}

fn read(store: &Store) -> Result<String, String> {
    match store.credentials(CameraId(1)) {
        Ok(kept) => Ok(kept.unwrap().password.expose().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

const NONE: [String; 0] = [];

#[test]
fn the_keychain_keeps_the_key() {
    let f = Fixture::new();
    for _ in 0..2 {
        let (store, notices) = f.open(KeyKeeping::Keychain);
        assert_eq!(notices, NONE);
        assert_eq!(read(&store).unwrap(), "sesame");
        assert_eq!((f.keychain.len(), f.key_file()), (1, false));
    }
}

#[test]
fn where_no_keychain_answers_the_file_keeps_it_from_then_on() {
    let f = Fixture::new();
    f.keychain.silence(true);
    let (_, notices) = f.open(KeyKeeping::Keychain);
    assert_eq!(notices, NONE);
    for is_silent in [true, false] {
        f.keychain.silence(is_silent);
        let (store, notices) = f.open(KeyKeeping::Keychain);
        assert_eq!(notices, NONE);
        assert_eq!(read(&store).unwrap(), "sesame");
    }
    assert_eq!((f.keychain.len(), f.key_file()), (0, true));
}

#[test]
fn asking_for_the_file_moves_the_key_there() {
    let f = Fixture::new();
    drop(f.open(KeyKeeping::Keychain));
    for keeping in [KeyKeeping::KeyFile, KeyKeeping::KeyFile, KeyKeeping::Keychain] {
        let (store, notices) = f.open(keeping);
        assert_eq!(notices, NONE);
        assert_eq!(read(&store).unwrap(), "sesame");
        assert_eq!((f.keychain.len(), f.key_file()), (0, true));
    }
}

#[test]
fn a_move_that_was_interrupted_is_finished() {
    let f = Fixture::new();
    let (store, _) = f.open(KeyKeeping::Keychain);
    let key = f.keychain.read(store.server_id()).unwrap().unwrap();
    drop(store);
    key_file::create(&f.file(), &key).unwrap();
    let (store, notices) = f.open(KeyKeeping::KeyFile);
    assert_eq!(notices, NONE);
    assert_eq!(read(&store).unwrap(), "sesame");
}

#[test]
fn a_keychain_that_is_silent_today_loses_nothing() {
    let f = Fixture::new();
    drop(f.open(KeyKeeping::Keychain));
    f.keychain.silence(true);
    let (mut store, notices) = f.open(KeyKeeping::Keychain);
    assert_eq!(notices.len(), 1, "{notices:?}");
    let why = "because the keychain that keeps the key does not answer (no answer in 2 s); unlock \
               it and start Tessera again.";
    assert_eq!(read(&store).unwrap_err(), format!("The password of camera 1 cannot be read {why}"));
    let refused = set(&mut store, "new").unwrap_err();
    assert_eq!(refused, format!("The password of camera 1 cannot be kept {why}"));
    assert!(!f.key_file());

    f.keychain.silence(false);
    assert_eq!(read(&f.open(KeyKeeping::Keychain).0).unwrap(), "sesame");
}

#[test]
fn a_keychain_that_forgot_is_given_a_new_key_when_a_password_is_set() {
    let f = Fixture::new();
    let (store, _) = f.open(KeyKeeping::Keychain);
    f.keychain.forget(store.server_id()).unwrap();
    drop(store);
    let (mut store, notices) = f.open(KeyKeeping::Keychain);
    assert_eq!(notices.len(), 1);
    assert_eq!(f.keychain.len(), 0, "not before");
    assert!(read(&store).unwrap_err().ends_with("keychain; set it again."));
    set(&mut store, "new").unwrap();
    assert_eq!(read(&store).unwrap(), "new");
    assert_eq!(f.keychain.len(), 1);
}

#[test]
fn a_machine_without_the_old_keychain_goes_on_with_the_file() {
    let f = Fixture::new();
    drop(f.open(KeyKeeping::Keychain));
    f.keychain.silence(true);
    let (mut store, _) = f.open(KeyKeeping::KeyFile);
    assert!(read(&store).unwrap_err().ends_with("set it again."));
    set(&mut store, "new").unwrap();
    drop(store);
    let (store, notices) = f.open(KeyKeeping::KeyFile);
    assert_eq!(notices, NONE);
    assert_eq!(read(&store).unwrap(), "new");
}

#[test]
fn without_passwords_a_lost_key_is_replaced_silently() {
    let f = Fixture::new();
    let (mut store, _) = f.open(KeyKeeping::KeyFile);
    store.forget_credentials(CameraId(1)).unwrap();
    drop(store);
    fs::remove_file(f.file()).unwrap();
    let (mut store, notices) = f.open(KeyKeeping::KeyFile);
    assert_eq!(notices, NONE);
    set(&mut store, "new").unwrap();
    assert_eq!(read(&store).unwrap(), "new");
}
