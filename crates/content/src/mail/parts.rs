//! The parts a reader gets: what each is called, what it really is and how large.

use super::ambiguity::{Ambiguities, AmbiguityKind};
use super::structure::{Node, Shape};
use super::{Limits, slice};
use crate::media::{self, ArchiveListing, PartKind};
use crate::transfer::{self, Encoding};

/// Decoded bytes that tell a file's type.
const HEAD: usize = 8192;

/// Bytes of a detached signature that is not counted as a file. 64 kB: several certificates; a
/// larger one carries something else.
const LARGEST_SIGNATURE: u64 = 64 << 10;

/// One leaf or enclosed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// As in IMAP: `1.2` is the second part of the first.
    pub path: String,
    /// Media type the sender declares, lower case.
    pub declared: String,
    /// Media type by the content's own bytes, when characteristic.
    pub detected: Option<&'static str>,
    /// The kind to judge by.
    pub kind: PartKind,
    /// Names given to it, `filename` first; two when they differ.
    pub names: Vec<String>,
    /// Size after transfer decoding.
    pub decoded_bytes: u64,
    /// Shown to the reader as a file rather than as the text of the message.
    pub attachment: bool,
    /// Inside an enclosed message.
    pub enclosed: bool,
    /// The content is of another, worse kind than the name or declared type says.
    pub disguised: bool,
    /// Table of contents, for a ZIP within [`Limits::listed_bytes`].
    pub listing: Option<ArchiveListing>,
    pub(crate) node: usize,
}

pub(super) fn read(
    message: &[u8],
    nodes: &[Node],
    limits: &Limits,
    noted: &mut Ambiguities,
) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut enclosed = vec![false; nodes.len()];
    // A name makes a text an attachment, but the first text is the message's body even so.
    let mut body_seen = false;
    for (index, node) in nodes.iter().enumerate() {
        enclosed[index] = node
            .parent
            .is_some_and(|parent| enclosed[parent] || nodes[parent].shape == Shape::Message);
        if node.shape == Shape::Multipart {
            continue;
        }
        let mut part = part(message, node, limits, noted);
        part.enclosed = enclosed[index];
        part.node = index;
        let shown = matches!(part.kind, PartKind::Text | PartKind::Html)
            && node.declared.main == "text"
            && node.declared.disposition.as_deref() != Some("attachment")
            && (part.names.is_empty() || !body_seen);
        let signs_sibling = part.kind == PartKind::Signature
            && part.decoded_bytes <= LARGEST_SIGNATURE
            && node
                .parent
                .is_some_and(|parent| nodes[parent].declared.is("multipart", "signed"));
        part.attachment = !shown && !signs_sibling;
        body_seen |= shown;
        parts.push(part);
    }
    parts
}

fn part(message: &[u8], node: &Node, limits: &Limits, noted: &mut Ambiguities) -> Part {
    let body = slice(message, &node.body);
    let declared = node.declared.media_type();
    let names = node.declared.names();
    let mut part = Part {
        path: node.path.clone(),
        detected: None,
        kind: PartKind::Message,
        names,
        decoded_bytes: body.len() as u64,
        attachment: true,
        enclosed: false,
        disguised: false,
        listing: None,
        declared,
        node: 0,
    };
    if node.shape == Shape::Message {
        return part;
    }
    let head = transfer::decode(node.encoding, body, HEAD);
    part.decoded_bytes = head.total;
    if !head.clean {
        let kind = match node.encoding {
            Encoding::Base64 => AmbiguityKind::InvalidBase64,
            _ => AmbiguityKind::InvalidQuotedPrintable,
        };
        noted.note(kind, &part.path);
    }
    if node.declared.main == "text" && holds_uuencode(&head.bytes) {
        noted.note(AmbiguityKind::InlineUuencode, &part.path);
    }
    let declared = node.declared.stated.then_some(part.declared.as_str());
    let mut inspection = inspect(&head.bytes, declared, &part.names);
    // Containers are looked at whole, one at a time, so that memory stays that of one part.
    let opened = head.bytes.starts_with(b"PK") || head.bytes.starts_with(b"\xd0\xcf\x11\xe0");
    let opened = opened || head.bytes.starts_with(b"7z\xbc\xaf");
    if opened && head.total > HEAD as u64 && head.total <= limits.listed_bytes as u64 {
        let whole = transfer::decode(node.encoding, body, limits.listed_bytes);
        inspection = inspect(&whole.bytes, declared, &part.names);
    }
    part.kind = inspection.kind;
    part.detected = inspection.detected;
    part.disguised = inspection.disguised;
    part.listing = inspection.listing;
    part
}

/// Judges by every name the part has; the worse answer counts, as some program will use it.
fn inspect(bytes: &[u8], declared: Option<&str>, names: &[String]) -> media::Inspection {
    let first = media::inspect(bytes, declared, names.first().map(String::as_str));
    match names.get(1) {
        None => first,
        Some(second) => {
            let second = media::inspect(bytes, declared, Some(second));
            let worse = matches!(
                second.kind,
                PartKind::Executable | PartKind::Script | PartKind::MacroDocument
            );
            if worse || (second.disguised && !first.disguised) {
                second
            } else {
                first
            }
        }
    }
}

/// A line `begin 644 name`, as uuencode writes before its data.
fn holds_uuencode(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, b"begin ").any(|at| {
        let starts_line = at == 0 || text[at - 1] == b'\n';
        let mode = text.get(at + 6..at + 10).unwrap_or_default();
        starts_line
            && mode.len() == 4
            && mode[..3].iter().all(|b| matches!(b, b'0'..=b'7'))
            && mode[3] == b' '
    })
}
