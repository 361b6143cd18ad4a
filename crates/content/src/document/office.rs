//! Office documents that are a ZIP of XML: Office Open XML (ECMA-376) and OpenDocument.
//!
//! A part is known by its root element, not by its name, which producers are free to choose.

mod odf;
mod properties;
mod runs;
mod sheet;

use std::collections::HashMap;

use super::walk::Walk;
use super::zip::Entry;
use super::{Opaque, PieceKind, plain, xml};
use crate::html;
use sheet::{Shared, SharedStrings, Styles, Workbook};

/// Whether an archive with these entries is a document.
pub(super) fn is_document(entries: &[Entry<'_>]) -> bool {
    let has = |wanted: &str| entries.iter().any(|entry| entry.name == wanted);
    let has_folder = |folder: &str| {
        entries.iter().any(|entry| {
            let start = entry.name.get(..folder.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(folder))
        })
    };
    let ooxml = has("[Content_Types].xml")
        && ["word/", "xl/", "ppt/", "visio/"]
            .into_iter()
            .any(has_folder);
    let odf = has("content.xml") && (has("mimetype") || has("META-INF/manifest.xml"));
    ooxml || odf
}

pub(super) fn open(walk: &mut Walk<'_>, path: &str, entries: &[Entry<'_>]) {
    let mut order: Vec<&Entry<'_>> = entries.iter().collect();
    order.sort_by_cached_key(|entry| (rank(&entry.name), natural(&entry.name)));
    let mut reading = Reading::new(path);
    for entry in order {
        if walk.stopped() || reading.encrypted {
            return;
        }
        let Some(content) = entry.unpack(walk, path) else {
            continue;
        };
        let name = entry.name.as_str();
        let is_xml = plain::visible_start(&content).starts_with(b"<") || is_utf16_xml(&content);
        // Web pages and mail inside a document are files of their own.
        let lower = name.to_ascii_lowercase();
        let part = is_xml
            && [".xml", ".rels", ".xhtml", ".vml"]
                .iter()
                .any(|end| lower.ends_with(end));
        if part {
            walk.part(path, name, &content);
            let xml = plain::decode(&content, None, content.len());
            reading.part(walk, name, &xml);
        } else if lower == "mimetype" {
            walk.part(path, name, &content);
        } else if lower == "manifest.rdf" {
            // Says which part is which, as OpenDocument has it; no text of the document's.
            walk.part(path, name, &content);
        } else {
            walk.member(path, name, &content, None);
        }
    }
}

fn is_utf16_xml(content: &[u8]) -> bool {
    matches!(
        content,
        [0xff, 0xfe, b'<', 0, ..] | [0xfe, 0xff, 0, b'<', ..]
    )
}

/// Parts others refer to come first, then what is read first, then the rest.
fn rank(name: &str) -> u8 {
    let lower = name.to_ascii_lowercase();
    if lower == "meta-inf/manifest.xml" {
        0
    } else if ["workbook", "sharedstrings", "xl/styles"]
        .iter()
        .any(|part| lower.contains(part))
    {
        1
    } else if !lower.ends_with(".xml") && !lower.ends_with(".rels") {
        5
    } else if lower.ends_with("/document.xml") || lower == "content.xml" {
        2
    } else if lower.contains("/worksheets/") || lower.contains("/slides/") {
        3
    } else {
        4
    }
}

/// Sorts `slide10` behind `slide9`.
fn natural(name: &str) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for character in name.chars().chain([' ']) {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        if !digits.is_empty() {
            key.push_str(&format!("{digits:0>8}"));
            digits.clear();
        }
        key.push(character);
    }
    key
}

/// A document being read, part by part.
pub(super) struct Reading<'p> {
    path: &'p str,
    workbook: Workbook,
    /// Targets of relationships from the workbook, by identifier.
    sheet_targets: HashMap<String, String>,
    strings: SharedStrings,
    styles: Styles,
    encrypted: bool,
}

impl<'p> Reading<'p> {
    pub(super) fn new(path: &'p str) -> Reading<'p> {
        Reading {
            path,
            workbook: Workbook::default(),
            sheet_targets: HashMap::new(),
            strings: SharedStrings::default(),
            styles: Styles::default(),
            encrypted: false,
        }
    }

    /// Reads one XML part; false when its root element is not one that is read here.
    pub(super) fn part(&mut self, walk: &mut Walk<'_>, name: &str, xml: &str) -> bool {
        use PieceKind::*;
        let Some(root) = xml::root(xml) else {
            return false;
        };
        let path = self.path;
        match root.as_str() {
            "document" if xml.contains("urn:oasis:names:tc:opendocument") => {
                odf::read(walk, path, xml, Body);
            }
            "document" | "wordDocument" | "package" | "chartSpace" | "dataModel" | "wsDr"
            | "userShapes" | "PageContents" => runs::read(walk, path, "", Body, xml),
            "hdr" => runs::read(walk, path, "#header", HeaderOrFooter, xml),
            "ftr" => runs::read(walk, path, "#footer", HeaderOrFooter, xml),
            "sldMaster" | "sldLayout" => runs::read_master(walk, path, xml),
            "footnotes" | "endnotes" => runs::read(walk, path, "#notes", Note, xml),
            "comments" | "cmLst" | "ThreadedComments" => {
                runs::read(walk, path, "#comments", Comment, xml);
            }
            "sld" => runs::read(walk, path, "", Body, xml),
            "notes" => runs::read(walk, path, "#notes", Comment, xml),
            "workbook" => self.workbook = Workbook::of(xml),
            "sst" => {
                let strings = SharedStrings::of(xml, walk.text_room());
                if self.workbook.sheets_read {
                    // No sheet could use them where they stand: their words count even so.
                    walk.piece(path, Body, strings.all());
                }
                self.strings = strings;
            }
            "styleSheet" => self.styles = Styles::of(xml),
            "worksheet" | "dialogsheet" => self.sheet(walk, name, xml),
            "pivotCacheDefinition" | "pivotCacheRecords" | "externalLink" => {
                let text = sheet::cached_values(xml, walk.text_room());
                walk.piece(&format!("{path}#cache"), HiddenSheet, text);
            }
            "coreProperties" | "Properties" | "document-meta" => {
                let text = properties::read(xml, walk.text_room());
                walk.piece(&format!("{path}#properties"), Properties, text);
            }
            "Relationships" => self.relationships(walk, name, xml),
            "document-content" => odf::read(walk, path, xml, Body),
            "document-styles" => odf::read(walk, path, xml, HeaderOrFooter),
            "manifest" if xml.contains("encryption-data") => {
                self.encrypted = true;
                walk.opaque(path, Opaque::Encrypted);
            }
            "html" => {
                let text = html::to_text(xml, walk.text_room());
                walk.piece(path, Body, text);
            }
            // A part of a document, with nothing in it to read.
            _ => return !name.is_empty() && !name.starts_with("customXml"),
        }
        true
    }

    fn sheet(&mut self, walk: &mut Walk<'_>, name: &str, xml: &str) {
        self.workbook.sheets_read = true;
        let base = name.rsplit('/').next().unwrap_or(name);
        let identifier = self
            .sheet_targets
            .iter()
            .find(|(_, target)| target.rsplit('/').next().unwrap_or(target) == base);
        let listed = identifier.and_then(|(identifier, _)| self.workbook.sheet(identifier));
        let (title, hidden) = listed.map_or(("", false), |sheet| (&sheet.name, sheet.hidden));
        let shared = Shared {
            strings: &self.strings,
            styles: &self.styles,
            workbook: &self.workbook,
        };
        let text = sheet::cells(xml, title, &shared, walk.text_room());
        if hidden {
            walk.piece(
                &format!("{}#{title}", self.path),
                PieceKind::HiddenSheet,
                text,
            );
        } else {
            walk.piece(self.path, PieceKind::Body, text);
        }
    }

    fn relationships(&mut self, walk: &mut Walk<'_>, name: &str, xml: &str) {
        let mut links = String::new();
        let room = walk.text_room();
        let of_workbook = name.to_ascii_lowercase().contains("workbook");
        xml::nodes(xml, |node| {
            if let xml::Node::Start(tag) = node
                && tag.name() == "Relationship"
                && let Some(target) = tag.attribute("Target")
            {
                if tag.attribute("TargetMode").as_deref() == Some("External") {
                    links.push_str(&target);
                    links.push('\n');
                } else if of_workbook && let Some(identifier) = tag.attribute("Id") {
                    self.sheet_targets.insert(identifier, target);
                }
            }
            links.len() < room
        });
        walk.piece(&format!("{}#links", self.path), PieceKind::Links, links);
    }
}
