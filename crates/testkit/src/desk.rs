use std::ffi::OsStr;
use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::{Bus, Display, Place};

/// What a desktop session gives its programs: a screen, a session bus, and
/// directories; all of a test's own.
pub struct Desk {
    display: Display,
    bus: Bus,
    place: Place,
}

impl Desk {
    /// Sets one up with a screen of `width` × `height` pixels.
    pub async fn start(width: u16, height: u16) -> Result<Self> {
        let place = Place::new()?;
        let display = Display::start(width, height).await?;
        let bus = Bus::start(&place).await?;
        Ok(Self { display, bus, place })
    }

    /// Its screen.
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// Its directory.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// `program`, to be run in this session.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Result<Command> {
        let mut command = headless(program, &self.place)?;
        command.env("DISPLAY", self.display.name());
        command.env("DBUS_SESSION_BUS_ADDRESS", self.bus.address());
        Ok(command)
    }
}

/// `program`, to be run without a desktop session, with directories below `place`.
pub fn headless(program: impl AsRef<OsStr>, place: &Place) -> Result<Command> {
    let mut command = Command::new(program);
    for variable in ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"] {
        command.env_remove(variable);
    }
    // Nobody is there to be asked, and cargo's words are for the build that runs us.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            command.env_remove(&variable);
        }
    }
    let directories = [
        ("HOME", "home"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "share"),
        ("XDG_RUNTIME_DIR", "run"),
        ("XDG_STATE_HOME", "state"),
    ];
    for (variable, name) in directories {
        let dir = place.join(name);
        fs::create_dir_all(&dir)?;
        fs::set_permissions(&dir, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        command.env(variable, dir);
    }
    // Screenshots must not depend on where they are taken.
    command.env("TZ", "UTC").env("LANG", "C.UTF-8").env("LC_ALL", "C.UTF-8");
    command.env("GDK_BACKEND", "x11").env("NO_AT_BRIDGE", "1");
    Ok(command)
}
