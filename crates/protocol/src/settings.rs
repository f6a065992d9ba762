use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the owner chose, kept by the server for all viewers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// Colours of the interface.
    pub theme: Theme,
    /// The layout shown when a viewer opens.
    pub layout: u32,
    /// Whether the engine goes on when the last window closes.
    pub keep_running: bool,
    /// Shortcuts in place of those the program has, by the id of their action;
    /// empty where it is to have none. At most 200; ids have at most 64
    /// characters, shortcuts 32.
    pub keys: BTreeMap<String, String>,
}

/// Colours of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
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
