//! The MIME tree (RFC 2046 section 5) with the byte range of every part.
//!
//! One pass over the lines with an explicit stack: a thousand levels of nesting cost no more
//! than a thousand lines. `mail-parser`'s own tree is not used, because it keeps no ranges that
//! an edit could trust, takes a boundary's prefix for the boundary, and searches to the end of
//! the message once for every boundary that never comes (the square of the size when a stranger
//! wants it so).

use std::ops::Range;

use super::ambiguity::{Ambiguities, AmbiguityKind};
use super::content_type::Declared;
use super::fields::Fields;
use super::{Limits, Unscannable};
use crate::transfer::Encoding;

/// The longest boundary compared: over-long ones are noted, and beyond this ignored.
const LONGEST_BOUNDARY: usize = 1000;

/// What an entity is in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Leaf,
    Multipart,
    /// `message/rfc822`: its one child is the enclosed message's own entity.
    Message,
}

/// One entity: the message itself, a multipart, an enclosed message or a leaf.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// As in IMAP: `1.2`, the second part of the first; empty for a multipart message's root.
    pub(crate) path: String,
    pub(crate) parent: Option<usize>,
    pub(crate) shape: Shape,
    pub(crate) declared: Declared,
    pub(crate) encoding: Encoding,
    /// Header block without its empty line.
    pub(crate) header: Range<usize>,
    /// Content, without the line end that belongs to the following boundary.
    pub(crate) body: Range<usize>,
}

/// The entities in the order of the message; a parent comes before its children.
#[derive(Clone, Copy)]
pub(crate) struct Tree<'a> {
    pub(crate) nodes: &'a [Node],
}

impl Tree<'_> {
    pub(crate) fn children(&self, parent: usize) -> impl Iterator<Item = usize> {
        self.nodes
            .iter()
            .enumerate()
            .skip(parent + 1)
            .filter(move |(_, node)| node.parent == Some(parent))
            .map(|(index, _)| index)
    }
}

/// A multipart or enclosed message that lines may still belong to.
struct Open {
    node: usize,
    /// Empty for an enclosed message, which no line can close.
    boundary: Vec<u8>,
    children: usize,
    closed: bool,
}

enum Reading {
    /// In a header block that began here, for a child of the entity on top of the stack.
    Header(usize),
    /// In a leaf's body.
    Body(usize),
    /// Before the first boundary, between parts or after the last.
    Between,
}

struct Walk<'a> {
    message: &'a [u8],
    limits: &'a Limits,
    noted: &'a mut Ambiguities,
    nodes: Vec<Node>,
    stack: Vec<Open>,
    unscannable: Option<Unscannable>,
}

/// Reads the tree of a whole message, and why it stopped early if it did.
pub(crate) fn walk(
    message: &[u8],
    limits: &Limits,
    noted: &mut Ambiguities,
) -> (Vec<Node>, Option<Unscannable>) {
    let mut walk = Walk {
        message,
        limits,
        noted,
        nodes: Vec::new(),
        stack: Vec::new(),
        unscannable: None,
    };
    walk.lines();
    (walk.nodes, walk.unscannable)
}

impl Walk<'_> {
    fn lines(&mut self) {
        let mut reading = Reading::Header(0);
        let mut at = 0;
        while at < self.message.len() {
            let next = memchr::memchr(b'\n', &self.message[at..])
                .map_or(self.message.len(), |end| at + end + 1);
            let line = &self.message[at..next];
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if let Some((open, closes)) = self.boundary_of(line) {
                if let Reading::Header(start) = reading {
                    let path = self.next_path();
                    self.noted.note(AmbiguityKind::HeaderCutShort, &path);
                    let Some(now) = self.entity(start..at, at) else {
                        return;
                    };
                    reading = now;
                }
                self.end_inner(open, at, &reading);
                reading = self.cross(open, closes, next);
            } else if let Reading::Header(start) = reading {
                if line.is_empty() {
                    let Some(now) = self.entity(start..at, next) else {
                        return;
                    };
                    reading = now;
                } else if next - start > self.limits.header_bytes {
                    self.unscannable.get_or_insert(Unscannable::HeaderTooLong);
                    // What is read so far is kept; where the body starts is not looked for.
                    let _ = self.entity(start..at, self.message.len());
                    return;
                }
            }
            at = next;
        }
        if let Reading::Header(start) = reading {
            let _ = self.entity(start..at, at);
        }
        for open in std::mem::take(&mut self.stack) {
            self.leave(&open);
        }
    }

    /// Settles an entity no further line can belong to.
    fn leave(&mut self, open: &Open) {
        let node = &mut self.nodes[open.node];
        if open.boundary.is_empty() {
            return;
        }
        if !open.closed {
            self.noted
                .note(AmbiguityKind::MultipartNotClosed, &node.path);
        }
        if open.children == 0 {
            // Some programs show such content as text, so it must not be lost to the facts.
            self.noted.note(AmbiguityKind::BoundaryMissing, &node.path);
            node.shape = Shape::Leaf;
            if node.path.is_empty() {
                node.path = "1".to_owned();
            }
        }
    }

    /// Which open multipart this line is a boundary of, innermost first, and whether it closes.
    fn boundary_of(&mut self, line: &[u8]) -> Option<(usize, bool)> {
        let rest = line.strip_prefix(b"--")?;
        let mut prefix_of = None;
        for (index, open) in self.stack.iter().enumerate().rev() {
            if open.boundary.is_empty() {
                continue;
            }
            let Some(tail) = rest.strip_prefix(open.boundary.as_slice()) else {
                continue;
            };
            let blank = |tail: &[u8]| tail.iter().all(|b| matches!(b, b' ' | b'\t'));
            if blank(tail) {
                return Some((index, false));
            }
            if tail.strip_prefix(b"--").is_some_and(blank) {
                return Some((index, true));
            }
            prefix_of = Some(open.node);
        }
        if let Some(node) = prefix_of {
            self.noted
                .note(AmbiguityKind::BoundaryPrefix, &self.nodes[node].path);
        }
        None
    }

    /// Ends everything inside the open multipart `open`, at the boundary line starting at `at`.
    fn end_inner(&mut self, open: usize, at: usize, reading: &Reading) {
        let end = self.before_line_end(at);
        if let Reading::Body(leaf) = reading {
            let body = &mut self.nodes[*leaf].body;
            body.end = end.max(body.start);
        }
        for inner in self.stack.split_off(open + 1) {
            let body = &mut self.nodes[inner.node].body;
            body.end = end.max(body.start);
            self.leave(&inner);
        }
    }

    fn cross(&mut self, open: usize, closes: bool, next: usize) -> Reading {
        let top = &mut self.stack[open];
        if top.closed {
            self.noted
                .note(AmbiguityKind::PartAfterEnd, &self.nodes[top.node].path);
            return Reading::Between;
        }
        if closes {
            top.closed = true;
            return Reading::Between;
        }
        Reading::Header(next)
    }

    fn before_line_end(&self, at: usize) -> usize {
        let before = &self.message[..at];
        let before = before.strip_suffix(b"\n").unwrap_or(before);
        before.strip_suffix(b"\r").unwrap_or(before).len()
    }

    /// Path of the entity about to begin.
    fn next_path(&self) -> String {
        let Some(top) = self.stack.last() else {
            return String::new();
        };
        let parent = &self.nodes[top.node];
        match parent.shape {
            // The enclosed message's own entity: a multipart shares the message's path, as in
            // IMAP, and `entity` gives a leaf the number 1.
            Shape::Message => parent.path.clone(),
            _ if parent.path.is_empty() => (top.children + 1).to_string(),
            _ => format!("{}.{}", parent.path, top.children + 1),
        }
    }

    /// Adds the entity with this header block whose body starts at `body`, and says how to read
    /// on; `None` when there are too many.
    fn entity(&mut self, header: Range<usize>, body: usize) -> Option<Reading> {
        if self.nodes.len() >= self.limits.parts {
            self.unscannable.get_or_insert(Unscannable::TooManyParts);
            return None;
        }
        // Also where the header's own faults are noted: the message they head, not its one part.
        let path = self.next_path();
        let parent = self.stack.last().map(|top| top.node);
        let enclosing = parent.map(|node| &self.nodes[node]);
        let in_digest = enclosing.is_some_and(|node| node.declared.is("multipart", "digest"));
        let default = if in_digest {
            ("message", "rfc822")
        } else {
            ("text", "plain")
        };
        let starts_message = enclosing.is_none_or(|node| node.shape == Shape::Message);

        let fields = Fields::of(&self.message[header.clone()], self.limits.fields);
        if fields.cut {
            self.unscannable.get_or_insert(Unscannable::HeaderTooLong);
        }
        let (declared, encoding) =
            Declared::of(&fields, default, |kind| self.noted.note(kind, &path));
        let boundary = self.boundary(&declared, &path);
        let shape = match (declared.main.as_str(), declared.sub.as_str()) {
            ("multipart", _) if boundary.is_some() => Shape::Multipart,
            ("message", "rfc822" | "global") if encoding == Encoding::Identity => Shape::Message,
            _ => Shape::Leaf,
        };
        let too_deep = shape != Shape::Leaf && self.stack.len() >= self.limits.depth;
        let shape = if too_deep { Shape::Leaf } else { shape };
        if too_deep {
            self.unscannable.get_or_insert(Unscannable::TooDeep);
        }
        self.note_header(&fields, &declared, starts_message, &path);
        let path = match (starts_message && shape != Shape::Multipart, path.as_str()) {
            (false, _) => path,
            (true, "") => "1".to_owned(),
            (true, message) => format!("{message}.1"),
        };

        let node = self.nodes.len();
        if let Some(top) = self.stack.last_mut() {
            top.children += 1;
        }
        self.nodes.push(Node {
            path,
            parent,
            shape,
            declared,
            encoding: if shape == Shape::Leaf {
                encoding
            } else {
                Encoding::Identity
            },
            header,
            body: body..self.message.len(),
        });
        Some(match shape {
            Shape::Leaf => Reading::Body(node),
            Shape::Multipart => {
                self.open(node, boundary.unwrap_or_default());
                Reading::Between
            }
            Shape::Message => {
                self.open(node, Vec::new());
                Reading::Header(body)
            }
        })
    }

    fn open(&mut self, node: usize, boundary: Vec<u8>) {
        self.stack.push(Open {
            node,
            boundary,
            children: 0,
            closed: false,
        });
    }

    /// The multipart's usable boundary, with whatever is wrong with it noted.
    fn boundary(&mut self, declared: &Declared, path: &str) -> Option<Vec<u8>> {
        if declared.main != "multipart" {
            return None;
        }
        let stated = declared.parameter("boundary").unwrap_or_default();
        let boundary = stated.trim_end().as_bytes();
        if boundary.is_empty() {
            self.noted.note(AmbiguityKind::BoundaryMissing, path);
            return None;
        }
        if stated.len() > 70 {
            self.noted.note(AmbiguityKind::BoundaryTooLong, path);
        }
        if self.stack.iter().any(|open| open.boundary == boundary) {
            self.noted.note(AmbiguityKind::BoundaryReused, path);
        }
        (boundary.len() <= LONGEST_BOUNDARY).then(|| boundary.to_vec())
    }

    fn note_header(&mut self, fields: &Fields<'_>, declared: &Declared, top: bool, path: &str) {
        use AmbiguityKind::*;
        for &kind in &fields.wrong {
            self.noted.note(kind, path);
        }
        let everywhere = [
            ("content-type", DuplicateContentType),
            ("content-transfer-encoding", DuplicateTransferEncoding),
            ("content-disposition", DuplicateDisposition),
        ];
        let in_messages = [
            ("from", DuplicateFrom),
            ("sender", DuplicateSender),
            ("subject", DuplicateSubject),
        ];
        let checked = everywhere.iter().chain(in_messages.iter().filter(|_| top));
        for (name, kind) in checked {
            if fields.has_several(name) {
                self.noted.note(*kind, path);
            }
        }
        if declared.main == "message"
            && ["partial", "external-body"].contains(&declared.sub.as_str())
        {
            self.noted.note(ContentElsewhere, path);
        }
        if let Some(name) = declared.parameter("name")
            && let Some(file_name) = declared.file_names.first()
            && name != file_name
        {
            self.noted.note(NamesDiffer, path);
        }
        if declared
            .names()
            .iter()
            .any(|name| name.chars().any(deceives))
        {
            self.noted.note(DeceptiveName, path);
        }
    }
}

/// Control characters and the marks that turn the direction of text.
fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}
