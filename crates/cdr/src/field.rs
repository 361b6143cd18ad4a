//! What stands in single fields.

use crate::money::Money;
use crate::set_aside::Reason;

/// Longest text kept of a field, in characters.
const LONGEST_TEXT: usize = 128;
/// A hundred days: no call is longer, and sums of calls stay far from overflowing.
pub(crate) const LONGEST_CALL: u32 = 100 * 24 * 3600;

/// A text somebody may read, or nothing where the field is empty.
pub(crate) fn text(value: &[u8]) -> Option<Box<str>> {
    if value.is_empty() {
        return None;
    }
    match std::str::from_utf8(value) {
        Ok(text) if value.len() <= LONGEST_TEXT => Some(text.into()),
        _ => {
            let text = String::from_utf8_lossy(value);
            Some(text.chars().take(LONGEST_TEXT).collect::<String>().into())
        }
    }
}

/// A whole number; nothing where the field is empty.
pub(crate) fn number(name: &'static str, value: &[u8]) -> Result<Option<i64>, Reason> {
    if value.is_empty() {
        return Ok(None);
    }
    let read = std::str::from_utf8(value).ok();
    let read = read.and_then(|text| text.parse().ok());
    read.map(Some)
        .ok_or_else(|| Reason::field(name, "whole number", value))
}

/// A length of time: seconds, `m:ss` or `h:mm:ss`.
pub(crate) fn seconds(name: &'static str, value: &[u8]) -> Result<Option<u32>, Reason> {
    if value.is_empty() {
        return Ok(None);
    }
    let wrong = || Reason::field(name, "length of a call", value);
    let mut parts = value.split(|byte| *byte == b':');
    let whole = |part: &[u8], is_first: bool| -> Option<u32> {
        // Parts of a second are passed over: `12.000`.
        let part = match part.iter().position(|byte| *byte == b'.') {
            Some(dot) if part[dot + 1..].iter().all(u8::is_ascii_digit) => &part[..dot],
            _ => part,
        };
        let well_formed = (1..=9).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
        if !well_formed {
            return None;
        }
        let n = part
            .iter()
            .fold(0, |n, byte| n * 10 + u32::from(byte - b'0'));
        (is_first || (part.len() == 2 && n < 60)).then_some(n)
    };
    let mut total = whole(parts.next().unwrap_or(&[]), true).map(u64::from);
    for (n, part) in parts.enumerate() {
        let more = whole(part, false).filter(|_| n < 2);
        total = total
            .zip(more)
            .map(|(total, more)| total * 60 + u64::from(more));
    }
    let total = total.and_then(|total| u32::try_from(total).ok());
    let total = total.filter(|total| *total <= LONGEST_CALL);
    total.map(Some).ok_or_else(wrong)
}

/// An amount of money: `1.25`, `£0.0450`, `-3`; nothing where the field is empty.
pub(crate) fn money(name: &'static str, value: &[u8]) -> Result<Option<Money>, Reason> {
    if value.is_empty() {
        return Ok(None);
    }
    let wrong = || Reason::field(name, "amount of money", value);
    let text = std::str::from_utf8(value).map_err(|_| wrong())?;
    let text = text.trim_start_matches(['£', '€', '$']);
    Money::read(text).map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lengths_are_read_as_feeds_write_them() {
        let check = |text: &str, expected| {
            assert_eq!(
                seconds("duration", text.as_bytes()).ok(),
                expected,
                "{text}"
            );
        };
        check("", Some(None));
        check("0", Some(Some(0)));
        check("75", Some(Some(75)));
        check("1:15", Some(Some(75)));
        check("01:01:15", Some(Some(3675)));
        check("12.000", Some(Some(12)));
        check("8640000", Some(Some(LONGEST_CALL)));
        check("8640001", None);
        check("-1", None);
        check("1:75", None);
        check("1:2:3:4", None);
        check("99999999999999999999", None);
        check("1m", None);
    }

    #[test]
    fn money_is_exact() {
        let check = |text: &str, expected: Option<&str>| {
            let read = money("charge", text.as_bytes()).ok().flatten();
            assert_eq!(read.map(|m| m.to_string()).as_deref(), expected, "{text}");
        };
        check("1.25", Some("1.25"));
        check("£0.0450", Some("0.045"));
        check("-3", Some("-3"));
        check("0.1", Some("0.1"));
        check("1e3", None);
        check("1,25", None);
        check("99999999999999999999", None);
    }
}
