//! The operating system's keychain, which may be locked, absent or hanging.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::secret::Key;

/// How long opening may wait for the keychain. A locked one asks its owner,
/// who may not be there.
const PATIENCE: Duration = Duration::from_secs(2);

const SERVICE: &str = "tessera";

/// Where keys are kept by account. Errors say why the keychain is of no use now.
pub(crate) trait Keychain: Send + Sync {
    fn read(&self, account: &str) -> Result<Option<Key>, String>;
    fn keep(&self, account: &str, key: &Key) -> Result<(), String>;
    fn forget(&self, account: &str) -> Result<(), String>;
}

/// Keychain Services, Credential Manager or the Secret Service.
pub(crate) struct SystemKeychain;

impl Keychain for SystemKeychain {
    fn read(&self, account: &str) -> Result<Option<Key>, String> {
        ask(account, |entry| match entry.get_secret() {
            Ok(bytes) => {
                let bytes = zeroize::Zeroizing::new(bytes);
                Key::from_bytes(&bytes).map(Some).ok_or_else(|| "its entry is damaged".into())
            }
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error.to_string()),
        })
    }

    fn keep(&self, account: &str, key: &Key) -> Result<(), String> {
        let key = key.clone();
        ask(account, move |entry| entry.set_secret(key.bytes()).map_err(|it| it.to_string()))
    }

    fn forget(&self, account: &str) -> Result<(), String> {
        ask(account, |entry| entry.delete_credential().map_err(|it| it.to_string()))
    }
}

/// Asks on a thread of its own, which is left behind when no answer comes.
fn ask<T: Send + 'static>(
    account: &str,
    question: impl FnOnce(keyring::Entry) -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let account = account.to_owned();
    let (answer, answered) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("keychain".into())
        .spawn(move || {
            let entry = keyring::Entry::new(SERVICE, &account);
            // Nobody waits for an answer that comes too late.
            let _ = answer.send(entry.map_err(unavailable).and_then(question));
        })
        .map_err(|error| error.to_string())?;
    answered
        .recv_timeout(PATIENCE)
        .unwrap_or_else(|_| Err(format!("no answer in {} s", PATIENCE.as_secs())))
}

fn unavailable(error: keyring::Error) -> String {
    match keyring::Entry::store_status() {
        Err(cause) => cause.to_string(),
        Ok(()) => error.to_string(),
    }
}
