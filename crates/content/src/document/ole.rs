//! Microsoft's compound files (MS-CFB): Word, Excel and PowerPoint before 2007, Outlook messages,
//! macros, embedded objects, and documents locked with a password.

mod compound;
mod excel;
mod outlook;
mod powerpoint;
mod properties;
mod vba;
mod word;

use super::bytes::{available, guessed_text, u32_le, until_nul};
use super::walk::Walk;
use super::{Opaque, PieceKind};
use compound::{Compound, Stream};

pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    let Some(compound) = Compound::of(bytes) else {
        walk.opaque(path, Opaque::Damaged);
        return;
    };
    if compound.find("", "EncryptedPackage").is_some() {
        walk.opaque(path, Opaque::Encrypted);
        return;
    }
    if compound.find("", "__properties_version1.0").is_some() {
        outlook::open(walk, path, &compound);
        return;
    }
    let mut known = false;
    for stream in &compound.streams {
        if walk.stopped() {
            return;
        }
        let Some(content) = read(walk, path, &compound, stream) else {
            return;
        };
        known |= open_stream(walk, path, &compound, stream, &content);
    }
    if !known {
        walk.opaque(path, Opaque::UnknownFormat);
    }
}

/// A stream's content, paid for and shown; `None` when the budget is used up.
fn read(
    walk: &mut Walk<'_>,
    path: &str,
    compound: &Compound<'_>,
    stream: &Stream,
) -> Option<Vec<u8>> {
    let content = compound.read(stream);
    if !walk.charge(content.len()) {
        return None;
    }
    walk.part(path, &stream.path(), &content);
    Some(content)
}

/// Reads one stream of a document; false when it says nothing about what the file is.
fn open_stream(
    walk: &mut Walk<'_>,
    path: &str,
    compound: &Compound<'_>,
    stream: &Stream,
    content: &[u8],
) -> bool {
    match stream.name.as_str() {
        "WordDocument" => word::open(walk, path, compound, stream, content),
        "Workbook" | "Book" => excel::open(walk, path, content),
        "PowerPoint Document" => powerpoint::open(walk, path, content),
        "EncryptedSummary" => walk.opaque(path, Opaque::Encrypted),
        "\u{5}SummaryInformation" | "\u{5}DocumentSummaryInformation" => {
            let text = properties::read(content);
            walk.piece(&format!("{path}#properties"), PieceKind::Properties, text);
            return false;
        }
        "\u{1}Ole10Native" => packaged_file(walk, path, content),
        _ if stream.in_storage("VBA") => {
            let source = vba::source(content, walk.room_for(content.len()));
            let source = source.unwrap_or_default();
            if !walk.charge(source.len()) {
                return true;
            }
            walk.part(path, &stream.path(), source.as_bytes());
            walk.piece(&format!("{path}#{}", stream.name), PieceKind::Macro, source);
        }
        _ if is_file(content) => walk.member(path, &stream.name, content, None),
        _ => return false,
    }
    true
}

/// Whether a stream is a document or archive in its own right.
fn is_file(content: &[u8]) -> bool {
    const MARKS: [&[u8]; 5] = [
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0",
        b"%PDF-",
        b"{\\rtf",
        b"Rar!\x1a\x07",
    ];
    MARKS.iter().any(|mark| content.starts_with(mark))
}

/// The file that was dropped into a document: names, then its bytes.
fn packaged_file(walk: &mut Walk<'_>, path: &str, content: &[u8]) {
    let parsed = || {
        let label = until_nul(content.get(6..)?);
        let mut at = 6 + label.len() + 1;
        at += until_nul(content.get(at..)?).len() + 1 + 4;
        at += 4 + u32_le(content, at)?;
        let size = u32_le(content, at)?;
        Some((guessed_text(label), available(content, at + 4, size)))
    };
    match parsed() {
        Some((name, file)) => walk.member(path, &name, file, None),
        None => walk.opaque(path, Opaque::Damaged),
    }
}
