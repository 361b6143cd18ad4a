//! Which reader a file goes to.

use memchr::memmem;

use super::Opaque;
use super::{iso, plain};
use crate::media::{Inspection, PartKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    /// Microsoft's compound file: older office documents, Outlook messages, macros.
    Ole,
    Pdf,
    Rtf,
    Mail,
    Html,
    Text,
    /// XML, which may be a document written as one file.
    Xml,
    Tar,
    Gzip,
    Tnef,
    SevenZip,
    Rar,
    /// A disk image.
    Iso,
    /// Holds something, but is not read here.
    Unread(Opaque),
    /// Pictures, sounds, programs: nothing to read.
    WithoutText,
}

impl Format {
    /// Whether something is lost when a file of this format is not opened.
    pub(super) fn holds_files(self) -> bool {
        !matches!(self, Format::WithoutText | Format::Unread(_))
    }
}

/// The format by the bytes; the declared type only tells messages and pages from other text.
pub(super) fn of(bytes: &[u8], inspection: &Inspection, declared: Option<&str>) -> Format {
    match bytes {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => return Format::Zip,
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => return Format::Ole,
        [b'{', b'\\', b'r', b't', ..] => return Format::Rtf,
        [0x1f, 0x8b, 8, ..] => return Format::Gzip,
        [0x78, 0x9f, 0x3e, 0x22, ..] => return Format::Tnef,
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => return Format::SevenZip,
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => return Format::Rar,
        _ if iso::is_image(bytes) => return Format::Iso,
        _ => (),
    }
    if inspection.detected == Some("application/pdf") {
        return Format::Pdf;
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Format::Tar;
    }
    match inspection.kind {
        // Detached signatures are text to the eye, but nobody's words.
        PartKind::Signature => return Format::WithoutText,
        PartKind::Archive if inspection.detected.is_some() => {
            return Format::Unread(Opaque::UnknownFormat);
        }
        PartKind::EncryptedArchive => return Format::Unread(Opaque::Encrypted),
        _ => (),
    }
    if plain::is_text(bytes) {
        let start = plain::visible_start(bytes);
        return if starts_message(start, inspection, declared) {
            Format::Mail
        } else if inspection.kind == PartKind::Html {
            Format::Html
        } else if start.starts_with(b"<?xml") {
            Format::Xml
        } else {
            Format::Text
        };
    }
    // A picture or program with an archive behind it, which archive programs open as one.
    let tail = bytes.len().saturating_sub(22 + 65_535);
    if memmem::find(bytes.get(tail..).unwrap_or_default(), b"PK\x05\x06").is_some() {
        return Format::Zip;
    }
    match inspection.kind {
        PartKind::Image
        | PartKind::Audio
        | PartKind::Video
        | PartKind::Executable
        | PartKind::Script
        | PartKind::Game => Format::WithoutText,
        PartKind::Message if inspection.detected.is_none() && !bytes.is_empty() => Format::Mail,
        _ if bytes.is_empty() => Format::WithoutText,
        _ => Format::Unread(Opaque::UnknownFormat),
    }
}

/// Whether a text is a mail message: declared or named so, or two of its first lines are fields
/// that only messages have.
fn starts_message(start: &[u8], inspection: &Inspection, declared: Option<&str>) -> bool {
    const TELLING: [&[u8]; 9] = [
        b"received:",
        b"return-path:",
        b"delivered-to:",
        b"message-id:",
        b"mime-version:",
        b"content-type:",
        b"x-mailer:",
        b"subject:",
        b"from:",
    ];
    let is_declared = declared.is_some_and(|declared| {
        let declared = declared.trim_start().to_ascii_lowercase();
        declared.starts_with("message/rfc822") || declared.starts_with("message/global")
    });
    if is_declared || inspection.kind == PartKind::Message {
        return true;
    }
    let mut telling = 0;
    for (index, line) in start.split(|b| *b == b'\n').take(40).enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let folded = index > 0 && matches!(line.first(), Some(b' ' | b'\t'));
        if folded {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line) else {
            break;
        };
        let name = line.get(..=colon).unwrap_or_default();
        if name.iter().any(|b| b.is_ascii_whitespace()) {
            break;
        }
        let telling_name = TELLING
            .iter()
            .position(|field| name.eq_ignore_ascii_case(field));
        // A pasted message has From and Subject too: one field no person types must be there.
        telling += match telling_name {
            Some(0..=6) => 2,
            Some(_) => 1,
            None => 0,
        };
    }
    telling >= 3
}
