//! Where a writer signs off.

/// Lines below a sign-off that still belong to it. 20: name, post, address, numbers, a strap line.
const LONGEST: usize = 20;

/// Words people close a letter with.
const CLOSINGS: [&str; 16] = [
    "regards",
    "kind regards",
    "kindest regards",
    "best regards",
    "warm regards",
    "many thanks",
    "thanks",
    "thank you",
    "best wishes",
    "all the best",
    "best",
    "cheers",
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "sincerely",
];

/// The line at which the signature starts, among the writer's own lines; their number if there is
/// none. `-- ` starts one wherever it stands (RFC 3676); a closing only near the end.
pub(crate) fn starts_at(lines: &[&str]) -> usize {
    if let Some(delimiter) = lines.iter().position(|line| {
        line.starts_with("--") && matches!(line.trim_end_matches(['\r', '\n']), "-- " | "--")
    }) {
        return delimiter;
    }
    let from = lines.len().saturating_sub(LONGEST);
    let closing = lines[from..].iter().position(|line| is_closing(line));
    closing.map_or(lines.len(), |found| from + found)
}

fn is_closing(line: &str) -> bool {
    let bare = line
        .trim()
        .trim_end_matches(|c: char| !c.is_alphanumeric())
        .trim();
    bare.len() <= 20
        && CLOSINGS
            .iter()
            .any(|closing| closing.eq_ignore_ascii_case(bare))
}
