use anyhow::{Context, Result};
use fantoccini::Client;
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A command of the DevTools protocol, by way of the driver.
#[derive(Debug)]
struct Execute {
    body: String,
}

impl WebDriverCompatibleCommand for Execute {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.clone()))
    }
}

pub(super) async fn execute(client: &Client, command: &str, parameters: &Value) -> Result<Value> {
    let body = json!({ "cmd": command, "params": parameters }).to_string();
    client.issue_cmd(Execute { body }).await.with_context(|| format!("asking for {command}"))
}
