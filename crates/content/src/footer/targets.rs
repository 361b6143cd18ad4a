//! Which parts are the text of the message.

use crate::mail::{Node, Shape, Tree};

/// Leaves the disclaimer belongs in: the first text, or every text form of it when there are
/// alternatives. Empty when the message has no text of its own.
pub(super) fn of(tree: Tree<'_>) -> Vec<usize> {
    let mut found = Vec::new();
    if !tree.nodes.is_empty() {
        descend(tree, 0, 0, &mut found);
    }
    found
}

/// `depth` stays below the reading's own limit on nesting, which is small.
fn descend(tree: Tree<'_>, index: usize, depth: usize, found: &mut Vec<usize>) {
    /// Far above [`Limits::depth`](crate::mail::Limits::depth)'s default, far below the stack.
    const DEEPEST: usize = 200;
    let node = &tree.nodes[index];
    if depth > DEEPEST {
        return;
    }
    match node.shape {
        Shape::Message => (),
        Shape::Leaf => {
            if is_text(node) {
                found.push(index);
            }
        }
        Shape::Multipart if node.declared.sub == "alternative" => {
            for child in tree.children(index) {
                descend(tree, child, depth + 1, found);
            }
        }
        Shape::Multipart => {
            // The first child with text: in `related` that is the root document, in `mixed`
            // what comes before the attachments.
            for child in tree.children(index) {
                descend(tree, child, depth + 1, found);
                if !found.is_empty() {
                    return;
                }
            }
        }
    }
}

fn is_text(node: &Node) -> bool {
    node.declared.main == "text"
        && ["plain", "html"].contains(&node.declared.sub.as_str())
        && node.declared.disposition.as_deref() != Some("attachment")
        && node.declared.names().is_empty()
}

/// Nothing but calendar entries, perhaps as alternatives of one another.
pub(super) fn is_calendar_only(tree: Tree<'_>) -> bool {
    let mut leaves = tree
        .nodes
        .iter()
        .filter(|node| node.shape != Shape::Multipart)
        .peekable();
    leaves.peek().is_some()
        && leaves.all(|node| {
            node.declared.is("text", "calendar") || node.declared.is("application", "ics")
        })
}
