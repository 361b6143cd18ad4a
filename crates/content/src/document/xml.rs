//! XML as a row of starts, texts and ends; and documents that are one XML file.
//!
//! Entities beyond the five predefined ones are not resolved and nothing is fetched, so there is
//! nothing to expand. Names are without their prefix: producers choose prefixes freely.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::walk::Walk;
use super::{PieceKind, office, plain};

/// A start tag.
pub(super) struct Tag<'a> {
    start: BytesStart<'a>,
}

impl Tag<'_> {
    /// Its name without prefix.
    pub(super) fn name(&self) -> &str {
        local(self.start.local_name().into_inner())
    }

    /// The value of the attribute with this name, whatever its prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.start.attributes();
        // Looking for repeated names is quadratic.
        attributes.with_checks(false);
        let found = attributes
            .flatten()
            .find(|attribute| attribute.key.local_name().into_inner() == name.as_bytes())?;
        let raw = String::from_utf8_lossy(&found.value);
        let value = quick_xml::escape::unescape(&raw).map(Cow::into_owned);
        Some(value.unwrap_or_else(|_| raw.into_owned()))
    }
}

/// What comes next in an XML text.
pub(super) enum Node<'a> {
    /// `<name ..>`, also where it is `<name/>`: an end follows.
    Start(Tag<'a>),
    End(&'a str),
    Text(Cow<'a, str>),
}

/// Shows each node in turn until `each` says false. Ends early, with false, where the XML is not
/// well-formed.
pub(super) fn nodes(xml: &str, mut each: impl FnMut(Node<'_>) -> bool) -> bool {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        let go_on = match reader.read_event() {
            Ok(Event::Start(start)) => each(Node::Start(Tag { start })),
            Ok(Event::End(end)) => each(Node::End(local(end.local_name().into_inner()))),
            Ok(Event::Text(text)) => match text.decode() {
                Ok(text) => each(Node::Text(text)),
                Err(_) => true,
            },
            Ok(Event::CData(text)) => match text.decode() {
                Ok(text) => each(Node::Text(text)),
                Err(_) => true,
            },
            Ok(Event::GeneralRef(reference)) => {
                let name = local(&reference);
                let character = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    _ => predefined(name),
                };
                match character {
                    Some(character) => each(Node::Text(character.to_string().into())),
                    None => true,
                }
            }
            Ok(Event::Eof) => return true,
            Ok(_) => true,
            Err(_) => return false,
        };
        if !go_on {
            return true;
        }
    }
}

fn local(name: &[u8]) -> &str {
    std::str::from_utf8(name).unwrap_or_default()
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// The local name of the first element.
pub(super) fn root(xml: &str) -> Option<String> {
    let mut root = None;
    nodes(xml, |node| {
        if let Node::Start(tag) = node {
            root = Some(tag.name().to_owned());
            return false;
        }
        true
    });
    root
}

/// A file that is XML: a document saved as one file, or the part of one, or any other XML, which
/// is given as it stands.
pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    let xml = plain::decode(bytes, None, bytes.len());
    if !office::Reading::new(path).part(walk, "", &xml) {
        walk.piece(path, PieceKind::Body, xml);
    }
}
