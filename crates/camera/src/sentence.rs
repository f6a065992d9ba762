//! What people are told when a camera cannot be had: what happened, and the
//! next step.

use std::io;

use media::{Cause, SourceError};

use crate::Address;

/// Longest part of a camera's own words that is repeated.
const MAX_QUOTE: usize = 80;

/// A connection could not be made.
pub fn not_connected(address: &Address, error: &io::Error) -> SourceError {
    let place = address.place();
    let sentence = match error.kind() {
        io::ErrorKind::NotFound => format!(
            "There is no host called {}. Check the name in the camera's address.",
            address.host()
        ),
        io::ErrorKind::ConnectionRefused => format!(
            "{place} refuses connections to port {}. Check the port, and that RTSP is switched on \
             in the camera.",
            address.port()
        ),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => format!(
            "{place} cannot be reached. Check the cable, the power and the network of the camera."
        ),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            return closed(address);
        }
        _ => {
            tracing::info!(%place, "could not connect: {error}");
            format!("The connection to {place} failed. Check the network of this machine.")
        }
    };
    SourceError::new(cause_of(error), sentence)
}

/// Nothing answered at all.
pub fn no_answer(address: &Address) -> SourceError {
    let sentence = format!(
        "{} does not answer. Check the address, and that the camera has power and network.",
        address.place()
    );
    SourceError::new(Cause::Unreachable, sentence)
}

/// It took the connection and then took too long.
pub fn too_slow(address: &Address, seconds: u64) -> SourceError {
    let sentence = format!(
        "{} took the connection and did not finish its answer within {seconds} s. Restart the \
         camera where this goes on.",
        address.place()
    );
    SourceError::new(Cause::Silent, sentence)
}

/// It closed the connection.
pub fn closed(address: &Address) -> SourceError {
    let sentence = format!(
        "{} closed the connection. It may have restarted, or allow no more viewers.",
        address.place()
    );
    SourceError::new(Cause::Ended, sentence)
}

/// The connection broke.
pub fn broken(address: &Address, error: &io::Error) -> SourceError {
    let place = address.place();
    tracing::info!(%place, "the connection broke: {error}");
    let sentence = format!(
        "The connection to {place} broke. The camera may have restarted; else check the network."
    );
    SourceError::new(Cause::Ended, sentence)
}

/// It wants a login, and there is none to give.
pub fn login_needed(address: &Address) -> SourceError {
    let sentence = format!("{} asks for a user name and a password. Enter them.", address.place());
    SourceError::new(Cause::NotAllowed, sentence)
}

/// It refuses the login.
pub fn login_refused(address: &Address) -> SourceError {
    let sentence = format!(
        "{} refuses the user name or the password. Enter them again; it is not tried often, so \
         that the camera does not lock itself.",
        address.place()
    );
    SourceError::new(Cause::NotAllowed, sentence)
}

/// It asks for a login in a way that is not known.
pub fn login_unknown(address: &Address) -> SourceError {
    let sentence = format!(
        "{} asks for a login in a way that is not known here. Choose digest or basic in the \
         camera's settings.",
        address.place()
    );
    SourceError::new(Cause::NotAllowed, sentence)
}

/// It answered a request with this status instead of success.
pub fn status(address: &Address, method: &str, code: u16, reason: &str) -> SourceError {
    let place = address.place();
    let reason = quote(reason);
    let (cause, sentence) = match code {
        401 => return login_refused(address),
        403 => (
            Cause::NotAllowed,
            format!(
                "{place} forbids this user to see the stream. Give the user the right in the camera."
            ),
        ),
        404 => (
            Cause::NotFound,
            format!(
                "{place} has no stream at this path. Check the part of the address after the host."
            ),
        ),
        300..=399 => (
            Cause::BadAnswer,
            format!(
                "{place} sends viewers to another address ({code} {reason}). Use that address instead."
            ),
        ),
        453 => (
            Cause::BadAnswer,
            format!(
                "{place} has no bandwidth left for another viewer. Close one, or use a smaller stream."
            ),
        ),
        461 => (
            Cause::Unsupported,
            format!(
                "{place} does not send its stream over this transport. Choose the other one, TCP or UDP."
            ),
        ),
        503 => (
            Cause::BadAnswer,
            format!("{place} is too busy for another viewer. Close one, or restart the camera."),
        ),
        _ => (
            Cause::BadAnswer,
            format!(
                "{place} answered {method} with \"{code} {reason}\". Check the address, or restart the camera."
            ),
        ),
    };
    SourceError::new(cause, sentence)
}

/// What it says is not RTSP.
pub fn not_rtsp(address: &Address) -> SourceError {
    let sentence = format!(
        "What answers at {} does not speak RTSP. Check the port; cameras usually use 554.",
        address.place()
    );
    SourceError::new(Cause::BadAnswer, sentence)
}

/// What it says breaks a limit of ours.
pub fn too_much(address: &Address, what: &str) -> SourceError {
    let sentence = format!(
        "{} sent {what}, more than any camera needs to, and was disconnected. Restart it, or \
         update its firmware.",
        address.place()
    );
    SourceError::new(Cause::BadAnswer, sentence)
}

/// What it says cannot be understood; `why` is for those who mend cameras.
pub fn nonsense(address: &Address, why: &str) -> SourceError {
    let sentence = format!(
        "{} sends a stream that cannot be understood ({}).",
        address.place(),
        quote(first_line(why))
    );
    SourceError::new(Cause::BadAnswer, sentence)
}

/// There is no video at the address.
pub fn no_video(address: &Address) -> SourceError {
    let sentence = format!(
        "The stream at {} has no video. Check the part of the address after the host.",
        address.place()
    );
    SourceError::new(Cause::NotVideo, sentence)
}

/// The video is of a codec that is not known.
pub fn unknown_codec(address: &Address, codec: &str) -> SourceError {
    let sentence = format!(
        "{} sends video as {}, which is not supported. Choose H.264, H.265 or MJPEG in the \
         camera's settings.",
        address.place(),
        quote(codec).to_uppercase()
    );
    SourceError::new(Cause::Unsupported, sentence)
}

/// It announces a picture no camera makes.
pub fn absurd_size(address: &Address, width: u32, height: u32) -> SourceError {
    let sentence = format!(
        "{} announces a picture of {width}×{height} pixels, which is not supported. Choose a \
         smaller size in the camera's settings.",
        address.place()
    );
    SourceError::new(Cause::Unsupported, sentence)
}

/// A UDP socket could not be had.
pub fn no_udp(error: &io::Error) -> SourceError {
    let sentence = format!("No port for UDP could be opened here ({error}). Use TCP instead.");
    SourceError::new(Cause::BadAnswer, sentence)
}

/// The cause of a connection that could not be made.
fn cause_of(error: &io::Error) -> Cause {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::InvalidInput => Cause::NotFound,
        _ => Cause::Unreachable,
    }
}

/// A camera's words, without what could pass for ours.
fn quote(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control() && *c != '"');
    plain.take(MAX_QUOTE).collect::<String>().trim().to_owned()
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
