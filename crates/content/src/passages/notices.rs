//! Which lines of a text are a legal notice and not what somebody says.

use crate::footer::normalise;

/// Lines a notice takes at most; beyond it the text is somebody's own again.
const LONGEST_NOTICE: usize = 40;

/// For each line whether it belongs to the council's own disclaimer, however it was wrapped.
pub(crate) fn disclaimer_lines(lines: &[&str], disclaimer: Option<&str>) -> Vec<bool> {
    let wanted = disclaimer.map(normalise).unwrap_or_default();
    if wanted.is_empty() {
        return vec![false; lines.len()];
    }
    // Each line, with where it stands in the normalised text.
    let mut whole = String::new();
    let mut places = Vec::with_capacity(lines.len());
    for line in lines {
        let words = normalise(line);
        if !words.is_empty() && !whole.is_empty() {
            whole.push(' ');
        }
        let start = whole.len();
        whole.push_str(&words);
        places.push(start..whole.len());
    }
    let Some(start) = whole.rfind(&wanted) else {
        return vec![false; lines.len()];
    };
    let taken = start..start + wanted.len();
    let within = |place: &std::ops::Range<usize>| {
        !place.is_empty() && place.start < taken.end && place.end > taken.start
    };
    places.iter().map(within).collect()
}

/// The text without the lines the disclaimer takes up.
pub(crate) fn without_disclaimer(text: &str, disclaimer: Option<&str>) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let ours = disclaimer_lines(&lines, disclaimer);
    let kept = lines.iter().zip(ours).filter(|(_, is_ours)| !is_ours);
    kept.fold(String::new(), |mut out, (line, _)| {
        out.push_str(line);
        out.push('\n');
        out
    })
}

/// Marks the lines of notices such as organisations add below their mail: a paragraph that opens
/// as one and goes on to speak of secrecy.
pub(crate) fn mark_notices(lines: &[&str], marked: &mut [bool]) {
    let mut at = 0;
    while at < lines.len() {
        let end = paragraph_end(lines, at);
        if opens_notice(lines[at]) && speaks_of_secrecy(&lines[at..end]) {
            marked[at..end].fill(true);
        }
        at = end.max(at + 1);
    }
}

/// The line after the paragraph that starts here.
fn paragraph_end(lines: &[&str], start: usize) -> usize {
    let length = lines[start..]
        .iter()
        .take(LONGEST_NOTICE)
        .position(|line| line.trim_start().is_empty());
    let rest = lines.len() - start;
    start + length.unwrap_or(rest.min(LONGEST_NOTICE))
}

fn opens_notice(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let openings = [
        "this e-mail",
        "this email",
        "this message",
        "this communication",
        "this transmission",
        "the information contained",
        "the information in this",
        "the information transmitted",
        "this electronic message",
        "if you are not the intended",
        "the contents of this",
        "confidentiality notice",
        "disclaimer",
        "legal notice",
    ];
    openings.iter().any(|opening| {
        line.as_bytes()
            .get(..opening.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(opening.as_bytes()))
    })
}

fn speaks_of_secrecy(lines: &[&str]) -> bool {
    let words = normalise(&lines.join(" "));
    [
        "confidential",
        "intended recipient",
        "addressee",
        "privileged",
        "intended for",
    ]
    .iter()
    .any(|word| words.contains(word))
}
