//! Names of files: from what a camera is called and the local time, whatever
//! people typed, on whatever disk.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use media::{CameraId, WallTime};

/// Of a camera's name, in bytes: with a time and an ending it fits everywhere.
const MAX: usize = 120;

/// How the name of a file begins that is of a camera and a moment.
pub fn stem(name: &str, camera: CameraId, time: WallTime, zone: &TimeZone) -> String {
    format!("{} {}", called(name, camera), stamp(time, zone))
}

/// What a camera is called, or its id, as it can stand in the name of a file.
pub fn called(name: &str, camera: CameraId) -> String {
    plain(name, &format!("Camera {}", camera.0))
}

/// What a camera is called, as it can stand in the name of a file; `other`
/// where nothing is left of it.
pub fn plain(name: &str, other: &str) -> String {
    let mut plain = String::new();
    for letter in name.chars().filter(|it| !is_hidden(*it)) {
        // Not allowed on one system or another, or a separator on one.
        let letter = if r#"/\:*?"<>|"#.contains(letter) { '_' } else { letter };
        let letter = if letter.is_whitespace() || letter.is_control() { ' ' } else { letter };
        if letter == ' ' && (plain.is_empty() || plain.ends_with(' ')) {
            continue;
        }
        if plain.len() + letter.len_utf8() > MAX {
            break;
        }
        plain.push(letter);
    }
    // Hidden, or the folder above.
    let plain = plain.trim_matches(|it: char| it == '.' || it == ' ');
    let plain = if plain.is_empty() { other } else { plain };
    plain.to_owned()
}

/// A moment, as it can stand in the name of a file: local, with its distance
/// from UTC, since an hour a year happens twice.
pub fn stamp(time: WallTime, zone: &TimeZone) -> String {
    match Timestamp::from_microsecond(time.0) {
        Ok(at) => at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H.%M.%S%z").to_string(),
        Err(_) => time.stamp(),
    }
}

/// The same, for people and programs (RFC 3339).
pub fn text(time: WallTime, zone: &TimeZone) -> String {
    match Timestamp::from_microsecond(time.0) {
        Ok(at) => at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.6f%:z").to_string(),
        Err(_) => time.stamp(),
    }
}

/// A name that `taken` does not have, whatever the case of its letters: some
/// disks do not tell them apart.
pub fn free(stem: &str, end: &str, taken: &HashSet<String>) -> String {
    let first = std::iter::once(format!("{stem}{end}"));
    let others = (2..).map(|number: u32| format!("{stem} ({number}){end}"));
    let is_free = |name: &String| !taken.contains(&name.to_lowercase());
    first.chain(others).find(is_free).unwrap_or_default()
}

/// Whether a letter is not seen, or changes how those around it are.
fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_harmless() {
        let check = |name: &str, expected: &str| assert_eq!(plain(name, "Camera 1"), expected);
        check("Gate", "Gate");
        check("../../etc/passwd", "_.._etc_passwd");
        check("..", "Camera 1");
        check("  Front\tdoor\n ", "Front door");
        check("<script>alert(1)</script>", "_script_alert(1)__script_");
        check("C:\\Windows\\CON", "C__Windows_CON");
        check("\u{202e}4pm.exe\u{202c}", "4pm.exe");
        check("שער ראשי", "שער ראשי");
        check("🚪 Door", "🚪 Door");
        check("\u{0}\u{200b}", "Camera 1");
        let long = plain(&"🚪".repeat(300), "Camera 1");
        assert_eq!(long.chars().count(), 30);
        assert!(long.len() <= MAX);
    }

    /// I1: whatever is typed, a file's name is one name in its folder.
    #[test]
    fn ten_thousand_names_stay_in_their_folder() {
        let pieces = ["..", "/", "\\", "%2e", "\0", "a", " ", ".", ":", "\u{202e}", "~", "é", "\n"];
        let mut state = 1u64;
        for _ in 0..10_000 {
            let mut name = String::new();
            for _ in 0..8 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                name += pieces[(state >> 33) as usize % pieces.len()];
            }
            let plain = plain(&name, "Camera 1");
            let path = std::path::Path::new("/dest").join(&plain);
            assert_eq!(path.parent(), Some(std::path::Path::new("/dest")), "{name:?}");
            assert_eq!(path.file_name().and_then(|it| it.to_str()), Some(&*plain), "{name:?}");
            assert!(!plain.contains(['/', '\\', '\0', ':']), "{name:?}");
        }
    }

    #[test]
    fn an_hour_that_repeats_has_two_names() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        // 2026-10-25, 00:30 and 01:30 UTC.
        let names = [1_792_888_200, 1_792_891_800].map(|it| stamp(WallTime(it * 1_000_000), &zone));
        assert_eq!(names, ["2026-10-25 02.30.00+0200", "2026-10-25 02.30.00+0100"]);
        let text = text(WallTime(1_792_888_200_250_000), &zone);
        assert_eq!(text, "2026-10-25T02:30:00.250000+02:00");
    }

    #[test]
    fn a_camera_and_a_moment_have_a_name() {
        let check = |name, expected: &str| {
            let at = WallTime(1_792_888_200_250_000);
            assert_eq!(stem(name, CameraId(7), at, &TimeZone::UTC), expected);
        };
        check("../🚪", "_🚪 2026-10-25 00.30.00+0000");
        check("..", "Camera 7 2026-10-25 00.30.00+0000");
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = HashSet::from(["gate.mp4".to_owned(), "gate (2).mp4".to_owned()]);
        assert_eq!(free("Gate", ".mp4", &taken), "Gate (3).mp4");
        assert_eq!(free("Gate", "", &taken), "Gate");
    }
}
