use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::{Place, Process};

/// A D-Bus session of a test's own, which starts no services: no keychain, no
/// notifications, no accessibility of the machine's is reached.
pub struct Bus {
    address: String,
    _daemon: Process,
}

const CONFIGURATION: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:path=PATH</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

impl Bus {
    /// Starts one, with its socket in `place`.
    pub async fn start(place: &Place) -> Result<Self> {
        let configuration = place.join("bus.conf");
        let socket = place.join("bus");
        fs::write(&configuration, CONFIGURATION.replace("PATH", &socket.to_string_lossy()))?;
        let mut command = Command::new("dbus-daemon");
        command.args(["--nofork", "--nosyslog", "--nopidfile", "--print-address=1"]);
        command.arg(format!("--config-file={}", configuration.display()));
        let daemon = Process::start(&command)?;
        let limit = Duration::from_secs(10);
        let address =
            daemon.line(limit, |line| line.starts_with("unix:").then(|| line.to_owned())).await?;
        Ok(Self { address, _daemon: daemon })
    }

    /// For `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }
}
