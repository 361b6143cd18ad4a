//! Tells the sender's own lines from what they quote, and takes the council's disclaimer away.

use crate::footer::normalise;

/// Splits text into the sender's own lines and quoted ones. Lines marked with `>` are quoted
/// wherever they stand; after a line that introduces an unmarked original, everything is.
pub(crate) fn split_quoted(text: &str) -> (String, String) {
    let lines: Vec<&str> = text.lines().collect();
    let (mut own, mut quoted) = (String::new(), String::new());
    let mut original = false;
    let mut skip_until = 0;
    for (index, line) in lines.iter().enumerate() {
        let bare = line.trim();
        original |= introduces_original(&lines, index);
        if let Some(end) = attribution(&lines, index) {
            skip_until = skip_until.max(end);
        }
        let to_quoted = original || index < skip_until || bare.starts_with('>');
        let out = if to_quoted { &mut quoted } else { &mut own };
        out.push_str(line);
        out.push('\n');
    }
    (own, quoted)
}

/// A line after which an earlier message follows without quotation marks, as Outlook writes it.
fn introduces_original(lines: &[&str], index: usize) -> bool {
    let bare = lines[index].trim();
    let lower = bare.get(..60).unwrap_or(bare).to_lowercase();
    if lower.starts_with("-----original message")
        || lower.starts_with("----- original message")
        || lower.starts_with("-------- original message")
        || lower.starts_with("---------- forwarded message")
        || lower.starts_with("begin forwarded message")
    {
        return true;
    }
    // `From: … Sent: … To: …` on lines of their own.
    let follows = |word: &str| {
        lines[index + 1..]
            .iter()
            .take(5)
            .any(|line| line.trim().to_lowercase().starts_with(word))
    };
    let header = |word: &str| lower.trim_start_matches('*').starts_with(word);
    header("from:") && (follows("sent:") || follows("date:") || follows("*sent:")) && {
        follows("to:") || follows("subject:") || follows("*to:")
    }
}

/// `On … wrote:`, over at most three lines, with quoted lines or the end below it: the line
/// number after it.
fn attribution(lines: &[&str], index: usize) -> Option<usize> {
    if !lines[index].trim_start().starts_with("On ") {
        return None;
    }
    let length = lines[index..]
        .iter()
        .take(3)
        .position(|line| line.trim_end().ends_with(':'))?;
    let last = index + length;
    let says_wrote = lines[last]
        .trim_end()
        .trim_end_matches(':')
        .trim_end()
        .ends_with("wrote");
    let below = lines[last + 1..]
        .iter()
        .take(50)
        .map(|line| line.trim())
        .find(|l| !l.is_empty());
    (says_wrote && below.is_none_or(|line| line.starts_with('>'))).then_some(last + 1)
}

/// The text without the lines the disclaimer takes up, however it was wrapped.
pub(super) fn without_disclaimer(text: &str, disclaimer: Option<&str>) -> String {
    let wanted = disclaimer.map(normalise).unwrap_or_default();
    if wanted.is_empty() {
        return text.to_owned();
    }
    // Each line, with where it stands in the normalised text.
    let mut whole = String::new();
    let mut places = Vec::new();
    for line in text.lines() {
        let words = normalise(line);
        if !words.is_empty() && !whole.is_empty() {
            whole.push(' ');
        }
        let start = whole.len();
        whole.push_str(&words);
        places.push((line, start..whole.len()));
    }
    let Some(start) = whole.rfind(&wanted) else {
        return text.to_owned();
    };
    let taken = start..start + wanted.len();
    let kept = places.iter().filter(|(_, place)| {
        place.is_empty() || place.end <= taken.start || place.start >= taken.end
    });
    kept.fold(String::new(), |mut out, (line, _)| {
        out.push_str(line);
        out.push('\n');
        out
    })
}
