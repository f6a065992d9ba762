use std::path::Path;

use anyhow::bail;
use protocol::{Command, Reply};

use crate::say;

/// Print what the running engine counts
#[derive(clap::Args)]
pub struct Args {
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args, data: &Path) -> anyhow::Result<()> {
    let mut client = super::connect(data).await?;
    let Reply::Statistics { statistics } = client.command(Command::Statistics).await? else {
        bail!("the engine answered something else");
    };
    client.close().await;
    if args.json {
        say(serde_json::to_string(&statistics)?);
        return Ok(());
    }
    say(format_args!(
        "running for {:.0} s as process {}; {} workers, {} lost",
        statistics.uptime_seconds,
        statistics.process,
        statistics.workers.len(),
        statistics.workers_lost
    ));
    for stream in &statistics.streams {
        say(format_args!(
            "camera {}: {} units, {} missed, {:.1} MB, {} pictures, {} sessions",
            stream.stream.camera.camera,
            stream.units,
            stream.missed,
            stream.bytes as f64 / 1e6,
            stream.pictures,
            stream.sessions
        ));
    }
    for viewer in &statistics.viewers {
        let lag = viewer.draw_lag_ms;
        say(format_args!(
            "viewer {} tile {} shows camera {}: {} drawn, lag {:.0} ms (99 %: {:.0} ms)",
            viewer.session,
            viewer.subscription,
            viewer.stream.camera.camera,
            viewer.drawn,
            lag.median,
            lag.p99
        ));
    }
    Ok(())
}
