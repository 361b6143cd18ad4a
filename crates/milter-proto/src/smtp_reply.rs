//! The SMTP reply a sender sees when mail is refused or deferred.
//!
//! The text comes from policies and may quote the message, so it is cleaned
//! here, where it is built: printable ASCII only, bounded, and split into lines
//! that each carry the code. Percent signs are doubled on the wire because MTAs
//! read the text as a format, in which a lone one voids the reply.

/// Most lines of a reply; Sendmail's library allows 32.
pub const MAX_LINES: usize = 32;

/// Longest text of one line, in bytes: RFC 5321 allows 512 in a reply line, less
/// the code (4), the longest status with its space (10) and the line end (2),
/// rounded down for the footer an MTA may add.
pub const MAX_TEXT: usize = 480;

/// What is cut short ends in this.
const CUT: &str = " ...";

/// Why a reply cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmtpReplyError {
    /// Not a 4xx or 5xx code; a filter cannot say anything else.
    #[error("SMTP code {code} is not a refusal, use 400 to 599")]
    BadCode {
        /// The code.
        code: u16,
    },
    /// A part of the enhanced status over three digits (RFC 3463).
    #[error("enhanced status part {part} is over 999")]
    BadStatus {
        /// The part.
        part: u16,
    },
}

/// An SMTP refusal: code, enhanced status and text, ready for the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpReply {
    wire: Vec<u8>,
}

impl SmtpReply {
    /// Builds a reply such as `550 5.7.1 text`.
    ///
    /// The class of the enhanced status is the first digit of `code`, since a
    /// reply in which they differ is thrown away by Postfix; `subject` and
    /// `detail` are its other two parts. Each of `lines` becomes one or more
    /// reply lines, wrapped at spaces; what exceeds [`MAX_LINES`] is cut.
    pub fn new(
        code: u16,
        subject: u16,
        detail: u16,
        lines: &[&str],
    ) -> Result<Self, SmtpReplyError> {
        if !(400..600).contains(&code) {
            return Err(SmtpReplyError::BadCode { code });
        }
        if let Some(part) = [subject, detail].into_iter().find(|&part| part > 999) {
            return Err(SmtpReplyError::BadStatus { part });
        }
        let class = code / 100;
        let mut texts = wrapped(lines);
        if texts.is_empty() {
            let text = if class == 4 {
                "Try again later"
            } else {
                "Refused by policy"
            };
            texts.push(text.to_owned());
        }
        let mut wire = String::new();
        for (index, text) in texts.iter().enumerate() {
            let last = index + 1 == texts.len();
            let separator = if last { ' ' } else { '-' };
            let line = format!("{code}{separator}{class}.{subject}.{detail} ");
            wire.push_str(&line);
            wire.push_str(&text.replace('%', "%%"));
            wire.push_str(if last { "\0" } else { "\r\n" });
        }
        Ok(Self {
            wire: wire.into_bytes(),
        })
    }

    /// The data of the reply frame, closing NUL included.
    pub(crate) fn as_wire(&self) -> &[u8] {
        &self.wire
    }
}

/// The lines, cleaned and wrapped; empty ones are left out.
fn wrapped(lines: &[&str]) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for line in lines {
        let mut rest = &*clean(line);
        while !rest.is_empty() {
            if texts.len() == MAX_LINES {
                if let Some(last) = texts.last_mut() {
                    last.truncate(MAX_TEXT - CUT.len());
                    last.push_str(CUT);
                }
                return texts;
            }
            let (text, after) = split_line(rest);
            texts.push(text.to_owned());
            rest = after;
        }
    }
    texts
}

/// As much as fits into one line, cut at the last space where there is one.
fn split_line(text: &str) -> (&str, &str) {
    if text.len() <= MAX_TEXT {
        return (text, "");
    }
    // Cleaned text is ASCII, so every index is a boundary.
    match text[..=MAX_TEXT].rfind(' ') {
        Some(space) if space > 0 => (&text[..space], &text[space + 1..]),
        _ => text.split_at(MAX_TEXT),
    }
}

/// Printable ASCII with single spaces. Control characters count as spaces, so
/// words stay apart; typographic signs get their plain form and any other
/// character a question mark, since not every client may be sent UTF-8.
///
/// Reads no more than a full reply can show.
fn clean(line: &str) -> String {
    let mut text = String::with_capacity(line.len().min(MAX_LINES * MAX_TEXT));
    for character in line.chars().take(MAX_LINES * MAX_TEXT + 1) {
        let plain = match character {
            ' '..='~' => character,
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{2010}'..='\u{2015}' => '-',
            _ if character.is_control() || character.is_whitespace() => ' ',
            _ => '?',
        };
        if plain != ' ' || !text.ends_with(' ') {
            text.push(plain);
        }
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[track_caller]
    fn check(lines: &[&str], expected: &str) {
        let reply = SmtpReply::new(550, 7, 1, lines).unwrap();
        assert_eq!(std::str::from_utf8(reply.as_wire()).unwrap(), expected);
    }

    #[test]
    fn text_is_one_line_each_and_printable() {
        check(&["Refused"], "550 5.7.1 Refused\0");
        check(&["One", "Two"], "550-5.7.1 One\r\n550 5.7.1 Two\0");
        check(&["a\r\n250 OK\0b"], "550 5.7.1 a 250 OK b\0");
        check(&["100% of 5%s"], "550 5.7.1 100%% of 5%%s\0");
        check(
            &["caf\u{e9} \u{2013} the council\u{2019}s \u{7f}\u{200b}"],
            "550 5.7.1 caf? - the council's ?\0",
        );
        check(&[], "550 5.7.1 Refused by policy\0");
        check(&["", " \r\n"], "550 5.7.1 Refused by policy\0");
    }

    #[test]
    fn long_text_is_wrapped_then_cut() {
        let reply = SmtpReply::new(451, 7, 0, &["word ".repeat(9_000).as_str(), "never"]).unwrap();
        let text = std::str::from_utf8(reply.as_wire())
            .unwrap()
            .trim_end_matches('\0');
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines.len(), MAX_LINES);
        assert!(lines.iter().all(|line| line.len() + 2 <= 512));
        assert!(
            lines[..31]
                .iter()
                .all(|line| line.starts_with("451-4.7.0 word"))
        );
        assert!(lines[31].starts_with("451 4.7.0 word") && lines[31].ends_with(CUT));
        let reply = SmtpReply::new(451, 7, 0, &["x".repeat(MAX_TEXT + 5).as_str()]).unwrap();
        assert!(reply.as_wire().ends_with(b"\r\n451 4.7.0 xxxxx\0"));
    }

    #[test]
    fn only_refusals_can_be_built() {
        for code in [0, 250, 354, 399, 600, u16::MAX] {
            assert_eq!(
                SmtpReply::new(code, 7, 1, &[]),
                Err(SmtpReplyError::BadCode { code })
            );
        }
        assert!(SmtpReply::new(550, 1000, 1, &[]).is_err());
    }
}
