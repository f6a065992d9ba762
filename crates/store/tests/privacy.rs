//! Rows S1 and S2 of the catalogue of faults: who can read what. And what is
//! said where nothing can be written.
#![expect(clippy::unwrap_used, reason = "what tests share is a test as well")]

use std::fs;
use std::io;
use std::path::Path;

use media::{CameraId, Clock};
use store::{CameraSource, KeyKeeping, NewCamera, Notice, Secret, Store, StoreError};
use tempfile::TempDir;

fn try_open(dir: &Path) -> Result<(Store, Vec<Notice>), StoreError> {
    Store::open(dir, KeyKeeping::KeyFile, Clock::system())
}

fn open(dir: &Path) -> Store {
    let (store, notices) = try_open(dir).unwrap();
    assert_eq!(notices, []);
    store
}

/// One camera for each password.
fn prepared(passwords: &[&str]) -> TempDir {
    let dir = TempDir::new().unwrap();
    let mut store = open(dir.path());
    for password in passwords {
        let camera = NewCamera { name: "x".into(), source: CameraSource::Demo };
        let id = store.add_camera(&camera).unwrap().id;
        store.set_credentials(id, "root", &Secret::new((*password).into())).unwrap();
    }
    dir
}

/// Why the password of the camera cannot be read.
fn refusal(store: &Store, id: u32) -> String {
    match store.credentials(CameraId(id)) {
        Err(error @ StoreError::Key { .. }) => error.to_string(),
        outcome => panic!("{outcome:?}"),
    }
}

#[test]
fn no_file_holds_a_password() {
    const CANARY: &[u8] = b"canary-3f9a-password";
    let dir = prepared(&["canary-3f9a-password"]);
    let mut store = open(dir.path());
    store.back_up().unwrap();
    store.rename_camera(CameraId(1), "the log is in use").unwrap();
    let mut looked_at = 0;
    let mut folders = vec![dir.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            looked_at += 1;
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(CANARY.len()).any(|it| it == CANARY), "{}", path.display());
        }
    }
    assert_eq!(looked_at, 5, "database, log, shared memory, key, backup");
    let shown = format!("{:?}", store.credentials(CameraId(1)));
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn a_missing_key_locks_the_passwords_and_nothing_else() {
    let dir = prepared(&["one", "two"]);
    fs::remove_file(dir.path().join("key")).unwrap();
    let (mut store, notices) = try_open(dir.path()).unwrap();
    assert_eq!(notices.len(), 1);
    assert!(notices[0].0.starts_with("The passwords of 2 cameras cannot be read because the key"));
    let sentence = refusal(&store, 2);
    assert!(sentence.starts_with("The password of camera 2 cannot be read because the key in "));
    assert!(sentence.ends_with("/key is missing or another; set it again."), "{sentence}");
    assert!(
        !dir.path().join("key").exists(),
        "nothing takes the place of a key that may come back"
    );
    assert!(store.cameras().unwrap().iter().all(|camera| camera.has_password));
    store.rename_camera(CameraId(1), "renamed").unwrap();

    // Set again, under a new key; the other one stays locked.
    store.set_credentials(CameraId(2), "root", &Secret::new("new".into())).unwrap();
    let store = open(dir.path());
    assert_eq!(store.credentials(CameraId(2)).unwrap().unwrap().password.expose(), "new");
    assert!(refusal(&store, 1).ends_with("with another key or altered; set it again."));
}

#[test]
fn a_wrong_key_is_noticed() {
    let dir = prepared(&["one"]);
    let other = prepared(&["other"]);
    fs::copy(other.path().join("key"), dir.path().join("key")).unwrap();
    let (store, notices) = try_open(dir.path()).unwrap();
    assert_eq!(notices.len(), 1);
    assert!(refusal(&store, 1).contains("is missing or another"));
}

#[test]
fn a_damaged_key_is_not_overwritten() {
    let dir = prepared(&["one"]);
    let key = dir.path().join("key");
    fs::write(&key, "not a key").unwrap();
    let (mut store, _) = try_open(dir.path()).unwrap();
    assert!(refusal(&store, 1).contains("is damaged; put the right key there"));
    let outcome = store.set_credentials(CameraId(1), "root", &Secret::new("new".into()));
    let sentence = outcome.unwrap_err().to_string();
    assert!(sentence.contains("cannot be kept because the key in"), "{sentence}");
    assert_eq!(fs::read(&key).unwrap(), b"not a key");
}

#[test]
fn a_password_moved_to_another_camera_does_not_open() {
    let dir = prepared(&["one", "two"]);
    let raw = rusqlite::Connection::open(dir.path().join("tessera.sqlite")).unwrap();
    raw.execute_batch(
        "update credential set (nonce, password) =
           (select nonce, password from credential where camera_id = 1) where camera_id = 2",
    )
    .unwrap();
    drop(raw);
    let store = open(dir.path());
    assert_eq!(store.credentials(CameraId(1)).unwrap().unwrap().password.expose(), "one");
    assert!(refusal(&store, 2).contains("altered"));
}

#[test]
fn a_key_made_before_the_database_knew_of_it_is_used() {
    let dir = TempDir::new().unwrap();
    let digits = "0123456789abcdef".repeat(4);
    fs::write(dir.path().join("key"), &digits).unwrap();
    let _ = try_open(dir.path()).unwrap();
    assert_eq!(fs::read_to_string(dir.path().join("key")).unwrap(), digits);
}

#[test]
fn where_nothing_can_be_written_the_folder_is_named() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let check = |path: &Path, reason: &str| {
        let error = try_open(path).err().unwrap();
        assert!(matches!(error, StoreError::NotWritable { .. }), "{error:?}");
        let expected = format!(
            "Tessera cannot write to {}: {reason}. Choose another folder with --data or change \
             its permissions.",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
    };
    check(&file, "it is a file, not a folder");
    check(&file.join("below"), "it is a file, not a folder");
    if cfg!(target_os = "linux") {
        // Not even root makes a folder there.
        check(Path::new("/proc/tessera"), "it is not there and cannot be made");
    }
    let read_only = StoreError::NotWritable {
        path: "/x".into(),
        source: io::ErrorKind::ReadOnlyFilesystem.into(),
    };
    let beginning = "Tessera cannot write to /x: the file system is read-only. ";
    assert!(read_only.to_string().starts_with(beginning), "{read_only}");
    let denied =
        StoreError::NotWritable { path: "/x".into(), source: io::Error::from_raw_os_error(13) };
    assert_eq!(
        denied.to_string(),
        "Tessera cannot write to /x: permission denied. Choose another folder with --data or \
         change its permissions."
    );
}

#[cfg(unix)]
mod modes {
    use std::os::unix::fs::PermissionsExt as _;

    use rustix::fs::Mode;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn whatever_the_umask_only_the_owner_reads() {
        for umask in [0o000, 0o022, 0o377] {
            let base = TempDir::new().unwrap();
            let dir = base.path().join("a/b");
            // The process's, and thus the other tests' as well, which do not mind.
            let before = rustix::process::umask(Mode::from_raw_mode(0));
            fs::create_dir(base.path().join("a")).unwrap();
            rustix::process::umask(Mode::from_raw_mode(umask));
            let mut store = open(&dir);
            store.back_up().unwrap();
            let camera = NewCamera { name: "x".into(), source: CameraSource::Demo };
            store.add_camera(&camera).unwrap();
            drop(store);
            fs::write(dir.join("tessera.sqlite"), "rubble").unwrap();
            let (store, notices) = try_open(&dir).unwrap();
            rustix::process::umask(before);
            assert_eq!(notices.len(), 1);

            let mut folders = vec![dir];
            let mut files = 0;
            while let Some(folder) = folders.pop() {
                assert_eq!(mode(&folder), 0o700, "{}", folder.display());
                for entry in fs::read_dir(folder).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_dir() {
                        folders.push(path);
                    } else {
                        files += 1;
                        assert_eq!(mode(&path), 0o600, "{} under {umask:o}", path.display());
                    }
                }
            }
            assert_eq!(files, 6, "database, log, shared memory, key, backup, damaged file");
            drop(store);
        }
    }

    #[test]
    fn what_was_open_to_others_is_closed() {
        let dir = prepared(&["one"]);
        let database = dir.path().join("tessera.sqlite");
        set_mode(dir.path(), 0o755);
        set_mode(&database, 0o644);
        let _store = open(dir.path());
        assert_eq!((mode(dir.path()), mode(&database)), (0o700, 0o600));
    }

    #[test]
    fn a_key_that_others_could_read_is_closed_and_said_so() {
        let dir = prepared(&["one"]);
        let key = dir.path().join("key");
        set_mode(&key, 0o640);
        let (store, notices) = try_open(dir.path()).unwrap();
        assert!(notices[0].0.starts_with("Others could read "), "{notices:?}");
        assert_eq!(mode(&key), 0o600);
        assert!(store.credentials(CameraId(1)).unwrap().is_some());
    }

    #[test]
    fn a_folder_that_is_not_tesseras_alone_is_left_open() {
        let dir = TempDir::new().unwrap();
        fs::create_dir(dir.path().join("somebody's")).unwrap();
        set_mode(&dir.path().join("somebody's"), 0o755);
        set_mode(dir.path(), 0o755);
        let sticky = TempDir::new().unwrap();
        set_mode(sticky.path(), 0o1777);
        let _stores = [open(dir.path()), open(sticky.path())];
        assert_eq!((mode(dir.path()), mode(sticky.path())), (0o755, 0o1777));
        assert_eq!(mode(&dir.path().join("tessera.sqlite")), 0o600);
    }
}
