use std::net::IpAddr;
use std::path::Path;

use anyhow::Context as _;
use engine::{Engine, EngineConfig};
use media::Clock;
use protocol::{CameraSource, Command, DEFAULT_PORT, Door, Layout, LayoutShape, NewCamera, Reply};
use relay::{Listeners, Relay};
use store::KeyKeeping;
use workers::WorkerProgram;

use super::address::browser_address;
use crate::awake::Awake;
use crate::door_file::DoorFile;
use crate::lock::Lock;
use crate::{crash, lifetime, logs, say};

/// How many cameras `--demo` adds.
const DEMO_CAMERAS: usize = 4;

/// Run the engine and answer viewers on this machine
#[derive(clap::Args)]
pub struct Args {
    /// Port to answer on; 0 is any free one
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// Answer on this address only [default: 127.0.0.1 and ::1]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<IpAddr>,
    /// Add four demo cameras where there is no camera yet
    #[arg(long)]
    demo: bool,
    /// Stop when the last window has been closed for a while, unless the owner
    /// set it to go on; the desktop window starts it so
    #[arg(long)]
    with_window: bool,
}

pub async fn run(args: Args, data: &Path) -> anyhow::Result<()> {
    let lock = Lock::take(data).await?;
    crash::leave_files_in(&data.join("crashes"));
    let _logs = logs::start(&data.join("logs"), !args.with_window)?;
    // Before anything is opened: a taken port must not cost a migration.
    let listeners = Listeners::bind(args.listen, args.port).await?;
    let config = EngineConfig {
        data: data.to_owned(),
        keys: if args.with_window { KeyKeeping::Keychain } else { KeyKeeping::KeyFile },
        worker: worker()?,
        clock: Clock::system(),
    };
    let engine = {
        let runtime = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || {
            let _entered = runtime.enter();
            Engine::start(config)
        })
        .await??
    };
    if args.demo {
        add_demo(&engine).await?;
    }
    let awake = Awake::start(engine.clone()).context("starting a thread")?;

    let key = relay::random_key();
    let address = listeners.address();
    let relay = Relay::new(engine.clone(), &listeners, key.clone());
    let door = Door {
        address: address.clone(),
        key,
        process: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let serving = tokio::spawn({
        let relay = relay.clone();
        async move { relay.serve(listeners).await }
    });
    let door_file = DoorFile::write(data, &door)?;
    tracing::info!(data = %data.display(), address, "the engine runs");
    say(browser_address(&address, &relay.ticket().0));

    let unwatched = async {
        if args.with_window {
            lifetime::unwatched(&engine, relay.sessions()).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = lifetime::asked_to_stop() => tracing::info!("asked to stop"),
        () = unwatched => tracing::info!("the last window closed"),
    }
    drop((door_file, awake));
    relay.shut_down().await;
    serving.await.context("the listener failed")?;
    engine.shut_down().await;
    tracing::info!("stopped");
    drop(lock);
    Ok(())
}

/// Four demo cameras on the first layout that has room for them.
async fn add_demo(engine: &Engine) -> anyhow::Result<()> {
    let (snapshot, _) = engine.snapshot();
    if !snapshot.cameras.is_empty() {
        return Ok(());
    }
    let mut tiles = Vec::new();
    for number in 1..=DEMO_CAMERAS {
        let name = format!("Demo {number}");
        let camera = NewCamera { name, source: CameraSource::Demo, login: None };
        if let Reply::Camera { camera } = engine.command(Command::AddCamera { camera }).await? {
            tiles.push(Some(camera.address));
        }
    }
    let has_room = |layout: &Layout| layout.shape == LayoutShape::Quad;
    if let Some(layout) = snapshot.layouts.into_iter().find(has_room) {
        engine.command(Command::SetLayout { layout: Layout { tiles, ..layout } }).await?;
    }
    Ok(())
}

/// The program beside this one. It ends at once where it is of another version.
fn worker() -> anyhow::Result<WorkerProgram> {
    let this = std::env::current_exe().context("finding this program")?;
    let path = this.with_file_name(format!("tessera-worker{}", std::env::consts::EXE_SUFFIX));
    anyhow::ensure!(
        path.is_file(),
        "{} is missing: nothing could be decoded. Install Tessera again.",
        path.display()
    );
    Ok(WorkerProgram { path, arguments: vec![env!("CARGO_PKG_VERSION").into()] })
}
