//! What may be typed as a name.

use crate::StoreError;

/// The longest name, in characters.
const MAX_NAME: usize = 300;

/// `name` without the blanks around it, if it may be one. `what` begins the
/// sentence that refuses it.
pub(crate) fn name<'a>(what: &str, name: &'a str) -> Result<&'a str, StoreError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(StoreError::invalid(format!("{what} cannot be empty. Type a name.")));
    }
    line(what, name)
}

/// `text` if it is one line of at most 300 characters; it may also be empty.
/// `what` begins the sentence that refuses it.
pub fn line<'a>(what: &str, text: &'a str) -> Result<&'a str, StoreError> {
    short_line(what, text, MAX_NAME)
}

/// `text` if it is one line of at most `limit` characters.
pub(crate) fn short_line<'a>(
    what: &str,
    text: &'a str,
    limit: usize,
) -> Result<&'a str, StoreError> {
    if text.chars().count() > limit {
        return Err(StoreError::invalid(format!(
            "{what} can have {limit} characters. Shorten it."
        )));
    }
    if text.chars().any(char::is_control) {
        return Err(StoreError::invalid(format!(
            "{what} cannot contain line breaks or control characters. Leave them out."
        )));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        let check = |typed: &str, expected: Option<&str>| {
            assert_eq!(name("The name", typed).ok(), expected, "{typed:?}");
        };
        check(" Yard\t", Some("Yard"));
        check("x", Some("x"));
        check("Ünï 日本 <b>", Some("Ünï 日本 <b>"));
        check("", None);
        check("  \n ", None);
        check("a\nb", None);
        check("a\0b", None);
        check("a\u{85}b", None);
        check(&"ü".repeat(300), Some(&"ü".repeat(300)));
        check(&"ü".repeat(301), None);
        check(&format!("  {}  ", "y".repeat(300)), Some(&"y".repeat(300)));
    }
}
