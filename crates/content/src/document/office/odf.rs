//! OpenDocument content (ISO/IEC 26300): text, sheets and slides have the same elements.

use std::collections::HashSet;

use crate::document::PieceKind;
use crate::document::text::Text;
use crate::document::walk::Walk;
use crate::document::xml::{Node, Tag, nodes};

/// Reads a part whose ordinary text is of this kind.
pub(super) fn read(walk: &mut Walk<'_>, path: &str, xml: &str, kind: PieceKind) {
    let content = Content::of(xml, walk.text_room());
    let suffix = if kind == PieceKind::Body {
        ""
    } else {
        "#header"
    };
    walk.piece(
        &format!("{path}{suffix}"),
        kind,
        content.shown.into_string(),
    );
    for (suffix, kind, text) in [
        ("#comments", PieceKind::Comment, content.comments),
        ("#notes", PieceKind::Note, content.notes),
        ("#deleted", PieceKind::TrackedChange, content.deleted),
        ("#hidden", PieceKind::HiddenSheet, content.hidden),
        ("#properties", PieceKind::Properties, content.properties),
        ("#links", PieceKind::Links, content.links),
    ] {
        walk.piece(&format!("{path}{suffix}"), kind, text.into_string());
    }
}

/// Which text words go to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Shown,
    Comments,
    Notes,
    Deleted,
    Hidden,
    /// No text of anybody's: the number of a note.
    Nowhere,
}

#[derive(Default)]
struct Content {
    shown: Text,
    comments: Text,
    notes: Text,
    nowhere: Text,
    deleted: Text,
    hidden: Text,
    properties: Text,
    links: Text,
    /// Styles that do not display what has them.
    hiding_styles: HashSet<String>,
    /// The style being read.
    style: String,
    /// Elements that changed the target, innermost last: name, and the target and number of open
    /// paragraphs before.
    targets: Vec<(&'static str, Target, usize)>,
    paragraphs: usize,
    cells: usize,
    /// It is a spreadsheet, whose tables are sheets with a name on them.
    of_sheets: bool,
    /// A property of the document, in a file that holds everything.
    property: usize,
}

impl Content {
    fn of(xml: &str, room: usize) -> Content {
        let mut content = Content {
            shown: Text::up_to(room),
            comments: Text::up_to(room),
            notes: Text::up_to(room),
            nowhere: Text::up_to(0),
            deleted: Text::up_to(room),
            hidden: Text::up_to(room),
            properties: Text::up_to(room),
            links: Text::up_to(room),
            ..Content::default()
        };
        let mut target = Target::Shown;
        nodes(xml, |node| {
            match node {
                Node::Start(tag) => content.start(&tag, &mut target),
                Node::Text(words) if content.paragraphs > 0 => {
                    push_collapsed(content.text(target), &words);
                }
                Node::Text(words) if content.property > 0 => {
                    content.properties.push_str(&words);
                    content.properties.line();
                }
                Node::Text(_) => (),
                Node::End(name) => content.end(name, &mut target),
            }
            !content.shown.is_cut()
        });
        content
    }

    fn text(&mut self, target: Target) -> &mut Text {
        match target {
            Target::Shown => &mut self.shown,
            Target::Comments => &mut self.comments,
            Target::Notes => &mut self.notes,
            Target::Nowhere => &mut self.nowhere,
            Target::Deleted => &mut self.deleted,
            Target::Hidden => &mut self.hidden,
        }
    }

    fn start(&mut self, tag: &Tag<'_>, target: &mut Target) {
        let turn = |name: &'static str, to: Target, content: &mut Content, target: &mut Target| {
            // What stands in it outside paragraphs, such as who wrote a comment, is not its text.
            let paragraphs = std::mem::take(&mut content.paragraphs);
            content.targets.push((name, *target, paragraphs));
            *target = to;
        };
        let hides = |content: &Content| {
            let style = tag.attribute("style-name");
            style.is_some_and(|style| content.hiding_styles.contains(&style))
        };
        match tag.name() {
            "p" | "h" => self.paragraphs += 1,
            "s" | "line-break" | "tab" if self.paragraphs > 0 => {
                let gap = match tag.name() {
                    "s" => ' ',
                    "tab" => '\t',
                    _ => '\n',
                };
                self.text(*target).push(gap);
            }
            "table-cell" => self.cells += 1,
            "annotation" => turn("annotation", Target::Comments, self, target),
            "notes" => turn("notes", Target::Comments, self, target),
            "note" => turn("note", Target::Notes, self, target),
            "note-citation" => turn("note-citation", Target::Nowhere, self, target),
            "deletion" => turn("deletion", Target::Deleted, self, target),
            "spreadsheet" => self.of_sheets = true,
            "table" if self.of_sheets && self.cells == 0 => {
                let to = if hides(self) { Target::Hidden } else { *target };
                turn("table", to, self, target);
                let name = tag.attribute("name").unwrap_or_default();
                self.text(*target).push_str(&name);
                self.text(*target).line();
            }
            "table" if hides(self) => turn("table", Target::Hidden, self, target),
            "page" if hides(self) => turn("page", Target::Hidden, self, target),
            // Each element with the name must be matched, also those that change nothing.
            "table" => turn("table", *target, self, target),
            "page" => turn("page", *target, self, target),
            "style" => self.style = tag.attribute("name").unwrap_or_default(),
            "table-properties" | "drawing-page-properties" => {
                let hiding = tag.attribute("display").as_deref() == Some("false")
                    || tag.attribute("visibility").as_deref() == Some("hidden");
                if hiding {
                    self.hiding_styles.insert(self.style.clone());
                }
            }
            "a" => {
                if let Some(href) = tag.attribute("href") {
                    self.links.push_str(&href);
                    self.links.line();
                }
            }
            "title" | "subject" | "initial-creator" | "keyword" | "description" => {
                self.property += 1
            }
            _ => (),
        }
    }

    fn end(&mut self, name: &str, target: &mut Target) {
        match name {
            "p" | "h" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                let in_cell = self.cells > 0;
                let text = self.text(*target);
                if in_cell {
                    text.gap(' ');
                } else {
                    text.line();
                }
            }
            "table-cell" => {
                self.cells = self.cells.saturating_sub(1);
                self.text(*target).gap('\t');
            }
            "table-row" => self.text(*target).line(),
            "title" | "subject" | "initial-creator" | "keyword" | "description" => {
                self.property = self.property.saturating_sub(1);
            }
            _ => {
                if self
                    .targets
                    .last()
                    .is_some_and(|(opened, ..)| *opened == name)
                    && let Some((_, before, paragraphs)) = self.targets.pop()
                {
                    self.text(*target).line();
                    *target = before;
                    self.paragraphs = paragraphs;
                }
            }
        }
    }
}

/// White space in XML is one blank, however much of it there is.
fn push_collapsed(text: &mut Text, words: &str) {
    if !words.contains(['\n', '\t', '\r']) && !words.contains("  ") {
        text.push_str(words);
        return;
    }
    for character in words.chars() {
        if character.is_whitespace() {
            text.gap(' ');
        } else {
            text.push(character);
        }
    }
}
