//! Outlook messages (MS-OXMSG): properties as streams, attachments and enclosed messages as
//! storages.

use std::collections::{BTreeMap, HashMap};

use super::compound::{Compound, Stream};
use super::read;
use crate::document::bytes::{guessed_text, utf16_le};
use crate::document::walk::Walk;
use crate::document::{PieceKind, plain, rtf};

const SUBJECT: &str = "0037";
const BODY: &str = "1000";
const RTF: &str = "1009";
const HTML: &str = "1013";
const DATA: &str = "3701";
const SHORT_NAME: &str = "3704";
const LONG_NAME: &str = "3707";

/// A storage's property streams by property number, with the type that ends their name.
type Properties<'c> = HashMap<&'c str, (&'c Stream, &'c str)>;

pub(super) fn open(walk: &mut Walk<'_>, path: &str, compound: &Compound<'_>) {
    let mut storages: BTreeMap<&str, Properties<'_>> = BTreeMap::new();
    for stream in &compound.streams {
        if let Some(tag) = stream.name.strip_prefix("__substg1.0_")
            && let (Some(number), Some(kind)) = (tag.get(..4), tag.get(4..))
        {
            let storage = storages.entry(&stream.storage).or_default();
            storage.entry(number).or_insert((stream, kind));
        }
    }
    // Sorted by name: an enclosed message comes after what encloses it.
    for (storage, properties) in &storages {
        if walk.stopped() {
            return;
        }
        let last = storage.rsplit('/').next().unwrap_or(storage);
        let at = place(path, storage);
        if last.starts_with("__attach") {
            attachment(walk, &at, compound, properties);
        } else if last.is_empty() || last == "__substg1.0_3701000D" {
            message(walk, &at, compound, properties);
        }
    }
}

/// The path for what is in a storage: enclosed messages are numbered as their attachment is.
fn place(path: &str, storage: &str) -> String {
    let mut place = path.to_owned();
    for step in storage.split('/') {
        if step == "__substg1.0_3701000D" {
            place.push_str("/message");
        }
    }
    place
}

fn message(walk: &mut Walk<'_>, at: &str, compound: &Compound<'_>, properties: &Properties<'_>) {
    let subject = string(walk, at, compound, properties, SUBJECT);
    let subject_path = format!("{at}#subject");
    walk.piece(
        &subject_path,
        PieceKind::Subject,
        subject.unwrap_or_default(),
    );
    // The same text in up to three formats: the plainest that is there.
    let body = string(walk, at, compound, properties, BODY).unwrap_or_default();
    if !body.trim().is_empty() {
        walk.piece(at, PieceKind::Body, body);
    } else if let Some((stream, _)) = properties.get(HTML) {
        if let Some(page) = read(walk, at, compound, stream) {
            plain::open_html(walk, at, &page, None);
        }
    } else if let Some((stream, _)) = properties.get(RTF)
        && let Some(packed) = read(walk, at, compound, stream)
    {
        rtf::open_compressed(walk, at, &packed);
    }
}

fn attachment(walk: &mut Walk<'_>, at: &str, compound: &Compound<'_>, properties: &Properties<'_>) {
    // An enclosed message has its data in a storage of its own.
    let Some((stream, _)) = properties.get(DATA) else {
        return;
    };
    let name = string(walk, at, compound, properties, LONG_NAME)
        .or_else(|| string(walk, at, compound, properties, SHORT_NAME));
    let content = compound.read(stream);
    if walk.charge(content.len()) {
        walk.member(at, &name.unwrap_or_default(), &content, None);
    }
}

fn string(
    walk: &mut Walk<'_>,
    at: &str,
    compound: &Compound<'_>,
    properties: &Properties<'_>,
    number: &str,
) -> Option<String> {
    let (stream, kind) = properties.get(number)?;
    let content = read(walk, at, compound, stream)?;
    Some(match *kind {
        "001F" => utf16_le(&content),
        _ => guessed_text(&content),
    })
}
