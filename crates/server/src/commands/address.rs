use std::path::Path;

use crate::say;

/// Print an address that opens the running engine in a browser, once
#[derive(clap::Args)]
pub struct Args {}

pub async fn run(_: Args, data: &Path) -> anyhow::Result<()> {
    let door = super::door(data)?;
    let asked = door.clone();
    let ticket = tokio::task::spawn_blocking(move || link::ticket(&asked)).await??;
    say(browser_address(&door.address, &ticket.0));
    Ok(())
}

/// The ticket is behind the `#`, which browsers send to nobody.
pub fn browser_address(address: &str, ticket: &str) -> String {
    format!("http://{address}/#ticket={ticket}")
}
