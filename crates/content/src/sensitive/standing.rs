//! Whether a number stands by itself, or is a piece of something longer: an order number, a
//! GUID, a web address, a telephone number.

use super::numbers::Taken;

/// How a number stands among its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// By itself.
    Free,
    /// Next to a sign that makes it a reference (`#`, `/`): only its own label can tell.
    Joined,
    /// A piece of something else.
    Part,
}

/// How the number at a place stands among its neighbours.
pub(super) fn standing(text: &[u8], number: &Taken<'_>) -> Standing {
    let before = text.get(..number.start).unwrap_or_default();
    let after = text.get(number.end..).unwrap_or_default();
    let digit_before = before.iter().nth_back(1).is_some_and(u8::is_ascii_digit);
    let digit_after = after.get(1).is_some_and(u8::is_ascii_digit);
    let alnum_after = after.get(1).is_some_and(u8::is_ascii_alphanumeric);
    let by_before = match before.last() {
        Some(byte) if byte.is_ascii_alphanumeric() || *byte >= 0x80 => Standing::Part,
        Some(b'_' | b'@' | b'&' | b'%' | b'+' | b'$' | b'\\' | b'-' | b'~') => Standing::Part,
        Some(b'.' | b',') if digit_before => Standing::Part,
        Some(b')') if digit_before => Standing::Part,
        Some(b'(') if number.chars.len() > 9 && after.first() == Some(&b')') => Standing::Free,
        Some(b'#' | b'/' | b'=' | b'*' | b'<') => Standing::Joined,
        Some(b' ') if number.spaced && digits_stand_before(before) => Standing::Part,
        Some(b' ') if before.ends_with(b"+1 ") || before.ends_with(b"+44 ") => Standing::Part,
        _ => Standing::Free,
    };
    let by_after = match after.first() {
        Some(byte) if byte.is_ascii_alphanumeric() || *byte == b'_' => Standing::Part,
        Some(b'@' | b'%' | b'&' | b'=' | b'\\') => Standing::Part,
        Some(b'.' | b',' | b':') if digit_after => Standing::Part,
        Some(b'-' | b'.') if alnum_after => Standing::Part,
        Some(b'/' | b'>' | b'*') => Standing::Joined,
        Some(b' ') if number.spaced && digits_stand_after(after) => Standing::Part,
        _ => Standing::Free,
    };
    match (by_before, by_after) {
        _ if in_address(before) => Standing::Part,
        (Standing::Part, _) | (_, Standing::Part) => Standing::Part,
        (Standing::Free, Standing::Free) => Standing::Free,
        _ => Standing::Joined,
    }
}

/// Whether another group of digits stands before a space, so the grouping began earlier. The
/// last part of a date is no such group.
fn digits_stand_before(before: &[u8]) -> bool {
    let mut back = before
        .iter()
        .rev()
        .skip(1)
        .skip_while(|byte| byte.is_ascii_digit());
    let digits = before.iter().nth_back(1).is_some_and(u8::is_ascii_digit);
    digits && !matches!(back.next(), Some(b'/' | b'.' | b':' | b'#'))
}

/// Whether another group of three digits or more follows a space. A date is no such group.
fn digits_stand_after(after: &[u8]) -> bool {
    let rest = after.get(1..).unwrap_or_default();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let joined = rest
        .get(digits)
        .is_some_and(|byte| matches!(byte, b'/' | b'-'));
    digits >= 3 && !joined && !rest.get(digits).is_some_and(u8::is_ascii_alphabetic)
}

/// Whether the word before belongs to a web or mail address. 200 bytes: what comes later in a
/// longer address is rarely a number of its own.
fn in_address(before: &[u8]) -> bool {
    let window = before
        .get(before.len().saturating_sub(200)..)
        .unwrap_or_default();
    let word = window
        .iter()
        .rposition(u8::is_ascii_whitespace)
        .map_or(0, |space| space + 1);
    let word = window.get(word..).unwrap_or_default();
    !word.is_empty()
        && ["://", "www.", "WWW.", "@", "cid:", "?"]
            .iter()
            .any(|sign| memchr::memmem::find(word, sign.as_bytes()).is_some())
}
