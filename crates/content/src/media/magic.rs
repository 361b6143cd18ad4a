//! Kinds by the file's own bytes: `infer`'s table plus what it leaves out (password flags,
//! macros in OLE files, scripts, programs that hide a byte order mark before their first line).

use infer::MatcherType;
use memchr::memmem;

use super::{PartKind, game};

/// Bytes `infer` is shown; its signatures all lie within the first few kilobytes.
const SIGNATURE_WINDOW: usize = 8192;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Zip,
    No,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Recognised {
    pub(super) kind: PartKind,
    pub(super) media_type: &'static str,
    pub(super) container: Container,
}

fn found(kind: PartKind, media_type: &'static str) -> Option<Recognised> {
    Some(Recognised {
        kind,
        media_type,
        container: Container::No,
    })
}

/// What the bytes themselves say; `None` when nothing characteristic is there.
pub(super) fn recognise(bytes: &[u8]) -> Option<Recognised> {
    use PartKind::*;
    match bytes {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => return Some(zip(bytes)),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => return Some(ole(bytes)),
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => {
            let kind = if rar_is_encrypted(bytes) {
                EncryptedArchive
            } else {
                Archive
            };
            return found(kind, "application/vnd.rar");
        }
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => {
            // 06 f1 07 01 is the AES method; it stands near the end of the file.
            let tail = &bytes[bytes.len().saturating_sub(4096)..];
            let encrypted = memmem::find(tail, &[0x06, 0xf1, 0x07, 0x01]).is_some();
            let kind = if encrypted { EncryptedArchive } else { Archive };
            return found(kind, "application/x-7z-compressed");
        }
        [b'{', b'\\', b'r', b't', ..] => return found(Document, "text/rtf"),
        [b'L', 0, 0, 0, 0x01, 0x14, 0x02, 0, ..] => {
            return found(Script, "application/x-ms-shortcut");
        }
        // A picture as OpenOffice keeps it beside what it shows.
        [b'V', b'C', b'L', b'M', b'T', b'F', ..] => return found(Image, "image/x-svm"),
        [b'I', b'T', b'S', b'F', ..] => return found(Script, "application/vnd.ms-htmlhelp"),
        [b'#', b'!', ..] => return found(Script, "text/x-shellscript"),
        [0x7f, b'E', b'L', b'F', ..] => return found(Executable, "application/x-executable"),
        // A letter may begin with these two characters; a program soon has a NUL.
        [b'M', b'Z', ..] if looks_like_text(bytes) => return None,
        [b'M', b'Z', ..] => {
            return found(Executable, "application/vnd.microsoft.portable-executable");
        }
        _ => (),
    }
    if game::game_format(bytes).is_some() {
        return found(Game, "application/x-game");
    }
    if let Some(pdf) = bytes.get(..1024.min(bytes.len()))
        // Readers accept the mark anywhere in the first kilobyte.
        && memmem::find(pdf, b"%PDF-").is_some()
    {
        return found(Document, "application/pdf");
    }
    if let Some(known) = infer::get(&bytes[..bytes.len().min(SIGNATURE_WINDOW)]) {
        let kind = match known.matcher_type() {
            MatcherType::App => Executable,
            MatcherType::Archive
                if known.mime_type() == "application/vnd.debian.binary-package" =>
            {
                Executable
            }
            MatcherType::Archive if known.mime_type() == "application/x-rpm" => Executable,
            MatcherType::Archive => Archive,
            MatcherType::Audio => Audio,
            MatcherType::Book | MatcherType::Doc => Document,
            MatcherType::Image => Image,
            MatcherType::Video => Video,
            MatcherType::Text => match known.mime_type() {
                "text/html" => Html,
                "text/x-shellscript" => Script,
                _ => Text,
            },
            MatcherType::Font | MatcherType::Custom => Other,
        };
        // Two letters make a signature for some formats: a text that begins `BC` is no bitcode.
        if matches!(kind, Text | Html | Script) || !looks_like_text(bytes) {
            return found(kind, known.mime_type());
        }
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = text
        .iter()
        .position(|b| !b.is_ascii_whitespace())
        .unwrap_or(text.len());
    let opening = text[start..]
        .iter()
        .take(14)
        .map(u8::to_ascii_lowercase)
        .collect::<Vec<_>>();
    if opening.starts_with(b"<!doctype html") || opening.starts_with(b"<html") {
        return found(Html, "text/html");
    }
    if text.starts_with(b"#!") {
        return found(Script, "text/x-shellscript");
    }
    None
}

/// No NUL and hardly any control characters in the first kilobyte.
pub(super) fn looks_like_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1024)];
    let odd = head
        .iter()
        .filter(|b| b.is_ascii_control() && !b.is_ascii_whitespace())
        .count();
    !head.contains(&0) && odd * 50 <= head.len()
}

/// A ZIP by its first entry; the listing refines this when the whole file is there.
fn zip(bytes: &[u8]) -> Recognised {
    let name_length = bytes
        .get(26..28)
        .map_or(0, |b| usize::from(u16::from_le_bytes([b[0], b[1]])));
    let first_name = bytes.get(30..30 + name_length).unwrap_or_default();
    let encrypted = bytes.get(6).is_some_and(|flags| flags & 1 != 0);
    let (kind, media_type) = if encrypted {
        (PartKind::EncryptedArchive, "application/zip")
    } else if first_name == b"[Content_Types].xml" || first_name.starts_with(b"_rels/") {
        (
            PartKind::Document,
            "application/vnd.openxmlformats-officedocument",
        )
    } else if first_name == b"mimetype" {
        (PartKind::Document, "application/vnd.oasis.opendocument")
    } else if first_name.starts_with(b"META-INF/MANIFEST.MF") {
        (PartKind::Executable, "application/java-archive")
    } else if first_name == b"AndroidManifest.xml" {
        (
            PartKind::Executable,
            "application/vnd.android.package-archive",
        )
    } else {
        (PartKind::Archive, "application/zip")
    };
    Recognised {
        kind,
        media_type,
        container: Container::Zip,
    }
}

/// An OLE compound file by the names in its directory (UTF-16), which stand somewhere in the
/// bytes: exact enough to tell macros, passwords, Outlook items and installers apart.
fn ole(bytes: &[u8]) -> Recognised {
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(bytes, &wide).is_some()
    };
    let (kind, media_type) = if holds("EncryptedPackage") {
        (PartKind::EncryptedArchive, "application/x-ole-encrypted")
    } else if holds("_VBA_PROJECT") || holds("Macros") {
        (PartKind::MacroDocument, "application/x-ole-storage")
    } else if holds("__substg1.0_") {
        (PartKind::Message, "application/vnd.ms-outlook")
    } else if holds("\u{4840}") {
        // Installer tables have names that start with this character.
        (PartKind::Executable, "application/x-msi")
    } else {
        (PartKind::Document, "application/x-ole-storage")
    };
    Recognised {
        kind,
        media_type,
        container: Container::No,
    }
}

/// Password flags in the first headers of RAR 4 and RAR 5 files.
fn rar_is_encrypted(bytes: &[u8]) -> bool {
    if let Some(after_mark) = bytes.strip_prefix(b"Rar!\x1a\x07\x01\x00") {
        // CRC (4 bytes), header size (variable integer), header type: 4 is encryption.
        let size_bytes = after_mark
            .iter()
            .skip(4)
            .take(3)
            .take_while(|b| **b & 0x80 != 0)
            .count();
        return after_mark.get(4 + size_bytes + 1) == Some(&4);
    }
    // Archive header: CRC (2), type 0x73, flags (2) with 0x0080; its size (2) leads to the first
    // file header, whose flag 0x0004 says a password is needed.
    let Some(archive) = bytes.get(7..14) else {
        return false;
    };
    let flags = u16::from_le_bytes([archive[3], archive[4]]);
    let size = usize::from(u16::from_le_bytes([archive[5], archive[6]]));
    let file_flags = bytes.get(7 + size + 3).copied().unwrap_or_default();
    flags & 0x0080 != 0 || bytes.get(7 + size + 2) == Some(&0x74) && file_flags & 0x04 != 0
}
