//! Is the disclaimer already there: in the sender's own text, or in an earlier message quoted
//! below it?

use crate::html;
use crate::mail::MailReading;
use crate::media::PartKind;

/// Where an earlier copy of the disclaimer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlierCopy {
    /// Nowhere that was looked at.
    None,
    /// Only in quoted text: enough when a thread needs one.
    Quoted,
    /// In this message's own text: enough when each message needs one.
    Own,
}

/// Texts looked at; a message's own text rarely has more than two forms.
const MOST_TEXTS: usize = 8;

/// Looks for `marker` (a telling sentence of the disclaimer, or all of it) in the texts shown
/// with the message. White space, line breaks, quotation marks, letter case and typographic
/// quotes do not matter. An empty marker is found nowhere.
///
/// Text after a quotation that is not itself marked line by line counts as quoted, as nothing
/// tells whose it is. A gate that may see its own output again marks it in a header field.
pub fn earlier_copy(message: &[u8], reading: &MailReading, marker: &str) -> EarlierCopy {
    let word = telling_word(marker);
    let wanted = normalise(marker);
    if wanted.is_empty() {
        return EarlierCopy::None;
    }
    let mut found = EarlierCopy::None;
    let texts = reading
        .parts
        .iter()
        .filter(|part| !part.attachment && !part.enclosed);
    for part in texts.take(MOST_TEXTS) {
        let text = reading.text_of(message, part);
        // Most mail lacks the word, and is spared the rest.
        if word.is_some_and(|word| !holds_word(&text, word)) {
            continue;
        }
        let text = match part.kind {
            PartKind::Html => html::to_text(&text, reading.text_bytes),
            _ => text,
        };
        let (own, quoted) = crate::passages::split_quoted(&text);
        if normalise(&own).contains(&wanted) {
            return EarlierCopy::Own;
        }
        if normalise(&quoted).contains(&wanted) {
            found = EarlierCopy::Quoted;
        }
    }
    found
}

/// The longest word of the marker made of letters only, which no quoting or wrapping changes.
fn telling_word(marker: &str) -> Option<&str> {
    marker
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic()))
        .max_by_key(|word| word.len())
}

fn holds_word(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some(first) = word.first() else {
        return false;
    };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, text).any(|at| {
        text.get(at..at + word.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(word))
    })
}

/// Words with one space between them, without quotation marks at line starts.
pub(crate) fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim_start_matches(|c: char| c == '>' || c == '|' || c.is_whitespace());
        for word in line.split(|c: char| c.is_whitespace() || c == '\u{a0}') {
            if word.is_empty() {
                continue;
            }
            if !out.is_empty() {
                out.push(' ');
            }
            out.extend(word.chars().flat_map(char::to_lowercase).map(|c| match c {
                '‘' | '’' => '\'',
                '“' | '”' => '"',
                '–' | '—' => '-',
                other => other,
            }));
        }
    }
    out
}
