//! The page that plays a package: one file, which loads nothing but the films
//! beside it.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest as _, Sha256};

use super::manifest::Manifest;

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// The page for what is in `manifest`.
pub fn of(manifest: &Manifest) -> String {
    let words = serde_json::to_string(manifest).expect("numbers and texts can be written");
    // Nothing that somebody typed ends the element, or begins another.
    let words = words.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    let (script, style) = (hash(SCRIPT), hash(STYLE));
    // What is made is put in once, so that nothing in it is taken for a place.
    let pieces = [
        (
            "{policy}",
            format!(
                "default-src 'none'; media-src 'self' file:; script-src '{script}'; \
             style-src '{style}'; base-uri 'none'; form-action 'none'"
            ),
        ),
        ("{style}", STYLE.to_owned()),
        ("{manifest}", words),
        ("{script}", SCRIPT.to_owned()),
    ];
    let (mut page, mut rest) = (String::new(), PAGE);
    for (place, piece) in pieces {
        let (before, after) = rest.split_once(place).unwrap_or((rest, ""));
        page += before;
        page += &piece;
        rest = after;
    }
    page + rest
}

fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}
