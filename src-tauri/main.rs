//! The window: it shows the UI and what is the operating system's, and finds
//! or starts the engine. It takes no decisions; those are the engine's.

// No console behind the window on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod engine;
mod logs;
mod pictures;
mod renderer;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Parser;
use engine::Keeper;
use protocol::{Failure, FailureCode};
use tauri::{AppHandle, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder};

/// Label of the window; `capabilities/wall.json` names it.
const WALL: &str = "wall";

/// Watches, records and shows cameras.
#[derive(Parser)]
#[command(name = "tessera", version)]
struct Arguments {
    /// Where configuration, keys and logs are kept [default: the user's own data directory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Add four demo cameras where there is no camera yet
    #[arg(long)]
    demo: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(std::io::stderr(), "tessera: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    check_display()?;
    renderer::choose()?;
    let own = own_data_directory()?;
    let data = match arguments.data {
        Some(data) => std::path::absolute(data)?,
        None => own.clone(),
    };
    // Where there is no directory the window still opens: the engine says what
    // is wrong, and the window shows it.
    let has_data = make_private(&data).is_ok();
    let _logs = has_data.then(|| logs::start(&data));
    let keeper = Arc::new(Keeper::start(&data, arguments.demo)?);

    let mut single_instance =
        tauri_plugin_single_instance::Builder::new().callback(|app, _, _| show(app));
    if data != own {
        single_instance = single_instance.dbus_id(bus_name(&data));
    }
    let window_state = tauri_plugin_window_state::Builder::new()
        .with_filename(data.join("window.json").to_string_lossy());
    let app = tauri::Builder::default()
        .plugin(single_instance.build())
        .plugin(window_state.build())
        .manage(keeper.clone())
        .invoke_handler(tauri::generate_handler![door, keep_picture])
        .setup(move |app| {
            let page =
                if renderer::is_software() { "index.html?surface=flat" } else { "index.html" };
            let window = WebviewWindowBuilder::new(app, WALL, WebviewUrl::App(page.into()));
            let window = match has_data {
                true => window.data_directory(data.join("webview")),
                false => window.incognito(true),
            };
            window
                .title("Tessera")
                .inner_size(1440.0, 900.0)
                .min_inner_size(480.0, 360.0)
                // The page never leads elsewhere.
                .on_navigation(|url| {
                    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost")
                })
                .build()?;
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("opening the window")?;
    app.run(move |_, event| {
        if let RunEvent::Exit = event {
            keeper.stop();
        }
    });
    Ok(())
}

/// Where the engine is, and a ticket for one session with it.
#[tauri::command]
async fn door(keeper: tauri::State<'_, Arc<Keeper>>) -> Result<engine::Entrance, Failure> {
    let keeper = keeper.inner().clone();
    let entrance = tauri::async_runtime::spawn_blocking(move || keeper.entrance());
    entrance.await.map_err(|error| engine::no_engine(error.to_string()))?
}

/// Keeps a picture for the person; where it is then.
#[tauri::command]
async fn keep_picture(name: String, jpeg: String) -> Result<PathBuf, Failure> {
    let kept = tauri::async_runtime::spawn_blocking(move || pictures::keep(&name, &jpeg)).await;
    kept.map_err(|error| Failure::new(FailureCode::Other, error.to_string()))?
}

/// A second start shows the first one's window.
fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(WALL) {
        for result in [window.unminimize(), window.show(), window.set_focus()] {
            if let Err(error) = result {
                tracing::warn!("the window cannot be shown: {error}");
            }
        }
    }
}

fn own_data_directory() -> anyhow::Result<PathBuf> {
    let user = directories::ProjectDirs::from("app", "", "Tessera")
        .context("this user has no home directory. Say where to keep data with --data")?;
    Ok(user.data_local_dir().to_owned())
}

/// The toolkit would end with a stack trace.
fn check_display() -> anyhow::Result<()> {
    let named = |variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !named("DISPLAY") && !named("WAYLAND_DISPLAY") {
        bail!(
            "there is no display to open a window on. `tessera-server run` is the same engine \
             without a window, to be watched in a browser"
        );
    }
    Ok(())
}

/// Makes the directory, for its owner alone, where it is not there.
fn make_private(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(directory)
}

/// One window a data directory.
fn bus_name(data: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    data.hash(&mut hasher);
    format!("app.tessera.desktop.data{:016x}", hasher.finish())
}
