//! What is known of a message without reading it.

use std::borrow::Cow;

use data_encoding::HEXLOWER;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt::rfc2822};
use mail_parser::MessageParser;
use sha2::{Digest as _, Sha256};

/// Longest subject that is shown, in characters.
const LONGEST: usize = 78;

/// What an ENVELOPE says (RFC 3501, section 7.4.2), as raw as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Envelope {
    pub(crate) date: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) from: Vec<String>,
    pub(crate) to: Vec<String>,
    pub(crate) message_id: Vec<u8>,
}

/// A message that its owner calls personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// The folder, as the server spells it.
    pub(crate) folder: String,
    /// Its number there.
    pub(crate) uid: u32,
    /// What it is known by on the record: the same wherever in the mailbox it lies, and nobody else's.
    pub(crate) digest: String,
    /// Everybody it was from and for.
    pub(crate) addresses: Vec<String>,
    /// The day it arrived, in the council's time zone.
    pub(crate) day: Option<Date>,
    /// Who it is from.
    pub(crate) from: String,
    /// For people to read.
    pub(crate) subject: String,
}

impl Message {
    /// A message of somebody's mailbox. `arrived` is in seconds since 1970.
    pub(crate) fn of(
        owner: &str,
        folder: &str,
        uid: u32,
        envelope: &Envelope,
        arrived: Option<i64>,
        size: u32,
        zone: &TimeZone,
    ) -> Self {
        let mut digest = Sha256::new();
        for part in [owner.as_bytes(), &envelope.message_id, &envelope.date] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        digest.update(arrived.unwrap_or_default().to_le_bytes());
        digest.update(size.to_le_bytes());
        let arrived = arrived.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let at = arrived.or_else(|| written_at(&envelope.date));
        Self {
            folder: folder.to_owned(),
            uid,
            digest: HEXLOWER.encode(&digest.finalize()),
            addresses: envelope.from.iter().chain(&envelope.to).cloned().collect(),
            day: at.map(|at| at.to_zoned(zone.clone()).date()),
            from: envelope.from.first().cloned().unwrap_or_default(),
            subject: in_words(&envelope.subject),
        }
    }
}

fn written_at(date: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(date).ok()?;
    rfc2822::parse(text.trim()).ok().map(|at| at.timestamp())
}

/// A subject as people read it: encoded words (RFC 2047) decoded, on one line, not too long.
fn in_words(subject: &[u8]) -> String {
    let header = [b"Subject: ", subject, b"\r\n\r\n"].concat();
    let parsed = MessageParser::new().parse_headers(header.as_slice());
    let text = parsed.as_ref().and_then(|message| message.subject());
    let text = text.map_or_else(|| String::from_utf8_lossy(subject), Cow::Borrowed);
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut letters = text.trim().chars();
    let mut shown: String = letters.by_ref().take(LONGEST).map(plain).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn message(folder: &str, uid: u32, owner: &str, subject: &[u8]) -> Message {
        let envelope = Envelope {
            date: b"Wed, 25 Nov 2026 23:30:00 +0000".to_vec(),
            subject: subject.to_vec(),
            from: vec!["ada@council.test".to_owned()],
            to: vec!["mum@home.test".to_owned()],
            message_id: b"<1@home.test>".to_vec(),
        };
        Message::of(owner, folder, uid, &envelope, None, 812, &TimeZone::UTC)
    }

    #[test]
    fn a_message_is_the_same_wherever_it_lies_and_nobody_elses() {
        let (one, moved) = (
            message("INBOX", 7, "ada", b"x"),
            message("Personal", 1, "ada", b"x"),
        );
        assert_eq!(one.digest, moved.digest);
        assert_ne!(one.digest, message("INBOX", 7, "bob", b"x").digest);
        assert_eq!(one.day, Some("2026-11-25".parse().unwrap()));
        assert_eq!(one.addresses, ["ada@council.test", "mum@home.test"]);
    }

    #[test]
    fn a_subject_is_one_line_that_people_can_read() {
        let subject = |raw: &[u8]| message("INBOX", 1, "ada", raw).subject;
        assert_eq!(
            subject(b"=?UTF-8?B?TGxvbnlmeXJjaGlhZGF1IMO0?="),
            "Llonyfyrchiadau ô"
        );
        assert_eq!(subject(b""), "");
        assert!(!subject(b"a\r\n b\x07").contains(char::is_control));
        assert_eq!(subject(&b"x".repeat(500)).chars().count(), LONGEST + 1);
    }

    proptest! {
        #[test]
        fn any_subject_is_shown(raw in proptest::collection::vec(any::<u8>(), 0..300)) {
            let shown = in_words(&raw);
            prop_assert!(shown.chars().count() <= LONGEST + 1);
            prop_assert!(!shown.contains(char::is_control));
        }
    }
}
