use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt, ImageFormat, MapState, Window,
};
use x11rb::rust_connection::RustConnection;

use crate::{Picture, Process};

/// An X screen of a test's own. Nothing of the machine's is shown or seen.
pub struct Display {
    name: String,
    connection: RustConnection,
    root: Window,
    width: u16,
    height: u16,
    _server: Process,
}

impl Display {
    /// Starts an Xvfb with a screen of `width` × `height` pixels.
    pub async fn start(width: u16, height: u16) -> Result<Self> {
        let mut command = Command::new("Xvfb");
        // It chooses a free number itself and says which on its standard output.
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-dpi", "96"]);
        command.args(["-screen", "0", &format!("{width}x{height}x24")]);
        let server = Process::start(&command)?;
        let limit = Duration::from_secs(10);
        let number = server.line(limit, |line| line.trim().parse::<u32>().ok()).await?;
        let name = format!(":{number}");
        let (connection, screen) =
            x11rb::connect(Some(&name)).with_context(|| format!("connecting to {name}"))?;
        let root = connection.setup().roots[screen].root;
        Ok(Self { name, connection, root, width, height, _server: server })
    }

    /// Its name, for `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it shows.
    pub fn screenshot(&self) -> Result<Picture> {
        self.part(0, 0, usize::from(self.width), usize::from(self.height))
    }

    /// What it shows from column `x` and row `y` on.
    pub fn part(&self, x: usize, y: usize, width: usize, height: usize) -> Result<Picture> {
        let image = self
            .connection
            .get_image(
                ImageFormat::Z_PIXMAP,
                self.root,
                i16::try_from(x)?,
                i16::try_from(y)?,
                u16::try_from(width)?,
                u16::try_from(height)?,
                u32::MAX,
            )?
            .reply()
            .context("reading the screen")?;
        ensure!(image.data.len() == width * height * 4, "32-bit pixels");
        let rgb = image.data.chunks_exact(4).flat_map(|bgrx| [bgrx[2], bgrx[1], bgrx[0]]);
        Ok(Picture::new(width, height, rgb.collect()))
    }

    /// Lets the shown window whose title holds `title` fill the screen, where
    /// there is one and it does not yet: there is no window manager here.
    pub fn fill(&self, title: &str) -> Result<bool> {
        let Some(window) = self.shown(title)? else { return Ok(false) };
        // It may be gone by now.
        let Ok(is) = self.connection.get_geometry(window)?.reply() else { return Ok(false) };
        if (is.x, is.y, is.width, is.height) == (0, 0, self.width, self.height) {
            return Ok(true);
        }
        let place = ConfigureWindowAux::new()
            .x(0)
            .y(0)
            .width(u32::from(self.width))
            .height(u32::from(self.height));
        self.connection.configure_window(window, &place)?;
        self.connection.flush()?;
        Ok(false)
    }

    fn shown(&self, title: &str) -> Result<Option<Window>> {
        for window in self.connection.query_tree(self.root)?.reply()?.children {
            // Windows come and go while we look.
            let Ok(attributes) = self.connection.get_window_attributes(window)?.reply() else {
                continue;
            };
            let name = self.connection.get_property(
                false,
                window,
                AtomEnum::WM_NAME,
                AtomEnum::ANY,
                0,
                256,
            )?;
            let Ok(name) = name.reply() else { continue };
            let is_shown = attributes.map_state == MapState::VIEWABLE;
            if is_shown && String::from_utf8_lossy(&name.value).contains(title) {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }
}
