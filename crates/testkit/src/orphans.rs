//! Descendants that outlived their parents, such as the engine of a window
//! that was killed: they become ours, and end with the promise.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, set_child_subreaper, waitpid};

use crate::{alive, until};

/// Makes this process the parent of every descendant that loses its own.
pub fn adopt() -> Result<()> {
    set_child_subreaper(Pid::from_raw(1)).context("becoming the parent of orphans")
}

/// Ends all descendants of this process, and tells their names.
pub async fn end() -> Result<Vec<String>> {
    let mut ended = Vec::new();
    let limit = Duration::from_secs(10);
    until(limit, "the end of orphaned processes", async || {
        let children = children();
        for &(id, ref name) in &children {
            let Some(pid) = Pid::from_raw(id.cast_signed()) else { continue };
            if alive(id) {
                // It may end by itself in this moment.
                let _ = kill_process(pid, Signal::KILL);
                ended.push(name.clone());
            }
            // The runtime may have reaped it.
            let _ = waitpid(Some(pid), WaitOptions::NOHANG);
        }
        Ok(children.is_empty().then_some(()))
    })
    .await?;
    ended.sort();
    ended.dedup();
    Ok(ended)
}

/// Ids and names of this process's children.
fn children() -> Vec<(u32, String)> {
    let us = std::process::id().to_string();
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    ids.filter_map(|id| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (name, rest) = stat.rsplit_once(") ")?;
        let parent = rest.split(' ').nth(1)?;
        let name = name.split_once('(')?.1.to_owned();
        (parent == us).then_some((id, name))
    })
    .collect()
}
