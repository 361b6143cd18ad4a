//! Whether somebody asks for the reader's password.

use super::super::context::{after, before, last_of};
use super::super::vocabulary::Term;

/// Asking verbs, before the word.
const ASK: &[&str] = &[
    "reply with",
    "respond with",
    "reply to this email with",
    "send me",
    "send us",
    "send your",
    "send over",
    "send back",
    "email me",
    "email us",
    "e-mail me",
    "text me",
    "give me",
    "give us",
    "tell me",
    "tell us",
    "provide",
    "provide me",
    "provide us",
    "forward",
    "confirm",
    "verify",
    "let me have",
    "let me know",
    "let us have",
    "i need",
    "we need",
    "i'll need",
    "i will need",
    "share",
    "what is",
    "what's",
    "can i have",
    "could i have",
    "may i have",
];

/// What turns the asking into something else: a warning, a promise, somebody else's doing.
const NOT_ASKED: &[&str] = &[
    "never",
    "not",
    "don't",
    "dont",
    "won't",
    "nobody",
    "no one",
    "without",
    "i will",
    "we will",
    "we'll",
    "i'll",
    "will be",
    "has been",
    "have been",
    "reset~",
    "chang~",
    "forgot~",
    "forgotten",
    "expire~",
    "new password",
    "twice",
    "again",
    "if you",
    "to log",
    "asks you",
    "asking you",
    "ask you",
    "asked to",
    "avoid",
    "beware",
    "phishing",
    "scam~",
    "anyone",
    "protect~",
];

/// Where the asking begins.
pub(super) fn asked_for(text: &str, term: &Term) -> Option<usize> {
    let lead = before(text, term.span.start, 90);
    let sentence = lead.rsplit(['.', '!', '?', ';']).next()?;
    let sentence = sentence.rsplit("\n\n").next()?;
    let lower = sentence.replace(['\r', '\n'], " ").to_ascii_lowercase();
    let your = last_of(&lower, &["your"]).filter(|at| lower.len() - at <= 45)?;
    let verb = last_of(lower.get(..your + 4)?, ASK)?;
    let tail = after(text, term.span.end, 40).to_ascii_lowercase();
    let object = matches!(
        lower
            .get(verb..)
            .unwrap_or_default()
            .split_whitespace()
            .next(),
        Some("confirm" | "verify")
    );
    let field = object
        && (tail.starts_with(" field")
            || tail.starts_with(" in the")
            || tail.starts_with(" below"));
    // A reset page's "confirm your password" and "provide your login details to your bank" stay out.
    let between = your.saturating_sub(verb);
    if between > 45
        || field
        || last_of(&lower, NOT_ASKED).is_some()
        || tail.starts_with(" reset")
        || tail.starts_with(" is ")
    {
        return None;
    }
    // Asking needs the imperative or "please": "we forward your password" is a promise.
    let ahead = lower.get(..verb)?.trim_end();
    let promised = [
        "i", "we", "to", "they", "it", "will", "he", "she", "that", "who",
    ];
    let subject = ahead
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '\'')
        .next_back()
        .unwrap_or_default();
    if promised.contains(&subject)
        && !(subject == "to" && last_of(ahead, &["need", "have", "kindly", "asked"]).is_some())
    {
        return None;
    }
    Some(term.span.start - sentence.len() + lower.len() - (lower.len() - verb))
}
