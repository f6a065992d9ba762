//! Addresses of streams, as people type them.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::Credentials;

/// The port of RTSP.
const RTSP_PORT: u16 = 554;

/// Longest address, in bytes.
const MAX_BYTES: usize = 2048;

/// Where a stream is: `rtsp://host[:port]/path`. Holds no password.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    url: Url,
}

/// Why an address was refused: a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was typed.
    #[error("Type the camera's address, such as rtsp://192.168.1.20/stream1.")]
    Empty,
    /// Longer than any camera's.
    #[error("The address is longer than {MAX_BYTES} bytes. Check that it was pasted once.")]
    TooLong,
    /// Not `rtsp://`.
    #[error(
        "Addresses that begin with {0}:// are not supported. Use one that begins with rtsp://."
    )]
    Scheme(String),
    /// No host, or something else is wrong with it.
    #[error("This is not an address of a camera ({0}). It looks like rtsp://192.168.1.20/stream1.")]
    Malformed(String),
}

impl Address {
    /// Reads an address as typed, with or without `rtsp://`, and the user name
    /// and password in it, where there are any.
    ///
    /// A password in an address may hold any character as it is: the last `@`
    /// in front of what can be a host ends it. Percent-encoded ones are decoded.
    pub fn parse(typed: &str) -> Result<(Self, Option<Credentials>), AddressError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(AddressError::Empty);
        }
        if typed.len() > MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        let rest = match typed.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("rtsp") => rest,
            // A password may hold "://" too; a scheme has letters only.
            Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
                return Err(AddressError::Scheme(scheme.to_ascii_lowercase()));
            }
            _ => typed,
        };
        let (login, rest) = split_login(rest);
        let url = Url::parse(&format!("rtsp://{rest}"))
            .map_err(|error| AddressError::Malformed(error.to_string()))?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(AddressError::Malformed("it has no host".to_owned()));
        }
        if url.port() == Some(0) {
            return Err(AddressError::Malformed("no camera listens on port 0".to_owned()));
        }
        Ok((Self { url }, login.map(credentials)))
    }

    /// Host name or address, without brackets.
    pub fn host(&self) -> String {
        match self.url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => String::new(),
        }
    }

    /// Port.
    pub fn port(&self) -> u16 {
        self.url.port().unwrap_or(RTSP_PORT)
    }

    /// Host and port, for people.
    pub fn place(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.port() {
            RTSP_PORT => host.to_owned(),
            port => format!("{host}:{port}"),
        }
    }

    /// As sent to the camera.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Where the smaller stream of the same camera is, by the way that makers
    /// name them; nothing where the path does not say.
    pub fn sub(&self) -> Option<Self> {
        let whole = self.url.as_str();
        let path_at = whole.find("://").map_or(0, |at| at + 3);
        let path_at = whole[path_at..].find('/').map(|at| path_at + at)?;
        let (place, path) = whole.split_at(path_at);
        let lower = path.to_ascii_lowercase();
        for (main, sub) in PAIRS {
            // The last occurrence: a host of that name may be in front of it.
            if let Some(at) = lower.rfind(main)
                && !path[at + main.len()..].starts_with(|c: char| c.is_ascii_digit())
            {
                let other = format!("{place}{}{sub}{}", &path[..at], &path[at + main.len()..]);
                return Some(Self { url: Url::parse(&other).ok()? });
            }
        }
        // Hikvision: /Streaming/Channels/101 is the main stream of channel 1.
        if lower.contains("/streaming/channels/") || lower.contains("/isapi/streaming/channels/") {
            let end = path.find('?').unwrap_or(path.len());
            let stem = path[..end].trim_end_matches('/');
            if let Some(channel) = stem.strip_suffix("01") {
                let other = format!("{place}{channel}02{}", &path[end..]);
                return Some(Self { url: Url::parse(&other).ok()? });
            }
        }
        None
    }
}

/// How makers name a main stream and its sub-stream.
const PAIRS: [(&str, &str); 13] = [
    ("subtype=0", "subtype=1"), // Dahua, Amcrest
    ("_main", "_sub"),          // Reolink
    ("videomain", "videosub"),  // Foscam
    ("/main", "/sub"),
    ("-main", "-sub"),
    ("/stream1", "/stream2"),           // TP-Link, Tapo
    ("/media/video1", "/media/video2"), // Uniview
    ("stream=0", "stream=1"),           // XiongMai
    ("/ch0_0", "/ch0_1"),               // Yi, Xiaomi
    ("/live/ch00_0", "/live/ch00_1"),   // Zmodo
    ("/onvif1", "/onvif2"),             // Yoosee
    ("/profile1", "/profile2"),         // Hanwha
    ("/live0", "/live1"),
];

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str())
    }
}

/// Splits off `user:password@`, where there is one.
fn split_login(rest: &str) -> (Option<&str>, &str) {
    let ends = rest.char_indices().filter(|&(_, c)| c == '@').map(|(at, _)| at);
    let looks_like_host = |after: &str| {
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        let authority = &after[..end];
        let host = authority.rsplit_once(':').map_or(authority, |(host, port)| {
            if port.chars().all(|c| c.is_ascii_digit()) { host } else { authority }
        });
        let is_name = |c: char| c.is_alphanumeric() || "-._".contains(c);
        !host.is_empty()
            && (host.chars().all(is_name) || (host.starts_with('[') && host.ends_with(']')))
    };
    // In front of a path, an `@` ends the login; behind one it may belong to
    // either, and is taken for the login's where a whole host follows it.
    let first_slash = rest.find('/').unwrap_or(rest.len());
    let ends: Vec<usize> = ends.filter(|at| looks_like_host(&rest[at + 1..])).collect();
    let before = ends.iter().copied().rfind(|at| *at < first_slash);
    let end = before.or_else(|| {
        // "user:pass/word@host/path": what stands before the slash is no host with a port.
        (!looks_like_host(rest)).then(|| ends.last().copied()).flatten()
    });
    match end {
        Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
        None => (None, rest),
    }
}

fn credentials(login: &str) -> Credentials {
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let decode = |text: &str| percent_decode_str(text).decode_utf8().map(|text| text.into_owned());
    Credentials {
        user: decode(user).unwrap_or_else(|_| user.to_owned()),
        password: Zeroizing::new(decode(password).unwrap_or_else(|_| password.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, address: &str, login: Option<(&str, &str)>) {
        let (parsed, credentials) = Address::parse(typed).unwrap();
        assert_eq!(parsed.to_string(), address, "{typed}");
        let found = credentials.map(|it| (it.user.clone(), it.password.to_string()));
        let wanted = login.map(|(user, password)| (user.to_owned(), password.to_owned()));
        assert_eq!(found, wanted, "{typed}");
    }

    #[test]
    fn addresses_are_taken_as_people_type_them() {
        check("rtsp://10.0.0.5/stream1", "rtsp://10.0.0.5/stream1", None);
        check(" 10.0.0.5 ", "rtsp://10.0.0.5", None);
        check("door.local:8554/a?b=c", "rtsp://door.local:8554/a?b=c", None);
        check("RTSP://[fe80::1]:554/x", "rtsp://[fe80::1]:554/x", None);
        check("rtsp://10.0.0.5/cam@1", "rtsp://10.0.0.5/cam@1", None);
    }

    #[test]
    fn any_password_may_stand_in_an_address() {
        let host = "rtsp://10.0.0.5/s";
        check("rtsp://admin:secret@10.0.0.5/s", host, Some(("admin", "secret")));
        check("rtsp://admin@10.0.0.5/s", host, Some(("admin", "")));
        check("rtsp://admin:p%40ss@10.0.0.5/s", host, Some(("admin", "p@ss")));
        check("rtsp://admin:p@ss:word@10.0.0.5/s", host, Some(("admin", "p@ss:word")));
        check("rtsp://admin:@:/#%?&+ü@10.0.0.5/s", host, Some(("admin", "@:/#%?&+ü")));
        check("admin:a/b@10.0.0.5/s", host, Some(("admin", "a/b")));
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_sentence() {
        for (typed, part) in [
            ("", "Type the camera's address"),
            ("http://10.0.0.5/", "begin with http://"),
            ("file:///etc/passwd", "begin with file://"),
            ("rtsp://", "not an address"),
            ("rtsp://10.0.0.5:99999/", "not an address"),
            ("rtsp://10.0.0.5:0/", "port 0"),
        ] {
            let sentence = Address::parse(typed).unwrap_err().to_string();
            assert!(sentence.contains(part), "{typed}: {sentence}");
        }
        assert_eq!(Address::parse(&"a".repeat(3000)).unwrap_err(), AddressError::TooLong);
    }

    #[test]
    fn the_sub_stream_is_found_where_the_path_says_so() {
        for (main, sub) in [
            ("/Streaming/Channels/101", "/Streaming/Channels/102"),
            ("/Streaming/Channels/1601?x=1", "/Streaming/Channels/1602?x=1"),
            ("/cam/realmonitor?channel=1&subtype=0", "/cam/realmonitor?channel=1&subtype=1"),
            ("/h264Preview_01_main", "/h264Preview_01_sub"),
            ("/videoMain", "/videosub"),
            ("/cam7/main", "/cam7/sub"),
            ("/stream1", "/stream2"),
            ("/media/video1", "/media/video2"),
        ] {
            let (address, _) = Address::parse(&format!("rtsp://main.local:1{main}")).unwrap();
            let found = address.sub().map(|sub| sub.to_string());
            assert_eq!(found, Some(format!("rtsp://main.local:1{sub}")), "{main}");
        }
        for path in ["/", "/live.sdp", "/Streaming/Channels/102", "/stream12", "/cam/sub"] {
            let (address, _) = Address::parse(&format!("rtsp://10.0.0.5{path}")).unwrap();
            assert_eq!(address.sub(), None, "{path}");
        }
    }
}
