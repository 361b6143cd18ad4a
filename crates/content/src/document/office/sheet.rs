//! SpreadsheetML: the workbook's list of sheets, its shared strings, and the cells.

use std::collections::HashMap;

use crate::document::number_format::{Epoch, NumberFormat};
use crate::document::page_header;
use crate::document::text::Text;
use crate::document::xml::{Node, nodes};

#[derive(Debug, Default)]
pub(super) struct Workbook {
    /// By the identifier of their relationship.
    sheets: HashMap<String, Sheet>,
    pub(super) sheets_read: bool,
    epoch: Epoch,
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
            let Node::Start(tag) = node else {
                return true;
            };
            if tag.name() == "workbookPr"
                && let Some("1" | "true") = tag.attribute("date1904").as_deref()
            {
                workbook.epoch = Epoch::Of1904;
            }
            if tag.name() == "sheet"
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

/// What the cells' styles make of numbers.
#[derive(Debug, Default)]
pub(super) struct Styles {
    formats: Vec<NumberFormat>,
}

impl Styles {
    /// At most as many as a workbook may have.
    const MOST: usize = 65_490;

    pub(super) fn of(xml: &str) -> Styles {
        let mut codes: HashMap<usize, NumberFormat> = HashMap::new();
        let mut styles = Styles::default();
        let mut of_cells = false;
        nodes(xml, |node| {
            match node {
                Node::Start(tag) => match tag.name() {
                    "numFmt" => {
                        let number = tag.attribute("numFmtId").and_then(|n| n.parse().ok());
                        if let (Some(number), Some(code)) = (number, tag.attribute("formatCode")) {
                            codes.insert(number, NumberFormat::of(&code));
                        }
                    }
                    "cellXfs" => of_cells = true,
                    "xf" if of_cells => {
                        let number = tag.attribute("numFmtId").and_then(|n| n.parse().ok());
                        let number = number.unwrap_or_default();
                        let coded = codes.get(&number).copied();
                        let format = coded.unwrap_or_else(|| NumberFormat::built_in(number));
                        styles.formats.push(format);
                    }
                    _ => (),
                },
                Node::End("cellXfs") => of_cells = false,
                _ => (),
            }
            codes.len() < Styles::MOST && styles.formats.len() < Styles::MOST
        });
        styles
    }

    fn format(&self, style: Option<&str>) -> NumberFormat {
        let style = style.and_then(|style| style.parse::<usize>().ok());
        let format = self.formats.get(style.unwrap_or_default());
        format.copied().unwrap_or_default()
    }
}

/// What a cell's value stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    AsWritten,
    Number(NumberFormat),
    SharedString,
    Boolean,
}

/// What the cells of all sheets refer to.
pub(super) struct Shared<'w> {
    pub(super) strings: &'w SharedStrings,
    pub(super) styles: &'w Styles,
    pub(super) workbook: &'w Workbook,
}

/// A sheet's cells: tabs between them, a line per row, below the sheet's title.
pub(super) fn cells(xml: &str, title: &str, shared: &Shared<'_>, room: usize) -> String {
    let mut out = Text::up_to(room);
    out.push_str(title);
    let mut value = Value::AsWritten;
    let mut content = String::new();
    let mut in_value = 0usize;
    let mut header_or_footer = 0usize;
    let mut codes = String::new();
    nodes(xml, |node| {
        match node {
            Node::Start(tag) => match tag.name() {
                "row" => out.line(),
                "c" => {
                    content.clear();
                    value = match tag.attribute("t").as_deref() {
                        Some("s") => Value::SharedString,
                        Some("b") => Value::Boolean,
                        None | Some("n") => {
                            Value::Number(shared.styles.format(tag.attribute("s").as_deref()))
                        }
                        Some(_) => Value::AsWritten,
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
            Node::Text(text) if header_or_footer > 0 => codes.push_str(&text),
            Node::Text(_) => (),
            Node::End("v" | "t") => in_value = in_value.saturating_sub(1),
            Node::End("c") => {
                let formatted = match value {
                    Value::Number(format) => content
                        .trim()
                        .parse()
                        .ok()
                        .and_then(|number| format.shown(number, shared.workbook.epoch)),
                    _ => None,
                };
                let shown = match value {
                    Value::AsWritten | Value::Number(_) => {
                        formatted.as_deref().unwrap_or(content.as_str())
                    }
                    Value::SharedString => {
                        let number = content.trim().parse().ok();
                        let string = number.and_then(|n| shared.strings.string(n));
                        string.unwrap_or_default()
                    }
                    Value::Boolean if content.trim() == "1" => "TRUE",
                    Value::Boolean => "FALSE",
                };
                if !shown.is_empty() {
                    out.gap('\t');
                    out.push_str(shown);
                }
                content.clear();
            }
            Node::End(name) if name.ends_with("Header") || name.ends_with("Footer") => {
                header_or_footer = header_or_footer.saturating_sub(1);
                out.push_str(&page_header::words(&std::mem::take(&mut codes)));
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
