//! Who says what in a text: the writer, somebody quoted, a signature, a legal notice.
//!
//! A writer is judged by what the writer wrote. So a text is taken apart by lines before anything
//! is looked for in it. Mail programs mark such things loosely and people not at all: a line that
//! nothing marks is the writer's own.

mod notices;
mod quoting;
mod signature;

use std::ops::Range;

pub(crate) use notices::without_disclaimer;
pub(crate) use quoting::split_quoted;

/// Whose words they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The subject of a message.
    Subject,
    /// The writer's own words.
    Own,
    /// Somebody else's, quoted.
    Quoted,
    /// How the writer signs off.
    Signature,
    /// A legal notice: the council's disclaimer, or anybody's.
    Notice,
    /// The text of a file that comes with it.
    File,
    /// A field of a form.
    Field,
}

impl Role {
    /// As people and machines read it, lower case.
    pub fn name(self) -> &'static str {
        match self {
            Role::Subject => "subject",
            Role::Own => "own",
            Role::Quoted => "quoted",
            Role::Signature => "signature",
            Role::Notice => "notice",
            Role::File => "file",
            Role::Field => "field",
        }
    }
}

/// Lines in a row that are the same person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Whose.
    pub role: Role,
    /// Bytes of the text, whole lines.
    pub span: Range<usize>,
}

/// Takes a text apart. Every byte is in exactly one passage, in order. `disclaimer` is the
/// council's own, which is told from the writer's words however it was wrapped.
pub fn of(text: &str, disclaimer: Option<&str>) -> Vec<Passage> {
    let lines = lines(text);
    let quoted = quoting::quoted_lines(&lines);
    let mut notice = notices::disclaimer_lines(&lines, disclaimer);
    notices::mark_notices(&lines, &mut notice);
    let own: Vec<usize> = (0..lines.len())
        .filter(|&line| !quoted[line] && !notice[line])
        .collect();
    let words: Vec<&str> = own.iter().map(|&line| lines[line]).collect();
    let signs_off = own.get(signature::starts_at(&words)).copied();
    let role = |line: usize| {
        if quoted[line] {
            Role::Quoted
        } else if notice[line] {
            Role::Notice
        } else if signs_off.is_some_and(|start| line >= start) {
            Role::Signature
        } else {
            Role::Own
        }
    };
    let mut passages: Vec<Passage> = Vec::new();
    let mut start = 0;
    for (index, line) in lines.iter().enumerate() {
        let end = start + line.len();
        let role = role(index);
        match passages.last_mut() {
            Some(last) if last.role == role => last.span.end = end,
            _ => passages.push(Passage {
                role,
                span: start..end,
            }),
        }
        start = end;
    }
    passages
}

/// The lines by which a text can be told from others: without its signature and without legal notices,
/// quoted ones too.
pub(crate) fn telling_lines(text: &str) -> Vec<&str> {
    let lines = lines(text);
    let unquoted = lines
        .iter()
        .map(|line| line.trim_start_matches(['>', '|', ' ']));
    let mut notice = vec![false; lines.len()];
    notices::mark_notices(&unquoted.collect::<Vec<_>>(), &mut notice);
    let passages = of(text, None);
    let is_telling = |at| {
        let passage = passages.partition_point(|passage| passage.span.end <= at);
        let role = passages.get(passage).map(|passage| passage.role);
        matches!(role, Some(Role::Own | Role::Quoted))
    };
    let mut start = 0;
    let mut telling = Vec::new();
    for (line, is_notice) in lines.iter().zip(notice) {
        if !is_notice && is_telling(start) {
            telling.push(*line);
        }
        start += line.len();
    }
    telling
}

/// The lines of a text, each with its end.
fn lines(text: &str) -> Vec<&str> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    let lines = ends.chain([text.len()]).map(|end| {
        let line = &text[start..end];
        start = end;
        line
    });
    lines.filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OURS: &str = "This message is confidential. Views in it are the writer's.";

    #[track_caller]
    fn check(text: &str, expected: &[(Role, &str)]) {
        let found: Vec<(Role, &str)> = of(text, Some(OURS))
            .into_iter()
            .map(|passage| (passage.role, &text[passage.span]))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn words_are_given_to_whoever_wrote_them() {
        use Role::*;
        check("", &[]);
        check("One line", &[(Own, "One line")]);
        check(
            "No.\n\nKind regards,\nAnn Example\nClerk\n",
            &[
                (Own, "No.\n\n"),
                (Signature, "Kind regards,\nAnn Example\nClerk\n"),
            ],
        );
        check(
            "No.\n-- \nAnn\n",
            &[(Own, "No.\n"), (Signature, "-- \nAnn\n")],
        );
        check(
            "No.\n> You are wrong.\nI am not.\n",
            &[
                (Own, "No.\n"),
                (Quoted, "> You are wrong.\n"),
                (Own, "I am not.\n"),
            ],
        );
        check(
            "No.\n\n-----Original Message-----\nFrom: B\n\nThanks\nB\n",
            &[
                (Own, "No.\n\n"),
                (Quoted, "-----Original Message-----\nFrom: B\n\nThanks\nB\n"),
            ],
        );
        check(
            "No.\nThis message is\nconfidential. Views in it\nare the writer's.\n",
            &[
                (Own, "No.\n"),
                (
                    Notice,
                    "This message is\nconfidential. Views in it\nare the writer's.\n",
                ),
            ],
        );
        check(
            "No.\n\nThis e-mail and its files are meant\nfor the intended recipient only.\n\nPS: no.\n",
            &[
                (Own, "No.\n\n"),
                (
                    Notice,
                    "This e-mail and its files are meant\nfor the intended recipient only.\n",
                ),
                (Own, "\nPS: no.\n"),
            ],
        );
    }

    #[test]
    fn a_closing_in_the_middle_of_a_long_letter_ends_nothing() {
        let text = format!("Thanks\n{}", "and another thing\n".repeat(30));
        check(&text, &[(Role::Own, &text)]);
    }

    #[test]
    fn an_email_that_speaks_of_emails_is_no_notice() {
        let text = "This email is about the leisure centre.\n";
        check(text, &[(Role::Own, text)]);
    }

    proptest! {
        #[test]
        fn every_byte_is_in_one_passage(text in "(?s)([>\\- a-z\r\n]|On .{0,9} wrote:\n|Regards\n|\\PC){0,200}") {
            let mut at = 0;
            for passage in of(&text, Some(OURS)) {
                prop_assert_eq!(passage.span.start, at);
                prop_assert!(text.is_char_boundary(passage.span.end));
                at = passage.span.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
