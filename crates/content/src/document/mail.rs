//! Messages: the parts as the mail gate reads them, each opened in turn.

use super::walk::Walk;
use super::{Opaque, PieceKind};
use crate::mail::{self, Fields, Shape};
use crate::transfer;

/// Bytes of a subject kept.
const LONGEST_SUBJECT: usize = 1000;

pub(super) fn open(walk: &mut Walk<'_>, path: &str, message: &[u8]) {
    let limits = mail::Limits::default();
    let reading = mail::read(message, None, &limits);
    if reading.protection.is_encrypted() {
        walk.opaque(path, Opaque::Encrypted);
    }
    if reading.unscannable.is_some() {
        walk.opaque(path, Opaque::Damaged);
    }
    for node in &reading.tree_nodes {
        let parent = node
            .parent
            .and_then(|parent| reading.tree_nodes.get(parent));
        if parent.is_none_or(|parent| parent.shape == Shape::Message) {
            let fields = Fields::of(mail::slice(message, &node.header), limits.fields);
            let subject = fields.first("subject");
            let subject = subject.map(|field| mail::decoded_text(field.value, LONGEST_SUBJECT));
            walk.piece(
                &format!("{path}#subject"),
                PieceKind::Subject,
                subject.unwrap_or_default(),
            );
        }
    }
    for part in &reading.parts {
        let Some(node) = reading.tree_nodes.get(part.node) else {
            continue;
        };
        // What an enclosed message holds is among the parts already.
        if node.shape != Shape::Leaf || walk.stopped() {
            continue;
        }
        let body = mail::slice(message, &node.body);
        let decoded = transfer::decode(node.encoding, body, body.len());
        let name = part.names.first().unwrap_or(&part.path);
        let declared = node.declared.stated.then(|| match node.declared.charset() {
            Some(charset) => format!("{}; charset={charset}", part.declared),
            None => part.declared.clone(),
        });
        walk.member(path, name, &decoded.bytes, declared.as_deref());
    }
}
