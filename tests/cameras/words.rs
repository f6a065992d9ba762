//! Words that must not be found anywhere.

use std::fs;
use std::path::Path;

use anyhow::Result;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use protocol::{Login, Sensitive};
use testkit::statistics;

use super::Site;

/// A user and a password that would be recognised however they were written.
#[derive(Clone, Copy)]
pub struct Password {
    /// A word of plain letters that is nowhere else.
    pub stem: &'static str,
    /// What follows it: characters that mean something in addresses or headers.
    pub tail: &'static str,
}

impl Password {
    /// Who has it.
    pub const USER: &str = "operator";

    /// The whole of it.
    pub fn text(self) -> String {
        format!("{}{}", self.stem, self.tail)
    }

    /// With its user.
    pub fn login(self) -> Login {
        Login { user: Self::USER.to_owned(), password: Sensitive(self.text()) }
    }

    /// Ways to write it, in part at least: escaping changes no plain letters.
    fn forms(self) -> [String; 3] {
        let whole = |said: String| {
            let mut said = BASE64_STANDARD.encode(said);
            // The last characters depend on what follows.
            said.truncate(said.len() / 4 * 3);
            said
        };
        let pair = format!("{}:{}", Self::USER, self.stem);
        [self.stem.to_owned(), whole(pair), whole(self.stem.to_owned())]
    }
}

/// Where any of `passwords` can be read: in any file of the data directory, in
/// what the engine tells viewers, in its arguments and in what it prints.
pub async fn found(site: &Site, passwords: &[Password]) -> Result<Vec<String>> {
    let mut places = Vec::new();
    files(site.data.path(), &mut places)?;
    let mut client = site.server.client().await?;
    let snapshot = serde_json::to_vec(client.snapshot())?;
    places.push(("the snapshot".to_owned(), snapshot));
    let counted = serde_json::to_vec(&statistics(&mut client).await?)?;
    places.push(("the statistics".to_owned(), counted));
    for name in ["cmdline", "environ"] {
        let path = format!("/proc/{}/{name}", site.engine());
        places.push((path.clone(), fs::read(path)?));
    }
    places.push(("standard error".to_owned(), site.server.process().stderr().into_bytes()));
    let forms: Vec<String> = passwords.iter().flat_map(|it| it.forms()).collect();
    let holds = |text: &[u8]| {
        let has = |form: &String| text.windows(form.len()).any(|it| it == form.as_bytes());
        forms.iter().any(has)
    };
    Ok(places.into_iter().filter(|(_, text)| holds(text)).map(|(place, _)| place).collect())
}

/// What is in the files below `dir`.
fn files(dir: &Path, places: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            files(&entry.path(), places)?;
        } else if kind.is_file() {
            places.push((entry.path().display().to_string(), fs::read(entry.path())?));
        }
    }
    Ok(())
}
