//! Protective markings: the words at the head or foot of a document that say how to handle it.
//!
//! A marking is a heading. The same words in a sentence speak about markings, and OFFICIAL alone
//! is what everything is.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::finding::Confidence::{self, High, Low};

/// Lines looked at from the top and from the bottom of each page, empty ones not counted: a
/// letterhead or a footer and its neighbours.
const LINES: usize = 6;

/// Longer lines are prose.
const LONGEST: usize = 200;

/// Pages looked at; further ones repeat what the first say.
const PAGES: usize = 500;

/// The first look: a line without any of these is no marking.
static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build([
            "sensitive",
            "secret",
            "protect",
            "restricted",
            "confidential",
        ])
        .ok()
});

/// One marking.
pub(super) struct Marked {
    pub(super) span: Range<usize>,
    pub(super) confidence: Confidence,
    pub(super) rule: &'static str,
}

/// The markings of a text, in order.
pub(super) fn find(text: &str) -> Vec<Marked> {
    let mut marked = Vec::new();
    let mut at = 0;
    for page in text.split('\u{c}').take(PAGES) {
        let lines: Vec<Range<usize>> = edge_lines(page);
        for line in lines {
            let Some(written) = page.get(line.clone()) else {
                continue;
            };
            if let Some((within, confidence, rule)) = marking(written) {
                let start = at + line.start;
                marked.push(Marked {
                    span: start + within.start..start + within.end,
                    confidence,
                    rule,
                });
            }
        }
        at += page.len() + 1;
    }
    marked
}

/// The first and the last lines that are not empty, in order, none twice.
fn edge_lines(page: &str) -> Vec<Range<usize>> {
    let mut first = Vec::new();
    let mut at = 0;
    for line in page.split('\n') {
        if first.len() >= LINES {
            break;
        }
        if !line.trim().is_empty() {
            first.push(at..at + line.len());
        }
        at += line.len() + 1;
    }
    let mut end = page.len();
    let mut last = Vec::new();
    for line in page.rsplit('\n') {
        let start = end - line.len();
        if last.len() >= LINES || start < at.min(page.len()) {
            break;
        }
        if !line.trim().is_empty() {
            last.push(start..end);
        }
        end = start.saturating_sub(1);
    }
    last.reverse();
    first.extend(last);
    first
}

/// What may stand before a marking in its line.
const LEADS: &[&str] = &[
    "subject:",
    "re:",
    "fw:",
    "fwd:",
    "classification:",
    "security classification:",
    "protective marking:",
    "marking:",
    "handling:",
    "sensitivity:",
    "document classification:",
    "status:",
];

/// The marking a line is, begins with or ends in.
fn marking(line: &str) -> Option<(Range<usize>, Confidence, &'static str)> {
    if line.len() > LONGEST || WORDS.as_ref().is_some_and(|words| !words.is_match(line)) {
        return None;
    }
    let mut start = line.len() - line.trim_start().len();
    let mut labelled = false;
    let mut subject = false;
    while let Some(lead) = LEADS.iter().find(|lead| {
        line.get(start..start + lead.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(lead))
    }) {
        labelled |= !matches!(*lead, "subject:" | "re:" | "fw:" | "fwd:");
        subject |= *lead == "subject:";
        start += lead.len();
        start += line
            .get(start..)
            .map_or(0, |rest| rest.len() - rest.trim_start().len());
    }
    let rest = line.get(start..)?.trim_end();
    let bare = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    let opened = rest.len() > bare.len();
    let at = start + rest.len() - bare.len();
    if let Some((length, confidence, rule)) = begins(bare, labelled, opened || subject) {
        return Some((at..at + length, confidence, rule));
    }
    // In brackets at the end of a subject: "Placement review [OFFICIAL-SENSITIVE]".
    let open = rest
        .rfind(['[', '('])
        .filter(|_| rest.ends_with([']', ')']))?;
    let inside = rest.get(open + 1..rest.len() - 1)?.trim_start();
    let (length, confidence, rule) = begins(inside, true, true)?;
    (confidence == High).then(|| {
        let at = start + rest.len() - 1 - inside.len();
        (at..at + length, confidence, rule)
    })
}

/// The marking a line begins with: its length.
fn begins(
    line: &str,
    labelled: bool,
    set_apart: bool,
) -> Option<(usize, Confidence, &'static str)> {
    let upper = line.to_ascii_uppercase();
    let capital = |length: usize| {
        line.get(..length)
            .is_some_and(|head| !head.bytes().any(|byte| byte.is_ascii_lowercase()))
    };
    const SENSITIVE: &[&str] = &[
        "OFFICIAL-SENSITIVE",
        "OFFICIAL SENSITIVE",
        "OFFICIAL - SENSITIVE",
        "OFFICIAL: SENSITIVE",
        "OFFICIAL:SENSITIVE",
        "OFFICIAL \u{2013} SENSITIVE",
        "OFFICIAL\u{2013}SENSITIVE",
        "OFFICIAL\u{2011}SENSITIVE",
    ];
    const ALONE: &[(&str, Confidence, &str)] = &[
        ("TOP SECRET", High, "TOP SECRET"),
        ("SECRET", High, "SECRET"),
        ("RESTRICTED", High, "RESTRICTED"),
        ("PROTECT", High, "PROTECT"),
        ("STRICTLY CONFIDENTIAL", Low, "CONFIDENTIAL"),
        ("CONFIDENTIAL", Low, "CONFIDENTIAL"),
    ];
    for words in SENSITIVE {
        if upper.starts_with(words) {
            let tail = upper.get(words.len()..)?;
            let whole = descriptor(tail);
            let apart = tail.is_empty()
                || tail
                    .trim_start()
                    .starts_with([':', '-', ']', ')', '|', '/', '\u{2013}', '\u{2014}', '*']);
            return (whole || (apart && (capital(words.len()) || set_apart))).then_some((
                words.len(),
                High,
                "OFFICIAL-SENSITIVE",
            ));
        }
    }
    for (words, confidence, rule) in ALONE {
        if upper.starts_with(words) {
            let tail = upper.get(words.len()..)?;
            let fits = (capital(words.len()) || labelled) && descriptor(tail);
            return fits.then_some((words.len(), *confidence, rule));
        }
    }
    let private = [
        "PRIVATE AND CONFIDENTIAL",
        "PRIVATE & CONFIDENTIAL",
        "PERSONAL AND CONFIDENTIAL",
    ];
    let words = private.iter().find(|words| upper.starts_with(**words))?;
    let tail = upper.get(words.len()..)?;
    let apart = descriptor(tail) || set_apart && tail.trim_start().starts_with([':', '-', ']']);
    apart.then_some((words.len(), Low, "private and confidential"))
}

/// Whether what follows a marking belongs to it: nothing, or a descriptor behind a sign.
fn descriptor(tail: &str) -> bool {
    let words = tail
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    let known = |word: &str| {
        [
            "PERSONAL",
            "COMMERCIAL",
            "LOCSEN",
            "MANAGEMENT",
            "INVESTIGATIONS",
            "INVESTIGATION",
            "POLICY",
            "STAFF",
            "APPOINTMENTS",
            "CONTRACTS",
            "HONOURS",
            "MEDICAL",
            "PRIVATE",
            "UK",
            "EYES",
            "ONLY",
            "WHEN",
            "COMPLETE",
            "COMPLETED",
            "PERSONALDATA",
            "DATA",
            "LEGAL",
            "RECIPIENTS",
            "HMG",
            "USE",
            "PART",
            "CHILDREN",
            "ADULTS",
        ]
        .contains(&word)
    };
    words.clone().count() <= 5 && words.clone().all(known) && tail.len() <= 60
}
