//! Whether the message's own content is signed or encrypted (RFC 1847, 8551, 3156 and PGP
//! inside the text). Only recognised, never verified.

use memchr::memmem;

use super::slice;
use super::structure::{Node, Shape};
use crate::transfer;

/// Cryptographic protection of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protection {
    /// None recognised.
    #[default]
    None,
    /// S/MIME signature, detached or around the content.
    SmimeSigned,
    /// PGP signature, by MIME or inside the text.
    PgpSigned,
    /// S/MIME encryption.
    SmimeEncrypted,
    /// PGP encryption, by MIME or inside the text.
    PgpEncrypted,
}

impl Protection {
    /// Whether the content cannot be read without a key.
    pub fn is_encrypted(self) -> bool {
        matches!(self, Protection::SmimeEncrypted | Protection::PgpEncrypted)
    }
}

/// Decoded bytes of a text searched for PGP armour; it begins the text or follows a greeting.
const ARMOUR_WITHIN: usize = 64 << 10;

/// The strongest protection of anything outside enclosed messages, and whether the content is
/// wrapped inside an opaque signature.
pub(super) fn of(message: &[u8], nodes: &[Node]) -> (Protection, bool) {
    let mut protection = Protection::None;
    let mut opaque = false;
    let mut enclosed = vec![false; nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        enclosed[index] = node
            .parent
            .is_some_and(|parent| enclosed[parent] || nodes[parent].shape == Shape::Message);
        if enclosed[index] {
            continue;
        }
        let found = of_node(message, node);
        opaque |= found == Protection::SmimeSigned && node.shape == Shape::Leaf;
        if protection == Protection::None || found.is_encrypted() && !protection.is_encrypted() {
            protection = found;
        }
    }
    (protection, opaque)
}

fn of_node(message: &[u8], node: &Node) -> Protection {
    let by_pgp = || {
        let protocol = node.declared.parameter("protocol").unwrap_or_default();
        protocol.to_ascii_lowercase().contains("pgp")
    };
    match (node.declared.main.as_str(), node.declared.sub.as_str()) {
        ("multipart", "signed") if by_pgp() => Protection::PgpSigned,
        ("multipart", "signed") => Protection::SmimeSigned,
        ("multipart", "encrypted") => Protection::PgpEncrypted,
        ("application", "pkcs7-mime" | "x-pkcs7-mime") => pkcs7(message, node),
        ("text", "plain") if node.shape == Shape::Leaf => inline_pgp(message, node),
        _ => Protection::None,
    }
}

/// The blob's own type identifier decides; `smime-type` only when it is not found.
fn pkcs7(message: &[u8], node: &Node) -> Protection {
    let head = transfer::decode(node.encoding, slice(message, &node.body), 64);
    // 1.2.840.113549.1.7, then 2 for signed data, 9 for compressed, others for enveloped.
    let family = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
    let kind = memmem::find(&head.bytes, &family).and_then(|at| head.bytes.get(at + 8).copied());
    match (kind, node.declared.parameter("smime-type")) {
        (Some(2), _) => Protection::SmimeSigned,
        (Some(_), _) => Protection::SmimeEncrypted,
        (None, Some(kind)) if kind.to_ascii_lowercase().starts_with("signed") => {
            Protection::SmimeSigned
        }
        (None, Some(kind)) if kind.eq_ignore_ascii_case("certs-only") => Protection::None,
        (None, _) => Protection::SmimeEncrypted,
    }
}

fn inline_pgp(message: &[u8], node: &Node) -> Protection {
    let text = transfer::decode(node.encoding, slice(message, &node.body), ARMOUR_WITHIN);
    let line = |mark: &[u8]| {
        memmem::find_iter(&text.bytes, mark).any(|at| at == 0 || text.bytes[at - 1] == b'\n')
    };
    if line(b"-----BEGIN PGP MESSAGE-----") {
        Protection::PgpEncrypted
    } else if line(b"-----BEGIN PGP SIGNED MESSAGE-----") {
        Protection::PgpSigned
    } else {
        Protection::None
    }
}
