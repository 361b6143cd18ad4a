//! A mail message (RFC 5322, MIME) as facts.
//!
//! [`read`] answers what the policy asks of structure: who it says it is from, what parts it
//! has, what they really are, whether it is signed or encrypted, and where its bytes could be
//! read in two ways. Header fields are what the sender *claims*; only the authentication results
//! of the host's own verifier, named by the caller, are more than that.
//!
//! The message must be given with one kind of line end: a milter hands over folded header
//! values with bare LF, and a gate that joins them with CRLF must fold them with CRLF too, or
//! every such message has [`AmbiguityKind::ControlInHeader`].
//!
//! Not opened here: base64-encoded enclosed messages (noted as ambiguous), compressed archives
//! beyond their table of contents, TNEF, and the inside of opaque signatures.

mod addresses;
mod ambiguity;
mod authentication;
mod content_type;
mod fields;
mod header_facts;
mod limits;
mod parts;
mod protection;
mod structure;

use std::borrow::Cow;
use std::ops::Range;

pub use addresses::Mailbox;
pub use ambiguity::{Ambiguity, AmbiguityKind};
pub use authentication::{AuthenticationResult, AuthenticationResults};
pub use header_facts::{HeaderFacts, Sensitivity};
pub use limits::Limits;
pub use parts::Part;
pub use protection::Protection;

pub(crate) use content_type::Declared;
pub(crate) use fields::{Fields, decoded_text};
pub(crate) use structure::{Node, Shape, Tree};

use ambiguity::Ambiguities;

/// Ids of enclosed messages that are kept: whoever passes on more at once passes on a folder.
const MOST_ENCLOSED_IDS: usize = 20;

/// Why not everything in a message was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unscannable {
    /// The message is larger than [`Limits::message_bytes`]; only its beginning was read.
    TooManyBytes,
    /// A header block is over [`Limits::header_bytes`] or has over [`Limits::fields`] fields.
    HeaderTooLong,
    /// More entities than [`Limits::parts`].
    TooManyParts,
    /// Nested deeper than [`Limits::depth`].
    TooDeep,
    /// The content is wrapped inside a PKCS #7 signature, which is not opened.
    OpaqueSignature,
}

/// A message as facts. Counts and sizes are of everything read; lists are bounded.
#[derive(Debug, Clone)]
pub struct MailReading {
    /// Size of the whole message as given.
    pub message_bytes: u64,
    /// What the message's own header says.
    pub header: HeaderFacts,
    /// Leaves and enclosed messages in the order of the message, those inside enclosed messages
    /// included.
    pub parts: Vec<Part>,
    /// Decoded bytes of the largest attachment; 0 when there is none.
    pub largest_attachment_bytes: u64,
    /// Decoded bytes of all attachments. An enclosed message counts as a whole, and what it
    /// encloses is not counted again.
    pub attachment_bytes: u64,
    /// Ids of the messages it encloses, without angle brackets; at most 20.
    pub enclosed_ids: Vec<String>,
    /// Signature or encryption of the message's own content.
    pub protection: Protection,
    /// Where readers could disagree; at most 100.
    pub ambiguities: Vec<Ambiguity>,
    /// Set when a bound was reached: the facts cover only what was read.
    pub unscannable: Option<Unscannable>,
    pub(crate) tree_nodes: Vec<Node>,
    pub(crate) text_bytes: usize,
}

impl MailReading {
    /// Whether this kind of ambiguity was found anywhere.
    pub fn is_ambiguous(&self, kind: AmbiguityKind) -> bool {
        self.ambiguities
            .iter()
            .any(|ambiguity| ambiguity.kind == kind)
    }

    /// Parts the reader gets as files: attachments, also unnamed ones.
    pub fn attachments(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.attachment)
    }

    /// Content of a leaf as text, decoded from its transfer encoding and charset; HTML is left
    /// as it is. `message` is what this reading was made of; at most [`Limits::text_bytes`]
    /// bytes are decoded.
    pub fn text_of(&self, message: &[u8], part: &Part) -> String {
        self.as_text(part, &self.bytes_of(message, part, self.text_bytes))
    }

    /// As [`Self::text_of`], of the leaf's bytes.
    pub(crate) fn as_text(&self, part: &Part, bytes: &[u8]) -> String {
        let node = self.tree_nodes.get(part.node);
        let charset = node.and_then(|node| node.declared.charset());
        let bytes = bytes.get(..self.text_bytes).unwrap_or(bytes);
        crate::charset::decode(charset, bytes)
    }

    /// Content of a leaf, decoded from its transfer encoding, at most `most` bytes of it. `message`
    /// is what this reading was made of.
    pub fn bytes_of<'m>(&self, message: &'m [u8], part: &Part, most: usize) -> Cow<'m, [u8]> {
        let Some(node) = self.tree_nodes.get(part.node) else {
            return Cow::default();
        };
        crate::transfer::decode(node.encoding, slice(message, &node.body), most).bytes
    }

    /// Whether this is an enclosed message whose own parts are among [`Self::parts`].
    pub(crate) fn is_walked(&self, part: &Part) -> bool {
        let node = self.tree_nodes.get(part.node);
        node.is_some_and(|node| node.shape == Shape::Message)
    }

    pub(crate) fn tree(&self) -> Tree<'_> {
        Tree {
            nodes: &self.tree_nodes,
        }
    }
}

/// The bytes of a range; empty when the message is not the one the range was made for.
pub(crate) fn slice<'a>(message: &'a [u8], range: &Range<usize>) -> &'a [u8] {
    message.get(range.clone()).unwrap_or_default()
}

/// Reads a message, header and body as they came over the wire.
///
/// `trusted_authserv_id` names the verifier whose Authentication-Results count (RFC 8601); the
/// border must remove forged fields with that name. Never fails: what cannot be read is a fact
/// too. Time is linear in the message up to the limits.
pub fn read(message: &[u8], trusted_authserv_id: Option<&str>, limits: &Limits) -> MailReading {
    let message_bytes = message.len() as u64;
    let (message, cut) = match message.get(..limits.message_bytes) {
        Some(beginning) if beginning.len() < message.len() => {
            (beginning, Some(Unscannable::TooManyBytes))
        }
        _ => (message, None),
    };
    let mut noted = Ambiguities::default();
    let (nodes, stopped) = structure::walk(message, limits, &mut noted);
    let root = nodes.first().map_or(0..0, |root| root.header.clone());
    let fields = Fields::of(slice(message, &root), limits.fields);
    let header = header_facts::read(&fields, trusted_authserv_id, limits);
    let parts = parts::read(message, &nodes, limits, &mut noted);
    let (protection, opaque) = protection::of(message, &nodes);
    let whole = |part: &&Part| part.attachment && !part.enclosed;
    MailReading {
        message_bytes,
        largest_attachment_bytes: parts
            .iter()
            .filter(whole)
            .map(|part| part.decoded_bytes)
            .max()
            .unwrap_or_default(),
        attachment_bytes: parts
            .iter()
            .filter(whole)
            .map(|part| part.decoded_bytes)
            .sum(),
        enclosed_ids: enclosed_ids(message, &nodes, limits),
        header,
        parts,
        protection,
        ambiguities: noted.list,
        unscannable: cut
            .or(stopped)
            .or(opaque.then_some(Unscannable::OpaqueSignature)),
        tree_nodes: nodes,
        text_bytes: limits.text_bytes,
    }
}

/// Ids of the messages directly or further inside others.
fn enclosed_ids(message: &[u8], nodes: &[Node], limits: &Limits) -> Vec<String> {
    let is_message = |node: &&Node| {
        let parent = node.parent.and_then(|parent| nodes.get(parent));
        parent.is_some_and(|parent| parent.shape == Shape::Message)
    };
    let id = |node: &Node| {
        let header = slice(message, &node.header);
        header_facts::message_id(&Fields::of(header, limits.fields))
    };
    let enclosed = nodes.iter().filter(is_message).filter_map(id);
    enclosed.take(MOST_ENCLOSED_IDS).collect()
}

#[cfg(test)]
pub(crate) mod tests;
