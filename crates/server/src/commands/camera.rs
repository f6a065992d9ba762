use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use link::Client;
use protocol::{
    Camera, CameraAddress, CameraSource, Command, Login, NewCamera, Probe, Reply, Sensitive,
    StreamProbe, Transport,
};

use super::motion;
use crate::say;

/// A password longer than this is none.
const MAX_PASSWORD: u64 = 4096;

/// List, add, try, rename and remove cameras of the running engine
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
        #[command(flatten)]
        network: Network,
        /// Address of a smaller stream of the same camera [default: found where
        /// the first address says it]
        #[arg(long, value_name = "ADDRESS", requires = "rtsp")]
        sub: Option<String>,
        /// Keep it even where it does not answer now
        #[arg(long, requires = "rtsp")]
        untried: bool,
    },
    /// Try the address of a camera and tell what is there; nothing is kept
    Test {
        /// Its number, or an address such as rtsp://192.168.1.20/stream1
        camera: String,
        #[command(flatten)]
        network: Network,
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
    /// Tell or change what is looked for in the pictures of a camera
    Motion(motion::Args),
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
    /// A camera on the network, such as rtsp://192.168.1.20/stream1
    #[arg(long, value_name = "ADDRESS")]
    rtsp: Option<String>,
}

#[derive(clap::Args)]
struct Network {
    /// User name at the camera; its password is asked for or read from standard input
    #[arg(long)]
    user: Option<String>,
    /// Receive as datagrams instead of over one connection
    #[arg(long)]
    udp: bool,
}

impl Network {
    fn transport(&self) -> Transport {
        if self.udp { Transport::Udp } else { Transport::Tcp }
    }
}

pub async fn run(args: Args, data: &Path) -> anyhow::Result<()> {
    // Before a connection is held open while somebody types.
    let asks = match &args.action {
        Action::Password { .. } => true,
        Action::Add { network, .. } | Action::Test { network, .. } => network.user.is_some(),
        _ => false,
    };
    let password = match asks {
        true => Some(tokio::task::spawn_blocking(ask_password).await??),
        false => None,
    };
    let mut client = super::connect(data).await?;
    match args.action {
        Action::List => {
            for camera in &client.snapshot().cameras {
                say(describe(camera));
            }
        }
        Action::Add { name, source, network, sub, untried } => {
            let transport = network.transport();
            let login = login(network.user, password);
            let source = match (source.file, source.rtsp) {
                (Some(path), _) => file(&path)?,
                (None, Some(main)) if untried => CameraSource::Rtsp { main, sub, transport },
                (None, Some(main)) => {
                    let probe = probe(&mut client, main, transport, login.clone(), None).await?;
                    let found = probe.sub.map(|it| it.address);
                    CameraSource::Rtsp { main: probe.main.address, sub: sub.or(found), transport }
                }
                (None, None) => CameraSource::Demo,
            };
            let camera = NewCamera { name, source, login };
            let Reply::Camera { camera } = client.command(Command::AddCamera { camera }).await?
            else {
                bail!("the engine answered something else");
            };
            say(describe(&camera));
        }
        Action::Test { camera, network } => {
            let transport = network.transport();
            let login = login(network.user, password);
            let (address, camera, transport) = match camera.parse() {
                Ok(number) => kept_address(&client, number)?,
                Err(_) => (camera, None, transport),
            };
            probe(&mut client, address, transport, login, camera).await?;
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
        Action::Motion(args) => {
            let camera = find(&client, args.number)?;
            motion::run(args, camera, &mut client).await?;
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

/// Tries an address and says what is there.
async fn probe(
    client: &mut Client,
    address: String,
    transport: Transport,
    login: Option<Login>,
    camera: Option<CameraAddress>,
) -> anyhow::Result<Probe> {
    let command = Command::ProbeCamera { address, transport, login, camera };
    let Reply::Probe { probe } = client.command(command).await? else {
        bail!("the engine answered something else");
    };
    let probe = *probe;
    say(found("main", &probe.main));
    if let Some(sub) = &probe.sub {
        say(found("sub ", sub));
    }
    Ok(probe)
}

fn found(role: &str, stream: &StreamProbe) -> String {
    let StreamProbe { address, codec, width, height, .. } = stream;
    let mut said = format!("{role} {address}: {codec} {width}×{height}");
    if let Some(rate) = stream.rate {
        said += &format!(", {rate:.1} pictures/s");
    }
    if let Some(interval) = stream.key_interval {
        said += &format!(", a key frame every {interval:.1} s");
    }
    if let Some(audio) = &stream.audio {
        said += &format!(", sound {audio}");
    }
    if let Some(offset) = stream.clock_offset_ms {
        let seconds = offset.unsigned_abs() as f64 / 1000.0;
        let side = if offset < 0 { "behind" } else { "ahead" };
        said += &format!(", clock {seconds:.1} s {side}");
    }
    said
}

fn login(user: Option<String>, password: Option<Sensitive>) -> Option<Login> {
    Some(Login { user: user?, password: password? })
}

fn file(path: &Path) -> anyhow::Result<CameraSource> {
    let path = std::path::absolute(path)?.into_os_string().into_string();
    let path = path.map_err(|_| anyhow::anyhow!("the path is not Unicode"))?;
    Ok(CameraSource::File { path })
}

fn kept_address(
    client: &Client,
    number: u32,
) -> anyhow::Result<(String, Option<CameraAddress>, Transport)> {
    let address = find(client, number)?;
    let cameras = &client.snapshot().cameras;
    let camera = cameras.iter().find(|camera| camera.number == number);
    match camera.map(|camera| &camera.source) {
        Some(CameraSource::Rtsp { main, transport, .. }) => {
            Ok((main.clone(), Some(address), *transport))
        }
        _ => bail!("camera {number} is not on the network"),
    }
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
        CameraSource::Rtsp { main, .. } => main,
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
