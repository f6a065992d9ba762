use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Rules of iptables that swallow what goes to and comes from one port of this
/// machine. They are gone when dropped.
pub struct Firewall {
    port: u16,
}

impl Firewall {
    /// Whether rules can be made here; else why not.
    pub fn is_there() -> Result<(), &'static str> {
        let mut list = Command::new("iptables");
        match list.args(["-w", "5", "-n", "-L", "INPUT"]).output() {
            Ok(output) if output.status.success() => Ok(()),
            Ok(_) => Err("this user may not use iptables, or the kernel has none"),
            Err(_) => Err("there is no iptables"),
        }
    }

    /// For `port`; everything passes yet.
    pub fn new(port: u16) -> Self {
        Self { port }
    }

    /// Lets nothing pass.
    pub fn close(&self) -> Result<()> {
        self.rules("-I")
    }

    /// Lets everything pass again.
    pub fn open(&self) -> Result<()> {
        self.rules("-D")
    }

    fn rules(&self, what: &str) -> Result<()> {
        for side in ["--dport", "--sport"] {
            let mut command = Command::new("iptables");
            command.args(["-w", "5", what, "INPUT", "-i", "lo", "-p", "tcp"]);
            command.args([side, &self.port.to_string(), "-j", "DROP"]);
            let output = command.output().context("running iptables")?;
            let said = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "iptables said: {said}");
        }
        Ok(())
    }
}

impl Drop for Firewall {
    fn drop(&mut self) {
        // Where the measurement broke off; else there is nothing left to do.
        let _ = self.rules("-D");
    }
}
