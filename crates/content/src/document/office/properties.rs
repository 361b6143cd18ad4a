//! Document properties: title, author, keywords, and those that organisations add, among them
//! sensitivity labels.

use crate::document::text::Text;
use crate::document::xml::{Node, nodes};

/// Elements whose text people wrote or are named in.
const TELLING: [&str; 14] = [
    "title",
    "subject",
    "creator",
    "initial-creator",
    "keywords",
    "keyword",
    "description",
    "lastModifiedBy",
    "category",
    "contentStatus",
    "Company",
    "Manager",
    "HyperlinkBase",
    "user-defined",
];

/// One property a line; added properties with their name.
pub(super) fn read(xml: &str, room: usize) -> String {
    let mut out = Text::up_to(room);
    let mut open = 0usize;
    nodes(xml, |node| {
        match node {
            Node::Start(tag) => {
                let name = tag.name();
                if name == "property" || TELLING.contains(&name) {
                    open += 1;
                    if let Some(added) = tag.attribute("name") {
                        out.push_str(&added);
                        out.push_str(": ");
                    }
                }
            }
            Node::Text(text) if open > 0 => out.push_str(text.trim()),
            Node::Text(_) => (),
            Node::End(name) => {
                if name == "property" || TELLING.contains(&name) {
                    open = open.saturating_sub(1);
                    out.line();
                }
            }
        }
        !out.is_cut()
    });
    out.into_string()
}
