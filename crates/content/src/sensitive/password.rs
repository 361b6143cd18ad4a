//! Passwords and PINs given away or asked for; talk about passwords is neither.

mod request;

use std::ops::Range;

use super::context::{after, before, last_of};
use super::vocabulary::{Term, Topic};

/// What happens to the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// It is told: "your PIN is 4821".
    Disclosed,
    /// It is asked for: "reply with your password".
    AskedFor,
}

impl Deed {
    /// The rule it is reported under.
    pub(super) fn rule(self) -> &'static str {
        match self {
            Deed::Disclosed => "password disclosed",
            Deed::AskedFor => "password asked for",
        }
    }
}

/// Values that are words about the password, not the password.
const NOT_SECRETS: &[&str] = &[
    "password",
    "username",
    "user",
    "login",
    "required",
    "protected",
    "n/a",
    "none",
    "yes",
    "no",
    "unchanged",
    "same",
    "blank",
    "expired",
    "reset",
    "hidden",
    "removed",
    "redacted",
    "tbc",
    "tbd",
    "see",
    "click",
    "forgot",
    "change",
    "changed",
    "as",
    "the",
    "your",
    "you",
    "this",
    "if",
    "please",
    "to",
    "not",
    "enter",
    "confirm",
    "new",
    "old",
    "we",
    "it",
    "is",
    "a",
    "an",
    "and",
    "or",
    "for",
    "in",
    "on",
    "must",
    "should",
    "will",
    "in-house",
    "well-known",
    "one-time",
    "case-sensitive",
    "password-protected",
    "self-service",
    "up-to-date",
    "e-mail",
    "separate",
];

/// What is done with the secret a word of the vocabulary speaks of, and where it is said.
pub(super) fn deed(text: &str, term: &Term) -> Option<(Deed, Range<usize>)> {
    if let Some(end) = disclosed(text, term) {
        return Some((Deed::Disclosed, term.span.start..end));
    }
    let start = request::asked_for(text, term)?;
    Some((Deed::AskedFor, start..term.span.end))
}

/// Where the value behind the word ends, if there is one.
fn disclosed(text: &str, term: &Term) -> Option<usize> {
    let tail = after(text, term.span.end, 110);
    let line = tail.split(['\r', '\n']).next()?;
    let trimmed = line.trim_start_matches([' ', '*', '_', '\t', '"', '\'']);
    let (said, sign, rest) = value_part(trimmed)?;
    let raw = rest.trim_start_matches([' ', '\t', '*', '_']);
    let quote = raw
        .chars()
        .next()
        .filter(|c| "\"'\u{201c}\u{2018}`".contains(*c));
    let value = raw.trim_start_matches(['"', '\'', '\u{201c}', '\u{2018}', '`', '<', '[', '(']);
    let value = value
        .split([' ', '\t', '"', '\u{201d}', '`', '<', '>'])
        .next()?;
    let value = value.trim_end_matches(['.', ',', ';', ')', ']', '*', '_', '\'', ':', '?']);
    let alone = raw.trim_start_matches(value).trim().len() <= 1;
    let secret = match term.topic {
        _ if value
            .trim_end_matches('#')
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            && conference(text, term) =>
        {
            false
        }
        Topic::Pin => pin(value) && !text.get(term.span.end..)?.starts_with(" code"),
        _ => secret(value, said, sign, quote.is_some(), alone),
    };
    if !secret {
        return None;
    }
    let at = line.find(value).filter(|_| !value.is_empty())?;
    Some(term.span.end + at + value.len())
}

/// Splits behind what stands between the word and its value: whether a verb was said, whether
/// a colon or equals sign stood there, and the rest.
fn value_part(text: &str) -> Option<(bool, bool, &str)> {
    let mut rest = text;
    for owner in [
        "for you ",
        "for the portal ",
        "number ",
        "no. ",
        "code ",
        "to log in ",
        "for the file ",
    ] {
        rest = rest.strip_prefix(owner).unwrap_or(rest);
    }
    let lower = rest
        .get(..20.min(rest.len()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    for verb in [
        "is now ",
        "is still ",
        "is set to ",
        "has been set to ",
        "is currently ",
        "will be ",
        "should be ",
        "was ",
        "is:",
        "is ",
    ] {
        if lower.starts_with(verb) {
            let rest = rest.get(verb.len()..)?;
            let colon = rest.trim_start().strip_prefix([':', '-']).unwrap_or(rest);
            return Some((true, colon.len() < rest.len() || verb.ends_with(':'), colon));
        }
    }
    let signs = [": ", ":", "= ", "=", "- ", "\u{2013} "];
    signs.iter().find_map(|sign| {
        Some((
            false,
            sign.starts_with([':', '=']),
            rest.strip_prefix(sign)?,
        ))
    })
}

/// Whether digits are what one keys in to join a telephone conference: no secret of anybody's.
fn conference(text: &str, term: &Term) -> bool {
    let words = [
        "dial~",
        "call-in",
        "call in",
        "conference~",
        "teleconference~",
        "toll~",
        "host",
        "participant~",
        "bridge",
        "meeting~",
        "join",
        "webinar",
        "zoom",
        "teams",
    ];
    let around = [
        before(text, term.span.start, 200),
        after(text, term.span.end, 120),
    ];
    around
        .iter()
        .any(|side| last_of(&side.to_ascii_lowercase(), &words).is_some())
}

/// Whether a word is a secret rather than one about it.
fn secret(value: &str, said: bool, sign: bool, quoted: bool, alone: bool) -> bool {
    let lower = value.to_ascii_lowercase();
    if !(4..=64).contains(&value.chars().count())
        || NOT_SECRETS.contains(&lower.as_str())
        || value.contains("://")
        || value.starts_with("www.")
        || value.starts_with("****")
        || value.starts_with("....")
        || value.contains("__")
        || value.starts_with("xxx")
    {
        return false;
    }
    let letter = |c: char| c.is_alphabetic();
    let digit = value.chars().any(|c| c.is_ascii_digit());
    let capital_inside =
        value.chars().skip(1).any(char::is_uppercase) && value.chars().any(char::is_lowercase);
    let symbol = value.chars().any(|c| "!$%^*#@&+=?_~".contains(c));
    let letters = value.chars().any(letter);
    match (digit, symbol, capital_inside) {
        (true, _, _) if letters || symbol => true,
        (true, _, _) => sign || said,
        (_, true, _) | (_, _, true) => letters,
        // A plain word is a secret where nothing else can be meant: in quotes, or alone behind a colon.
        _ => quoted || (sign && !said && alone && value.chars().all(|c| c.is_ascii_lowercase())),
    }
}

/// Four to eight digits.
fn pin(value: &str) -> bool {
    (4..=8).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
}
