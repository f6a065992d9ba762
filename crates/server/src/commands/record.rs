use std::path::Path;

use anyhow::bail;
use clap::{Subcommand, ValueEnum};
use protocol::{
    Camera, CameraEvent, Command, HourMode, RecordingGap, RecordingMode, RecordingPlan,
    RecordingStatus, Reply, StreamAddress, StreamRecordingState, StreamRole, VolumeState,
};

use super::moved;
use crate::say;

/// Of a week.
const HOURS: usize = 7 * 24;

/// Tell how recording is doing, and what is recorded
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print how volumes and streams are doing
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print what was not recorded in the last hours, and why
    Gaps {
        /// How many
        #[arg(long, default_value_t = 24)]
        hours: u32,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Change how a camera is recorded
    Plan {
        /// The camera's number
        number: u32,
        /// When
        #[arg(value_enum)]
        mode: Mode,
        /// Its smaller stream, too, or only its best [default: both]
        #[arg(long, value_enum)]
        stream: Option<Role>,
        /// Seconds from before an event
        #[arg(long, default_value_t = 5)]
        before: u32,
        /// Seconds after an event
        #[arg(long, default_value_t = 10)]
        after: u32,
        /// Without its sound
        #[arg(long)]
        mute: bool,
    },
    /// Print what happened in the last hours
    Events {
        /// How many
        #[arg(long, default_value_t = 24)]
        hours: u32,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print when something moved in a part of the picture
    Moved(moved::Args),
    /// Say that something happens at a camera now
    Event {
        /// The camera's number
        number: u32,
        /// What happens
        #[arg(long, default_value = "reported")]
        name: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    /// Never
    Off,
    /// Always
    Always,
    /// Around events
    Events,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// The best
    Main,
    /// The smaller one
    Sub,
}

pub async fn run(args: Args, data: &Path) -> anyhow::Result<()> {
    let mut client = super::connect(data).await?;
    match args.action {
        Action::Status { json } => {
            let answer = client.command(Command::RecordingStatus).await?;
            let Reply::RecordingStatus { status } = answer else {
                bail!("the engine answered something else");
            };
            if json {
                say(serde_json::to_string(&status)?);
            } else {
                tell(&status, &client.snapshot().cameras);
            }
        }
        Action::Gaps { hours, json } => {
            let now = media::Clock::system().wall().0;
            let from = now - i64::from(hours) * 3_600_000_000;
            let limit = protocol::MAX_GAPS;
            let answer =
                client.command(Command::Gaps { from, to: now, camera: None, limit }).await?;
            let Reply::Gaps { gaps } = answer else { bail!("the engine answered something else") };
            if json {
                say(serde_json::to_string(&gaps)?);
            } else {
                gaps.iter().for_each(|gap| say(describe(gap, &client.snapshot().cameras)));
            }
        }
        Action::Plan { number, mode, stream, before, after, mute } => {
            let camera = super::camera(&client, number)?.clone();
            let is_chosen = |role: StreamRole| match stream {
                None => true,
                Some(only) => (only == Role::Main) == (role == StreamRole::Main),
            };
            let roles = camera.streams.iter().map(|(role, _)| *role);
            for role in roles.filter(|role| is_chosen(*role)).collect::<Vec<_>>() {
                let stream = StreamAddress { camera: camera.address.clone(), role };
                let known = client.snapshot().plans.iter().find(|it| it.stream == stream);
                let mode = match mode {
                    Mode::Off => RecordingMode::Off,
                    Mode::Always => RecordingMode::Continuous,
                    Mode::Events => RecordingMode::Event,
                };
                let (pre_seconds, post_seconds, audio) = (before, after, !mute);
                let plan = match known.map(|it| it.plan.clone()) {
                    Some(known) => {
                        RecordingPlan { mode, pre_seconds, post_seconds, audio, ..known }
                    }
                    None => RecordingPlan {
                        mode,
                        pre_seconds,
                        post_seconds,
                        audio,
                        volume: None,
                        max_days: None,
                        max_bytes: None,
                        week: vec![HourMode::Continuous; HOURS],
                    },
                };
                client.command(Command::SetPlan { stream, plan }).await?;
            }
        }
        Action::Events { hours, json } => {
            let now = media::Clock::system().wall().0;
            let from = now - i64::from(hours) * 3_600_000_000;
            let mut events = Vec::new();
            let cameras = client.snapshot().cameras.clone();
            for some in cameras.chunks(protocol::MAX_LANES) {
                let cameras = some.iter().map(|camera| camera.address.clone()).collect();
                let limit = protocol::MAX_EVENTS;
                let asked = Command::Events { cameras, from, to: now, limit, newest_first: true };
                let answer = client.command(asked).await?;
                let Reply::Events { events: found } = answer else {
                    bail!("the engine answered something else");
                };
                events.extend(found);
            }
            events.sort_by_key(|event| (event.from, event.id));
            if json {
                say(serde_json::to_string(&events)?);
            } else {
                events.iter().for_each(|event| say(happened(event, &cameras)));
            }
        }
        Action::Moved(args) => moved::run(args, &mut client).await?,
        Action::Event { number, name } => {
            let camera = super::camera(&client, number)?.clone().address;
            client.command(Command::ReportEvent { camera, event: name }).await?;
        }
    }
    client.close().await;
    Ok(())
}

fn tell(status: &RecordingStatus, cameras: &[Camera]) {
    if status.volumes.is_empty() {
        say("Nothing is recorded: no volume is set up. Add one with `tessera-server volume add`.");
    }
    if let Some(set) = status.clock_set {
        let (at, way) =
            (media::WallTime(set.at).stamp(), if set.by < 0 { "back" } else { "forward" });
        let seconds = set.by.unsigned_abs() as f64 / 1e6;
        say(format_args!("This machine’s clock was set {way} by {seconds:.0} s at {at}."));
    }
    let gigabytes = |bytes: u64| bytes as f64 / 1e9;
    for it in &status.volumes {
        let state = match &it.state {
            VolumeState::Ready => "ready".to_owned(),
            VolumeState::Full => "full, and nothing on it may be removed".to_owned(),
            VolumeState::Slow => "slow".to_owned(),
            VolumeState::ReadOnly { message }
            | VolumeState::Missing { message }
            | VolumeState::Swapped { message }
            | VolumeState::Failed { message } => message.clone(),
        };
        let forecast = it.forecast_days.map_or_else(
            || "how many days fit is known after an hour".to_owned(),
            |days| format!("about {days:.1} days fit"),
        );
        say(format_args!(
            "{}: {state}; {:.2} GB recorded, {:.1} GB free of {:.1}; {forecast}",
            it.volume.path,
            gigabytes(it.recorded_bytes),
            gigabytes(it.free_bytes),
            gigabytes(it.total_bytes),
        ));
    }
    for it in &status.streams {
        let state = match &it.state {
            StreamRecordingState::Off => "off".to_owned(),
            StreamRecordingState::NotYet => "nothing came yet".to_owned(),
            StreamRecordingState::Recording { .. } => "recording".to_owned(),
            StreamRecordingState::Waiting => "waiting".to_owned(),
            StreamRecordingState::Failed { message, .. } => format!("not recording. {message}"),
        };
        let proof = it.proof_percent.map_or(String::new(), |it| format!(", {it:.2} % of 24 h"));
        let size = gigabytes(it.bytes);
        say(format_args!("{}: {state}; {size:.2} GB{proof}", named(&it.stream, cameras)));
    }
}

fn describe(gap: &RecordingGap, cameras: &[Camera]) -> String {
    let seconds = (gap.to - gap.from) as f64 / 1e6;
    let from = media::WallTime(gap.from).stamp();
    let cause = serde_json::to_string(&gap.cause).unwrap_or_default();
    let cause = cause.trim_matches('"');
    format!("{from} {seconds:.1} s {}: {cause}", named(&gap.stream, cameras))
}

fn happened(event: &CameraEvent, cameras: &[Camera]) -> String {
    let seconds = (event.to - event.from) as f64 / 1e6;
    let from = media::WallTime(event.from).stamp();
    let camera = cameras.iter().find(|camera| camera.address == event.camera);
    let camera =
        camera.map_or_else(String::new, |camera| format!("{} {}", camera.number, camera.name));
    let kind = serde_json::to_string(&event.kind).unwrap_or_default();
    let kind = kind.trim_matches('"');
    let label = if event.label.is_empty() { String::new() } else { format!(" ({})", event.label) };
    format!("{from} {seconds:.1} s {camera}: {kind}{label}")
}

fn named(stream: &StreamAddress, cameras: &[Camera]) -> String {
    let role = match stream.role {
        StreamRole::Main => "main",
        StreamRole::Sub => "sub",
    };
    match cameras.iter().find(|camera| camera.address == stream.camera) {
        Some(camera) => format!("{} {} {role}", camera.number, camera.name),
        None => format!("a removed camera, {role}"),
    }
}
