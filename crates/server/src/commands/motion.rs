use std::path::PathBuf;

use anyhow::Context as _;
use clap::ValueEnum;
use link::Client;
use protocol::{CameraAddress, Command, MotionAttention, MotionMode, MotionSettings, MotionState};

use crate::say;

/// What is looked for in the pictures of a camera.
#[derive(clap::Args)]
pub struct Args {
    /// The camera's number
    pub number: u32,
    /// Whether anything is; told and not changed where nothing is said
    #[arg(value_enum)]
    mode: Option<Mode>,
    /// Zones, masks and lines from this file: JSON as this command prints it with --json
    #[arg(long, value_name = "PATH")]
    rules: Option<PathBuf>,
    /// Print all of it as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    /// Where something of it is recorded at events
    Auto,
    /// Always
    On,
    /// Never
    Off,
}

/// Changes what is to be changed at `camera`, or tells how it is.
pub async fn run(args: Args, camera: CameraAddress, client: &mut Client) -> anyhow::Result<()> {
    let known = client.snapshot().motion.iter().find(|it| it.camera == camera);
    let state = known.map_or(MotionState::Off, |it| it.state.clone());
    let mut settings = known.map_or_else(nothing, |it| it.settings.clone());
    let is_asked = args.mode.is_none() && args.rules.is_none();
    if let Some(path) = &args.rules {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        settings = serde_json::from_str(&text)
            .with_context(|| format!("{} does not say what is looked for", path.display()))?;
    }
    if let Some(mode) = args.mode {
        settings.mode = match mode {
            Mode::Auto => MotionMode::Auto,
            Mode::On => MotionMode::On,
            Mode::Off => MotionMode::Off,
        };
    }
    if !is_asked {
        let (camera, settings) = (camera, settings.clone());
        client.command(Command::SetMotion { camera, settings }).await?;
    }
    if args.json {
        say(serde_json::to_string_pretty(&settings)?);
    } else if is_asked {
        say(describe(&settings, &state));
    }
    Ok(())
}

/// What is looked for where nothing else was said.
fn nothing() -> MotionSettings {
    MotionSettings {
        mode: MotionMode::Auto,
        zones: Vec::new(),
        masks: Vec::new(),
        lines: Vec::new(),
    }
}

fn describe(settings: &MotionSettings, state: &MotionState) -> String {
    let mode = match settings.mode {
        MotionMode::Auto => "auto",
        MotionMode::On => "on",
        MotionMode::Off => "off",
    };
    let state = match state {
        MotionState::Off => "not watched".to_owned(),
        MotionState::Starting => "starting".to_owned(),
        MotionState::Watching { is_coarse: false, attention } => match attention {
            MotionAttention::Always | MotionAttention::Learning => "watched".to_owned(),
            MotionAttention::BySize { checks, .. } => format!(
                "watched when the size of what it sends says that something changes (checked \
                 {checks} times)"
            ),
        },
        MotionState::Watching { is_coarse: true, .. } => {
            "watched by pictures that lie far apart: what moves fast may be missed. Set up the \
             camera’s smaller stream."
                .to_owned()
        }
        MotionState::Waiting => "waiting for the camera".to_owned(),
        MotionState::Blind { message, .. } => format!("not seen. {message}"),
    };
    let MotionSettings { zones, masks, lines, .. } = settings;
    let counts = [(zones.len(), "zones"), (masks.len(), "masks"), (lines.len(), "lines")];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: String = counts.map(|(count, what)| format!(", {what}: {count}")).collect();
    format!("{mode}{counts}; {state}")
}
