//! SpreadsheetML: the workbook's list of sheets, its shared strings, and the cells.

use std::collections::HashMap;

use crate::document::text::Text;
use crate::document::xml::{Node, nodes};

#[derive(Debug, Default)]
pub(super) struct Workbook {
    /// By the identifier of their relationship.
    sheets: HashMap<String, Sheet>,
    pub(super) sheets_read: bool,
}

#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) hidden: bool,
}

impl Workbook {
    pub(super) fn of(xml: &str) -> Workbook {
        let mut workbook = Workbook::default();
        nodes(xml, |node| {
            if let Node::Start(tag) = node
                && tag.name() == "sheet"
                && let Some(identifier) = tag.attribute("id")
            {
                let sheet = Sheet {
                    name: tag.attribute("name").unwrap_or_default(),
                    hidden: tag
                        .attribute("state")
                        .is_some_and(|state| state != "visible"),
                };
                workbook.sheets.insert(identifier, sheet);
            }
            true
        });
        workbook
    }

    pub(super) fn sheet(&self, identifier: &str) -> Option<&Sheet> {
        self.sheets.get(identifier)
    }
}

/// The texts that cells refer to by number.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    text: String,
    /// Where each ends in `text`.
    ends: Vec<usize>,
}

impl SharedStrings {
    pub(super) fn of(xml: &str, room: usize) -> SharedStrings {
        let mut strings = SharedStrings::default();
        let mut words = 0usize;
        // Readings of Japanese words.
        let mut phonetic = 0usize;
        nodes(xml, |node| {
            match node {
                Node::Start(tag) => match tag.name() {
                    "t" => words += 1,
                    "rPh" => phonetic += 1,
                    _ => (),
                },
                Node::Text(text) if words > 0 && phonetic == 0 => strings.text.push_str(&text),
                Node::Text(_) => (),
                Node::End("t") => words = words.saturating_sub(1),
                Node::End("rPh") => phonetic = phonetic.saturating_sub(1),
                Node::End("si") => strings.ends.push(strings.text.len()),
                Node::End(_) => (),
            }
            strings.text.len() < room
        });
        strings
    }

    fn string(&self, number: usize) -> Option<&str> {
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(number)?)
    }

    /// One a line.
    pub(super) fn all(&self) -> String {
        let lines: Vec<_> = (0..self.ends.len())
            .filter_map(|n| self.string(n))
            .collect();
        lines.join("\n")
    }
}

/// What a cell's value stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    AsWritten,
    SharedString,
    Boolean,
}

/// A sheet's cells: tabs between them, a line per row, below the sheet's title.
pub(super) fn cells(xml: &str, title: &str, strings: &SharedStrings, room: usize) -> String {
    let mut out = Text::up_to(room);
    out.push_str(title);
    let mut value = Value::AsWritten;
    let mut content = String::new();
    let mut in_value = 0usize;
    let mut header_or_footer = 0usize;
    nodes(xml, |node| {
        match node {
            Node::Start(tag) => match tag.name() {
                "row" => out.line(),
                "c" => {
                    content.clear();
                    value = match tag.attribute("t").as_deref() {
                        Some("s") => Value::SharedString,
                        Some("b") => Value::Boolean,
                        _ => Value::AsWritten,
                    };
                }
                "v" | "t" => in_value += 1,
                "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" | "firstHeader"
                | "firstFooter" => {
                    out.line();
                    header_or_footer += 1;
                }
                _ => (),
            },
            Node::Text(text) if in_value > 0 => content.push_str(&text),
            Node::Text(text) if header_or_footer > 0 => out.push_str(&text),
            Node::Text(_) => (),
            Node::End("v" | "t") => in_value = in_value.saturating_sub(1),
            Node::End("c") => {
                let shown = match value {
                    Value::AsWritten => content.as_str(),
                    Value::SharedString => {
                        let number = content.trim().parse().ok();
                        number.and_then(|n| strings.string(n)).unwrap_or_default()
                    }
                    Value::Boolean => "",
                };
                if !shown.is_empty() {
                    out.gap('\t');
                    out.push_str(shown);
                }
                content.clear();
            }
            Node::End(name) if name.ends_with("Header") || name.ends_with("Footer") => {
                header_or_footer = header_or_footer.saturating_sub(1);
            }
            Node::End(_) => (),
        }
        !out.is_cut()
    });
    // A title alone is no sheet.
    if out.as_str() == title {
        String::new()
    } else {
        out.into_string()
    }
}

/// Values kept from elsewhere: the source rows of a pivot table, cells of another workbook. They
/// are not shown, yet travel with the file.
pub(super) fn cached_values(xml: &str, room: usize) -> String {
    let mut out = Text::up_to(room);
    let mut in_value = 0usize;
    nodes(xml, |node| {
        match node {
            Node::Start(tag) => match tag.name() {
                "s" | "n" | "d" => {
                    if let Some(value) = tag.attribute("v") {
                        out.push_str(&value);
                        out.push('\t');
                    }
                }
                "cacheField" | "sheetName" => {
                    let name = tag.attribute("name").or_else(|| tag.attribute("val"));
                    out.line();
                    out.push_str(&name.unwrap_or_default());
                    out.push('\t');
                }
                "v" => in_value += 1,
                _ => (),
            },
            Node::Text(text) if in_value > 0 => {
                out.push_str(&text);
                out.push('\t');
            }
            Node::Text(_) => (),
            Node::End("v") => in_value = in_value.saturating_sub(1),
            Node::End("r") => out.line(),
            Node::End(_) => (),
        }
        !out.is_cut()
    });
    out.into_string()
}
