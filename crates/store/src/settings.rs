//! What the owner chose.

use rusqlite::{Connection, params};

use crate::StoreError;

/// What the owner chose, for all viewers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Colours of the interface.
    pub theme: Theme,
    /// The layout shown when a viewer opens.
    pub layout: u32,
    /// Whether the engine goes on when the last window closes.
    pub keep_running: bool,
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
    db.query_row("select theme, layout_id, keep_running from settings", [], |row| {
        let word: String = row.get(0)?;
        let theme = Theme::ALL.into_iter().find(|theme| theme.word() == word);
        Ok(Settings {
            theme: theme.unwrap_or_default(),
            layout: row.get(1)?,
            keep_running: row.get(2)?,
        })
    })
}

pub(crate) fn set(db: &Connection, settings: &Settings) -> Result<(), StoreError> {
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
    Ok(())
}
