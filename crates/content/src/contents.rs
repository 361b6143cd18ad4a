//! Everything found in a message or in a body on the web.
//!
//! Every text in it is looked at with the detectors that suit whose words it is: a sender is not
//! judged by what they quote, and a legal notice says nothing about anybody. Every file in it, at
//! whatever depth, is offered to the malware signatures.
//!
//! Memory: at most [`Limits::total_bytes`](document::Limits::total_bytes) of opened files and four
//! times the bytes of the texts shown, beside the message itself.

mod allowed;
mod excerpt;
mod form;
mod gather;
mod registered;

use std::collections::BTreeSet;

pub use form::{Body, of_body};

use crate::document;
use crate::finding::{Confidence, Evidence, Hit, Label};
use crate::html;
use crate::known_files::Index;
use crate::mail::{MailReading, Unscannable};
use crate::malware::Signatures;
use crate::media::PartKind;
use crate::offence;
use crate::passages::Role;

use gather::Gather;

/// Most findings kept of one message: a person reads them. Beyond it the first of each label and
/// confidence is kept all the same, as the labels decide, and records of people are counted.
const MOST_FINDINGS: usize = 200;

/// Longest quotation of a finding, in bytes.
const LONGEST_QUOTE: usize = 160;

/// What the caller knows beforehand.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The council's disclaimer, which is not the sender's own text.
    pub disclaimer: Option<&'a str>,
    /// Whether a mail domain is the council's own.
    pub is_council_domain: &'a dyn Fn(&str) -> bool,
    /// Malicious code to look for.
    pub signatures: &'a Signatures,
    /// Whether somebody found that these words, whole as [`Finding::quote`] has them, are not what
    /// they seem.
    pub is_allowed: &'a dyn Fn(Label, &str) -> bool,
    /// What tells offence.
    pub offence: &'a offence::Detector,
    /// Files and texts that are registered, if any are.
    pub files: Option<&'a Index>,
}

impl Default for Known<'_> {
    fn default() -> Self {
        Self {
            disclaimer: None,
            is_council_domain: &|_| false,
            signatures: Signatures::built_in(),
            is_allowed: &|_, _| false,
            offence: offence::built_in(),
            files: None,
        }
    }
}

/// A finding, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Which part, as [`Part::path`](crate::mail::Part::path), or `subject`; the field's name in a
    /// form; empty for a body that is neither.
    pub part: String,
    /// Which file of it, as [`Piece::path`](document::Piece::path); empty for the part's own text.
    pub file: String,
    /// Whose words.
    pub role: Role,
    /// What it is. Its span is of the text of that part as a reader sees it: decoded, HTML as
    /// text.
    pub hit: Hit,
    /// The words at the span, cut to 160 bytes. For the person who wrote them and for
    /// whoever may look; it never goes on the record.
    pub quote: String,
}

/// A file that is a game.
#[derive(Debug, Clone, PartialEq)]
pub struct GameFile {
    /// Which part, as in [`Finding::part`].
    pub part: String,
    /// Which file of it, as in [`Finding::file`].
    pub file: String,
    /// What it is known by.
    pub by: Evidence,
}

/// How many different records of people were found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Records {
    /// By findings of high confidence.
    pub high: usize,
    /// By findings of low confidence.
    pub low: usize,
}

/// What a message or a body holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contents {
    /// What was found, in the order of the message; at most 200, and the first of each label and
    /// confidence.
    pub findings: Vec<Finding>,
    /// Different records of people, counted beyond the findings kept.
    pub records: Records,
    /// What was passed over, as the words are allowed.
    pub passed_over: BTreeSet<Label>,
    /// Kinds of the files inside attached files; of a form, of the files in it too.
    pub kinds: BTreeSet<PartKind>,
    /// Files that are games, each with what told it. Their kind is among the kinds.
    pub games: Vec<GameFile>,
    /// Files whose inside nobody can read, each with the reason.
    pub opaque: Vec<(String, document::Opaque)>,
    /// Set when a bound was reached: not everything was looked at.
    pub unscannable: Option<document::Unscannable>,
    /// Somebody else was to look for malicious code too, and did not.
    pub unscanned: bool,
}

impl Contents {
    /// Adds malicious code that somebody else found in the whole of it, by the name they gave it.
    pub fn add_malware(&mut self, name: &str) {
        self.findings.push(Finding {
            part: String::new(),
            file: String::new(),
            role: Role::File,
            hit: malware(name),
            quote: String::new(),
        });
    }

    /// Whether all of it was looked at, by everybody who was to.
    pub fn is_complete(&self) -> bool {
        self.unscannable.is_none() && !self.unscanned
    }

    /// Labels with a finding of high confidence, and labels with no more than one of low.
    pub fn labels(&self) -> (BTreeSet<Label>, BTreeSet<Label>) {
        let of = |confidence| {
            self.findings
                .iter()
                .filter(move |finding| finding.hit.confidence == confidence)
                .map(|finding| finding.hit.label)
        };
        let high: BTreeSet<Label> = of(Confidence::High).collect();
        let low = of(Confidence::Low).filter(|label| !high.contains(label));
        let low = low.collect();
        (high, low)
    }
}

/// Malicious code in a file as a whole, by the name it is known under.
fn malware(name: &str) -> Hit {
    Hit {
        label: Label::Malware,
        confidence: Confidence::High,
        span: 0..0,
        evidence: Evidence::File(name.to_owned()),
    }
}

/// Builds what all detectors share. It takes some tenths of a second, which the first message would
/// otherwise wait for.
pub fn prepare(known: &Known<'_>) {
    let _nothing = of_text("To all", "Dear all, see 1 below.", false, known);
}

/// Looks through a text somebody wrote, with its subject if it has one.
pub fn of_text(subject: &str, text: &str, is_reply: bool, known: &Known<'_>) -> Contents {
    let mut gather = Gather::new(*known, &document::Limits::default());
    gather.subject(subject);
    gather.letter("", text, subject, is_reply);
    gather.finish()
}

/// Looks through a message. `reading` is what [`mail::read`](crate::mail::read) made of it.
///
/// Never fails: what cannot be read is a fact too.
pub fn of_mail(
    message: &[u8],
    reading: &MailReading,
    known: &Known<'_>,
    limits: &document::Limits,
) -> Contents {
    let mut gather = Gather::new(*known, limits);
    let header = &reading.header;
    gather.subject(&header.subject);
    for part in &reading.parts {
        // Its parts come next. A message in an encoding of its own is a file like others.
        if reading.is_walked(part) {
            continue;
        }
        let room = gather.room();
        let is_shown = !part.attachment && matches!(part.kind, PartKind::Text | PartKind::Html);
        let most = if is_shown {
            room.max(reading.text_bytes)
        } else {
            room
        };
        let bytes = reading.bytes_of(message, part, most);
        if part.decoded_bytes > most as u64 {
            gather.unscannable(document::Unscannable::TooLarge);
        }
        if is_shown {
            if part.decoded_bytes > reading.text_bytes as u64 {
                gather.unscannable(document::Unscannable::TooMuchText);
            }
            let text = reading.as_text(part, &bytes);
            let text = match part.kind {
                PartKind::Html => html::to_text(&text, reading.text_bytes),
                _ => text,
            };
            // What somebody forwards whole is no more their own words than what they quote.
            match part.enclosed {
                false => gather.letter(&part.path, &text, &header.subject, header.is_reply),
                true => gather.quoted(&part.path, &text),
            }
        }
        let name = part.names.first().map(String::as_str);
        match part.attachment {
            true => gather.file(&part.path, &bytes, Some(&part.declared), name),
            // A text may be a program too.
            false => gather.scan(&part.path, &bytes),
        }
    }
    let is_cut = |why| why != Unscannable::OpaqueSignature;
    if reading.unscannable.is_some_and(is_cut) {
        gather.unscannable(document::Unscannable::TooLarge);
    }
    gather.finish()
}

#[cfg(test)]
mod tests;
