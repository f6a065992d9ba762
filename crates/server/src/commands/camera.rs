use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use link::Client;
use protocol::{Camera, CameraAddress, CameraSource, Command, NewCamera, Reply, Sensitive};

use crate::say;

/// A password longer than this is none.
const MAX_PASSWORD: u64 = 4096;

/// List, add, rename and remove cameras of the running engine
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the cameras
    List,
    /// Add a camera
    Add {
        /// What to call it
        #[arg(long, default_value = "")]
        name: String,
        #[command(flatten)]
        source: Source,
    },
    /// Give a camera another name
    Rename {
        /// Its number
        number: u32,
        /// Its new name
        name: String,
    },
    /// Remove a camera
    Remove {
        /// Its number
        number: u32,
    },
    /// Take back the removal of a camera
    Restore {
        /// Its id, as `remove` printed it
        id: u32,
    },
    /// Keep a camera's user name and password, which is asked for or read from standard input
    Password {
        /// The camera's number
        number: u32,
        /// User name at the camera
        #[arg(long, default_value = "")]
        user: String,
    },
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Source {
    /// Moving figures and a clock, made by the engine
    #[arg(long)]
    demo: bool,
    /// A clip on the engine's disk, played in a loop
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
}

pub async fn run(args: Args, data: &Path) -> anyhow::Result<()> {
    // Before a connection is held open while somebody types.
    let password = match &args.action {
        Action::Password { .. } => Some(tokio::task::spawn_blocking(ask_password).await??),
        _ => None,
    };
    let mut client = super::connect(data).await?;
    match args.action {
        Action::List => {
            for camera in &client.snapshot().cameras {
                say(describe(camera));
            }
        }
        Action::Add { name, source } => {
            let source = match source.file {
                Some(path) => {
                    let path = std::path::absolute(path)?;
                    let path = path.into_os_string().into_string();
                    CameraSource::File {
                        path: path.map_err(|_| anyhow::anyhow!("the path is not Unicode"))?,
                    }
                }
                None => CameraSource::Demo,
            };
            let camera = NewCamera { name, source };
            let Reply::Camera { camera } = client.command(Command::AddCamera { camera }).await?
            else {
                bail!("the engine answered something else");
            };
            say(describe(&camera));
        }
        Action::Rename { number, name } => {
            let camera = find(&client, number)?;
            client.command(Command::RenameCamera { camera, name }).await?;
        }
        Action::Remove { number } => {
            let camera = find(&client, number)?;
            let id = camera.camera;
            client.command(Command::RemoveCamera { camera }).await?;
            say(format_args!("removed; `camera restore {id}` takes it back"));
        }
        Action::Restore { id } => {
            let camera = CameraAddress { server: client.server().to_owned(), camera: id };
            client.command(Command::RestoreCamera { camera }).await?;
        }
        Action::Password { number, user } => {
            let camera = find(&client, number)?;
            let password = password.expect("it was asked for above");
            client.command(Command::SetPassword { camera, user, password }).await?;
        }
    }
    client.close().await;
    Ok(())
}

fn find(client: &Client, number: u32) -> anyhow::Result<CameraAddress> {
    let cameras = &client.snapshot().cameras;
    let camera = cameras.iter().find(|camera| camera.number == number);
    let camera = camera.with_context(|| {
        format!("there is no camera {number}. `tessera-server camera list` shows those there are")
    })?;
    Ok(camera.address.clone())
}

fn describe(camera: &Camera) -> String {
    let source = match &camera.source {
        CameraSource::Demo => "demo",
        CameraSource::File { path } => path,
    };
    let password = if camera.has_password { ", password kept" } else { "" };
    format!("{} {} ({source}{password})", camera.number, camera.name)
}

/// From the terminal without showing it, or one line of standard input; never
/// from the arguments, which every process can read.
fn ask_password() -> anyhow::Result<Sensitive> {
    if std::io::stdin().is_terminal() {
        return Ok(Sensitive(rpassword::prompt_password("Password (empty forgets it): ")?));
    }
    let mut text = String::new();
    std::io::stdin().take(MAX_PASSWORD).read_to_string(&mut text)?;
    Ok(Sensitive(text.lines().next().unwrap_or_default().to_owned()))
}
