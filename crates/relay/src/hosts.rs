//! Which pages may talk to this server, and under which names.
//!
//! A browser sends a page's origin with every request the page makes, and the
//! name it was told to connect to. Exact lists of both keep foreign pages and
//! re-bound names out.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// Exact lists of hosts and origins.
#[derive(Debug)]
pub struct Hosts {
    hosts: Vec<String>,
    origins: Vec<String>,
}

/// Origins of the desktop's window, by system: Linux and macOS, Windows.
const WINDOW: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];

impl Hosts {
    /// The names of this machine for itself, at `port`.
    pub fn loopback(port: u16) -> Self {
        let hosts = ["127.0.0.1", "[::1]", "localhost"].map(|host| format!("{host}:{port}"));
        let own = hosts.iter().map(|host| format!("http://{host}"));
        let origins = own.chain(WINDOW.map(str::to_owned)).collect();
        Self { hosts: hosts.into(), origins }
    }

    /// Whether the request was meant for this server.
    pub fn allow_host(&self, headers: &HeaderMap) -> bool {
        is_listed(headers, HOST.as_str(), &self.hosts)
    }

    /// Whether a page of ours, or a program that says so, made the request.
    pub fn allow_origin(&self, headers: &HeaderMap) -> bool {
        is_listed(headers, ORIGIN.as_str(), &self.origins)
    }
}

/// Exactly one header of that name, with exactly one of these values.
fn is_listed(headers: &HeaderMap, name: &str, listed: &[String]) -> bool {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => listed.iter().any(|listed| listed.as_bytes() == value.as_bytes()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn check(host: &[&str], origin: &[&str], expected: (bool, bool)) {
        let mut headers = HeaderMap::new();
        for value in host {
            headers.append(HOST, HeaderValue::from_str(value).unwrap());
        }
        for value in origin {
            headers.append(ORIGIN, HeaderValue::from_str(value).unwrap());
        }
        let hosts = Hosts::loopback(7117);
        let found = (hosts.allow_host(&headers), hosts.allow_origin(&headers));
        assert_eq!(found, expected, "{host:?} {origin:?}");
    }

    #[test]
    fn our_own_names_and_pages_are_let_in() {
        for host in ["127.0.0.1:7117", "[::1]:7117", "localhost:7117"] {
            check(&[host], &[&format!("http://{host}")], (true, true));
        }
        check(&["127.0.0.1:7117"], &["tauri://localhost"], (true, true));
        check(&["127.0.0.1:7117"], &["http://tauri.localhost"], (true, true));
    }

    #[test]
    fn everything_else_is_not() {
        check(&[], &[], (false, false));
        check(&["evil.example"], &["http://evil.example"], (false, false));
        check(&["127.0.0.1"], &["null"], (false, false));
        check(&["127.0.0.1:7118"], &["http://127.0.0.1:7118"], (false, false));
        check(&["127.0.0.1:71170"], &["http://127.0.0.1:7117.evil.example"], (false, false));
        check(&["LOCALHOST:7117"], &["https://127.0.0.1:7117"], (false, false));
        check(&["127.0.0.1:7117", "evil"], &["tauri://localhost", "null"], (false, false));
    }
}
