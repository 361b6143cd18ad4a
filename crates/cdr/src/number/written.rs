//! How a party was written: digits among brackets and spaces, masks, addresses, words.

use super::{Digits, Form};

/// A party's text, taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    pub(crate) form: Form,
    /// The digits; of a masked number those before the mask.
    pub(crate) digits: Digits,
    /// Whether it begins with +.
    pub(crate) is_international: bool,
}

/// How feeds say that a number is not shown, in plain letters.
const WITHHELD: [&str; 12] = [
    "anonymous",
    "blocked",
    "notavailable",
    "numberwithheld",
    "private",
    "privatenumber",
    "restricted",
    "unavailable",
    "unknown",
    "withheld",
    "withheldnumber",
    "numberunavailable",
];

impl Written {
    pub(crate) fn read(given: &[u8]) -> Self {
        let (text, is_address) = inside(given.trim_ascii());
        if text.is_empty() {
            return Self::without_digits(Form::Empty);
        }
        match Self::number(text) {
            Some(written) => written,
            None if is_withheld(text) => Self::without_digits(Form::Withheld),
            None if is_address || text.contains(&b'@') => Self::without_digits(Form::Address),
            None => Self::without_digits(Form::Text),
        }
    }

    fn without_digits(form: Form) -> Self {
        Self {
            form,
            digits: Digits::NONE,
            is_international: false,
        }
    }

    fn number(text: &[u8]) -> Option<Self> {
        let (is_international, rest) = match text {
            [b'+', rest @ ..] => (true, rest),
            [b'*' | b'#', rest @ ..] if is_feature(rest) => {
                return Some(Self::without_digits(Form::Feature));
            }
            rest => (false, rest),
        };
        let mut digits = Digits::NONE;
        let mut masked = 0;
        let mut at = 0;
        while let Some(byte) = rest.get(at) {
            // +44 (0)1922: the 0 is for those who dial from inside.
            if is_international && rest[at..].starts_with(b"(0)") {
                at += 3;
                continue;
            }
            match byte {
                b'0'..=b'9' if masked == 0 => digits.push(*byte)?,
                // Digits after a mask say nothing about the kind.
                b'0'..=b'9' => {}
                b'*' | b'X' | b'x' | b'#' => masked += 1,
                b' ' | b'-' | b'.' | b'(' | b')' | b'/' => {}
                _ => return None,
            }
            at += 1;
        }
        let is_masked = masked > 0;
        if digits.len() == 0 && !is_masked {
            return None;
        }
        let form = if is_masked {
            Form::Masked
        } else {
            Form::Number
        };
        Some(Self {
            form,
            digits,
            is_international,
        })
    }
}

/// `*97`, `#21#`, `*21*2001#`.
fn is_feature(rest: &[u8]) -> bool {
    let all = rest
        .iter()
        .all(|byte| byte.is_ascii_digit() || b"*#".contains(byte));
    all && rest.first().is_some_and(u8::is_ascii_digit) && rest.len() <= 16
}

fn is_withheld(text: &[u8]) -> bool {
    let is = |word: &str| {
        let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic());
        letters.map(u8::to_ascii_lowercase).eq(word.bytes())
    };
    text.len() <= 32 && WITHHELD.iter().any(|word| is(word))
}

/// What stands inside `"Ann" <sip:2001@pbx;user=phone>`, and whether it was an address.
fn inside(text: &[u8]) -> (&[u8], bool) {
    if text.first().is_none_or(|byte| byte.is_ascii_digit()) {
        return (until(text, b"@;"), false);
    }
    let text = match (memchr::memchr(b'<', text), text) {
        (Some(open), [.., b'>']) => &text[open + 1..text.len() - 1],
        _ => text,
    };
    let scheme = [&b"sip:"[..], b"sips:", b"tel:"];
    let is_scheme = |scheme: &&&[u8]| {
        text.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    };
    match scheme.iter().find(is_scheme) {
        Some(scheme) => (until(&text[scheme.len()..], b"@;"), true),
        None => (until(text, b";"), false),
    }
}

/// The text before any of these.
fn until<'a>(text: &'a [u8], ends: &[u8]) -> &'a [u8] {
    let end = text.iter().position(|byte| ends.contains(byte));
    &text[..end.unwrap_or(text.len())]
}
