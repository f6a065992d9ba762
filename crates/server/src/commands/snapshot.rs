use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::tz::TimeZone;
use media::Clock;
use protocol::{Command, NewStill, Reply, StillFormat, StreamAddress, StreamRole};

use super::moment::{self, moment};
use crate::say;

/// Save one picture of a camera, live or recorded
#[derive(clap::Args)]
pub struct Args {
    /// The camera's number
    camera: u32,
    /// Of when: a time as on the wall here (2026-11-22 10:15), one with its
    /// distance from UTC (2026-11-22T10:15+01:00), or so long ago (2h, 30m) [default: live]
    #[arg(long)]
    at: Option<String>,
    /// The file to write, .png or .jpg; one that is there is replaced
    file: PathBuf,
}

pub async fn run(args: Args, data: &Path) -> anyhow::Result<()> {
    let format = format(&args.file)?;
    let folder = match args.file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        bail!("{} is not there. Make it, or choose another folder", folder.display());
    }
    let (zone, now) = (TimeZone::system(), Clock::system().wall());
    let at = args.at.as_deref().map(|at| moment(at, &zone, now)).transpose()?;
    let mut client = super::connect(data).await?;
    let camera = super::camera(&client, args.camera)?;
    let stream = StreamAddress { camera: camera.address.clone(), role: StreamRole::Main };
    let at = at.map(|at| at.0);
    let still = NewStill { stream, at, format, thumbnail: None, zone: None };
    let still = match client.command(Command::TakeStill { still }).await? {
        Reply::Still { still } => still,
        Reply::Unrecorded { .. } => {
            bail!("nothing was recorded of this camera at that time. The timeline shows what was")
        }
        _ => bail!("the engine answered something else"),
    };
    client.close().await;
    let bytes = BASE64_STANDARD.decode(&still.file).context("reading what the engine sent")?;
    write(&args.file, &bytes).with_context(|| {
        format!("{} could not be written. Choose another folder", args.file.display())
    })?;
    let taken = moment::text(media::WallTime(still.taken));
    let (path, width, height) = (args.file.display(), still.width, still.height);
    say(format!("{path}: {width}×{height}, taken {taken}, {} kB", bytes.len() / 1000));
    Ok(())
}

fn format(file: &Path) -> anyhow::Result<StillFormat> {
    let end = file.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    match &*end {
        "png" => Ok(StillFormat::Png),
        "jpg" | "jpeg" => Ok(StillFormat::Jpeg),
        _ => bail!("{} ends neither in .png nor in .jpg. Choose one of them", file.display()),
    }
}

/// Under another name until it is whole.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut name = path.file_name().context("a name")?.to_owned();
    name.push(".part");
    let unfinished = path.with_file_name(name);
    let written = File::create(&unfinished)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        fs::remove_file(&unfinished).ok();
    }
    Ok(written?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_what_kind_of_file() {
        assert_eq!(format(Path::new("a/gate.PNG")).expect("known"), StillFormat::Png);
        assert_eq!(format(Path::new("gate.jpeg")).expect("known"), StillFormat::Jpeg);
        for other in ["gate", "gate.gif", ".png", "gate.mp4"] {
            let refused = format(Path::new(other)).expect_err("unknown").to_string();
            assert!(refused.contains("neither in .png nor in .jpg"), "{refused}");
        }
    }

    #[test]
    fn a_file_is_whole_or_not_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("gate.png");
        for bytes in [&b"old"[..], b"new"] {
            write(&path, bytes).expect("written");
            assert_eq!(fs::read(&path).expect("read"), bytes);
        }
        let taken = folder.path().join("taken.png");
        fs::create_dir(&taken).expect("a folder");
        write(&taken, b"new").expect_err("it is a folder");
        assert_eq!(fs::read_dir(folder.path()).expect("names").count(), 2);
    }
}
