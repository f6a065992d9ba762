//! Times in sentences.

use media::WallTime;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `22 November 2026, 10:15 UTC`.
pub(crate) fn spoken(time: WallTime) -> String {
    let (year, month, day, second) = time.civil();
    let name = MONTHS[(month - 1) as usize];
    format!("{day} {name} {year}, {:02}:{:02} UTC", second / 3600, second / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        let check = |second: i64, sentence: &str| {
            assert_eq!(spoken(WallTime(second * 1_000_000)), sentence);
        };
        check(0, "1 January 1970, 00:00 UTC");
        check(951_782_399, "28 February 2000, 23:59 UTC");
        check(1_795_342_500, "22 November 2026, 10:15 UTC");
    }
}
