//! What the owner chose.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use crate::{StoreError, words};

/// How many shortcuts the owner may choose.
const MAX_SHORTCUTS: usize = 200;

/// The longest id of an action, in characters.
const MAX_ACTION: usize = 64;

/// The longest shortcut, in characters.
const MAX_KEYS: usize = 32;

/// What the owner chose, for all viewers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Colours of the interface.
    pub theme: Theme,
    /// The layout shown when a viewer opens.
    pub layout: u32,
    /// Whether the engine goes on when the last window closes.
    pub keep_running: bool,
    /// Shortcuts in place of those the program has, by the id of their action;
    /// empty where it is to have none.
    pub keys: BTreeMap<String, String>,
}

/// Colours of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the operating system says.
    System,
    /// For dark rooms.
    #[default]
    Dark,
    /// For lit rooms.
    Light,
    /// Black, white and bright.
    HighContrast,
}

impl Theme {
    const ALL: [Self; 4] = [Self::System, Self::Dark, Self::Light, Self::HighContrast];

    fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "highContrast",
        }
    }
}

pub(crate) fn get(db: &Connection) -> rusqlite::Result<Settings> {
    let keys = db
        .prepare_cached("select action, keys from shortcut")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    db.query_row("select theme, layout_id, keep_running from settings", [], |row| {
        let word: String = row.get(0)?;
        let theme = Theme::ALL.into_iter().find(|theme| theme.word() == word);
        Ok(Settings {
            theme: theme.unwrap_or_default(),
            layout: row.get(1)?,
            keep_running: row.get(2)?,
            keys,
        })
    })
}

pub(crate) fn set(db: &Connection, settings: &Settings) -> Result<(), StoreError> {
    check_keys(&settings.keys)?;
    let exists: bool = db.query_row(
        "select exists (select 1 from layout where id = ?)",
        [settings.layout],
        |row| row.get(0),
    )?;
    if !exists {
        return Err(StoreError::NotFound { what: format!("layout {}", settings.layout) });
    }
    db.execute(
        "update settings set theme = ?, layout_id = ?, keep_running = ?",
        params![settings.theme.word(), settings.layout, settings.keep_running],
    )?;
    db.execute("delete from shortcut", [])?;
    for (action, keys) in &settings.keys {
        db.execute("insert into shortcut (action, keys) values (?, ?)", [action, keys])?;
    }
    Ok(())
}

fn check_keys(keys: &BTreeMap<String, String>) -> Result<(), StoreError> {
    if keys.len() > MAX_SHORTCUTS {
        return Err(StoreError::invalid(format!(
            "There can be {MAX_SHORTCUTS} shortcuts of your own. Reset one first."
        )));
    }
    for (action, keys) in keys {
        if action.is_empty() {
            return Err(StoreError::invalid("A shortcut needs the id of an action."));
        }
        words::short_line("The id of an action", action, MAX_ACTION)?;
        words::short_line("A shortcut", keys, MAX_KEYS)?;
    }
    Ok(())
}
