//! Motion, the program (motion-project.github.io), at the same work: it looks at
//! the smaller streams and records the main ones as they are.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use protocol::StreamRole;
use testkit::{Process, until};

use crate::cameras::SOON;
use crate::recording::rig::Rig;

/// It runs until it is ended or dropped.
pub struct Peer(Process);

impl Peer {
    /// For the first `count` cameras; nothing where it is not installed. Returns
    /// when it records all of them.
    pub async fn start(rig: &Rig, count: u32) -> Result<Option<Self>> {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        if !std::env::split_paths(&paths).any(|path| path.join("motion").is_file()) {
            return Ok(None);
        }
        let place = rig.place.join("motion");
        // What it wrote before would be taken for what it writes now.
        if place.is_dir() {
            std::fs::remove_dir_all(&place)?;
        }
        std::fs::create_dir(&place)?;
        let mut main = "daemon off\nlog_level 4\nwebcontrol_port 0\nstream_port 0\n".to_owned();
        for number in 1..=count {
            let path = place.join(format!("camera{number}.conf"));
            std::fs::write(&path, camera(rig, number, &place))?;
            main += &format!("camera {}\n", path.display());
        }
        let path = place.join("motion.conf");
        std::fs::write(&path, main)?;
        let process = Process::start(Command::new("motion").arg("-n").arg("-c").arg(path))?;
        until(SOON, "Motion to record", async || {
            let films = std::fs::read_dir(&place)?.filter_map(Result::ok);
            let is_film =
                |name: &std::ffi::OsStr| Path::new(name).extension() == Some("mp4".as_ref());
            let films = films.filter(|it| is_film(&it.file_name())).count();
            Ok((films >= count as usize).then_some(()))
        })
        .await?;
        Ok(Some(Self(process)))
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub async fn end(self) -> Result<()> {
        self.0.end().await.map(drop)
    }
}

/// All is recorded, as our main streams are; its pictures are not drawn on.
fn camera(rig: &Rig, number: u32, place: &Path) -> String {
    let address = |role| rig.cameras.address(number, role);
    let lines = [
        format!("camera_id {number}"),
        format!("netcam_url {}", address(StreamRole::Sub)),
        format!("netcam_high_url {}", address(StreamRole::Main)),
        format!("target_dir {}", place.display()),
        format!("movie_filename {number}-%s"),
        "width 640\nheight 360\nframerate 10".to_owned(),
        "emulate_motion on\nmovie_output on\nmovie_passthrough on\nmovie_codec mp4".to_owned(),
        "movie_max_time 0\npicture_output off\ntext_right".to_owned(),
    ];
    lines.join("\n") + "\n"
}
