//! Where a file's objects are.

mod encrypted;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;

use memchr::memmem;

use super::encryption::{Encryption, ObjectId};
use super::filters;
use super::object::{Dictionary, Lexer, Value, is_blank};
use crate::document::walk::Walk;

/// Objects of a file; a thousand pages have some tens of thousands.
const MOST_OBJECTS: usize = 500_000;

/// References to references that are followed.
const LONGEST_CHAIN: usize = 8;

/// What is asked of a trailer.
const TRAILER: &[&str] = &["Root", "Info", "Encrypt", "ID"];

/// Bytes of objects read beside four times the file: fonts and resources are read for every page.
/// Crafted references could otherwise have one object read without end.
const READING: usize = 64 << 20;

/// What decrypting a string costs beside its bytes, in bytes read: the tables of RC4 are made anew.
const DECRYPTING: usize = 64;

#[derive(Clone)]
enum Place {
    /// Offset in the file of the object itself, its generation, and its stream's data.
    Direct(usize, u16, Option<Range<usize>>),
    /// Within the object stream with this position among [`File::packed`].
    Packed(usize, usize),
}

pub(super) struct File<'a> {
    bytes: &'a [u8],
    places: BTreeMap<u32, Place>,
    /// Object streams, unpacked.
    packed: Vec<Vec<u8>>,
    trailers: Vec<Dictionary>,
    /// Bytes that may still be read as objects.
    reading_left: Cell<usize>,
    encryption: Option<Encryption>,
    /// Encrypted so that it cannot be read without a password.
    pub(super) closed: bool,
}

impl<'a> File<'a> {
    pub(super) fn of(walk: &mut Walk<'_>, bytes: &'a [u8]) -> File<'a> {
        let mut file = File {
            bytes,
            places: BTreeMap::new(),
            packed: Vec::new(),
            trailers: Vec::new(),
            reading_left: Cell::new(bytes.len().saturating_mul(4).saturating_add(READING)),
            encryption: None,
            closed: false,
        };
        let object_streams = file.scan();
        if file.is_encrypted() {
            file.encryption = file.opened_by_empty_password();
            file.closed = file.encryption.is_none();
        }
        if !file.closed {
            for number in object_streams {
                file.unpack(walk, number);
            }
        }
        file
    }

    /// Finds every `7 0 obj` and `trailer`, and gives the object streams. Of objects with the
    /// same number the last counts, as it does for readers.
    fn scan(&mut self) -> Vec<u32> {
        let mut object_streams = Vec::new();
        let mut at = 0;
        while let Some(found) = self.bytes.get(at..).and_then(next_mark) {
            let (found, is_trailer) = (at + found.0, found.1);
            if is_trailer {
                let mut lexer = Lexer::new(self.bytes, found + 7);
                if let Some(Value::Dictionary(trailer)) = lexer.value() {
                    self.trailers.push(trailer.only(TRAILER));
                }
                at = lexer.at;
                continue;
            }
            at = found + 3;
            let Some((number, generation)) = number_before(self.bytes, found) else {
                continue;
            };
            let mut lexer = Lexer::new(self.bytes, at);
            let value = lexer.value();
            let Some(Value::Dictionary(dictionary)) = &value else {
                // What is not a dictionary has no stream; a failed reading must not be repeated.
                at = lexer.at.max(at);
                self.places
                    .insert(number, Place::Direct(found + 3, generation, None));
                continue;
            };
            let data = self.data(lexer.at, dictionary);
            at = data.as_ref().map_or(lexer.at, |data| data.end).max(at);
            if data.is_some() && dictionary.is("Type", "ObjStm") {
                object_streams.push(number);
            }
            if dictionary.is("Type", "XRef") {
                self.trailers.push(dictionary.clone().only(TRAILER));
            }
            self.places
                .insert(number, Place::Direct(found + 3, generation, data));
            if self.places.len() >= MOST_OBJECTS {
                break;
            }
        }
        object_streams
    }

    /// The stream behind a dictionary that ends at `at`. Its stated length is believed where
    /// `endstream` follows it, else the next `endstream` counts.
    fn data(&self, at: usize, dictionary: &Dictionary) -> Option<Range<usize>> {
        let mut lexer = Lexer::new(self.bytes, at);
        lexer.blank();
        let rest = self.bytes.get(lexer.at..)?.strip_prefix(b"stream")?;
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        let rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        let start = self.bytes.len() - rest.len();
        if let Some(Value::Number(length)) = dictionary.get("Length") {
            let end = start.saturating_add(*length as usize);
            let behind = self.bytes.get(end..).unwrap_or_default();
            let behind = behind.get(..32).unwrap_or(behind).trim_ascii_start();
            if behind.starts_with(b"endstream") {
                return Some(start..end);
            }
        }
        let length = memmem::find(rest, b"endstream").unwrap_or(rest.len());
        Some(start..start + length)
    }

    /// Lists the objects in an object stream. Those in the file itself with the same number stay,
    /// unless the stream comes later.
    fn unpack(&mut self, walk: &mut Walk<'_>, number: u32) {
        let Some(Place::Direct(stream_at, ..)) = self.places.get(&number).cloned() else {
            return;
        };
        let dictionary = self.dictionary(&Value::Reference(number));
        let Some(content) = self.stream(walk, number) else {
            return;
        };
        let count = dictionary
            .get("N")
            .and_then(Value::number)
            .unwrap_or_default();
        let first = dictionary
            .get("First")
            .and_then(Value::number)
            .unwrap_or_default();
        let mut lexer = Lexer::new(&content, 0);
        let index = self.packed.len();
        for _ in 0..(count as usize).min(MOST_OBJECTS) {
            let (Some(Value::Number(object)), Some(Value::Number(offset))) =
                (lexer.token(), lexer.token())
            else {
                break;
            };
            let place = Place::Packed(index, (first + offset) as usize);
            let newer = match self.places.get(&(object as u32)) {
                Some(Place::Direct(at, ..)) => *at < stream_at,
                _ => true,
            };
            if newer {
                self.places.insert(object as u32, place);
            }
        }
        self.packed.push(content);
    }

    /// True when objects refer to one another so much that not all could be read.
    pub(super) fn is_exhausted(&self) -> bool {
        self.reading_left.get() == 0
    }

    fn object(&self, number: u32) -> Value {
        if self.is_exhausted() {
            return Value::Null;
        }
        let mut id = None;
        let mut lexer = match self.places.get(&number) {
            Some(Place::Direct(at, generation, _)) => {
                id = Some(ObjectId {
                    number,
                    generation: *generation,
                });
                Lexer::new(self.bytes, *at)
            }
            // An object stream is encrypted as a whole, what is in it no more.
            Some(Place::Packed(index, at)) => match self.packed.get(*index) {
                Some(content) => Lexer::new(content, *at),
                None => return Value::Null,
            },
            None => return Value::Null,
        };
        let start = lexer.at;
        let mut value = lexer.value();
        let mut decrypted = 0;
        if let (Some(id), Some(encryption), Some(value)) = (id, &self.encryption, &mut value) {
            decrypted = encryption.strings(id, value);
        }
        let cost = (lexer.at - start + 1).saturating_add(decrypted.saturating_mul(DECRYPTING));
        let left = self.reading_left.get();
        self.reading_left.set(left.saturating_sub(cost));
        value.filter(|_| left > 0).unwrap_or(Value::Null)
    }

    /// The value itself, where it is a reference to one.
    pub(super) fn resolve(&self, value: &Value) -> Value {
        let mut value = value.clone();
        for _ in 0..LONGEST_CHAIN {
            match value {
                Value::Reference(number) => value = self.object(number),
                other => return other,
            }
        }
        Value::Null
    }

    /// A dictionary; empty where the value is anything else.
    pub(super) fn dictionary(&self, value: &Value) -> Dictionary {
        match self.resolve(value) {
            Value::Dictionary(dictionary) => dictionary,
            _ => Dictionary::default(),
        }
    }

    /// The dictionary at a key; empty where there is none.
    pub(super) fn entry(&self, of: &Dictionary, key: &str) -> Dictionary {
        of.get(key)
            .map(|value| self.dictionary(value))
            .unwrap_or_default()
    }

    pub(super) fn has_stream(&self, number: u32) -> bool {
        matches!(self.places.get(&number), Some(Place::Direct(.., Some(_))))
    }

    /// A stream's content, all its filters undone; `None` where one is not known here, as for
    /// pictures, or the budget is used up.
    pub(super) fn stream(&self, walk: &mut Walk<'_>, number: u32) -> Option<Vec<u8>> {
        let Some(Place::Direct(_, generation, Some(data))) = self.places.get(&number) else {
            return None;
        };
        let raw = self.bytes.get(data.clone())?;
        let dictionary = self.dictionary(&Value::Reference(number));
        let names = match dictionary.get("Filter").map(|filter| self.resolve(filter)) {
            Some(Value::Name(name)) => vec![name],
            Some(Value::Array(filters)) => filters
                .iter()
                .filter_map(|filter| match self.resolve(filter) {
                    Value::Name(name) => Some(name),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let Some(encryption) = &self.encryption else {
            return filters::undo(walk, raw, &names);
        };
        let own = self.own_filter(&dictionary, &names);
        if !walk.charge(raw.len()) {
            return None;
        }
        let id = ObjectId {
            number,
            generation: *generation,
        };
        filters::undo(walk, &encryption.stream(id, &own, raw), &names)
    }

    /// Every object that is or has a dictionary, by number.
    pub(super) fn all(&self) -> impl Iterator<Item = (u32, Dictionary)> {
        self.places
            .keys()
            .filter_map(|number| match self.object(*number) {
                Value::Dictionary(dictionary) => Some((*number, dictionary)),
                _ => None,
            })
    }

    pub(super) fn root(&self) -> Dictionary {
        let stated = self
            .trailers
            .iter()
            .rev()
            .find_map(|trailer| trailer.get("Root"));
        let root = stated.map(|root| self.dictionary(root)).unwrap_or_default();
        if root.get("Pages").is_some() {
            return root;
        }
        let catalogue = self.all().find(|(_, object)| object.is("Type", "Catalog"));
        catalogue.map(|(_, object)| object).unwrap_or_default()
    }

    pub(super) fn information(&self) -> Dictionary {
        let stated = self
            .trailers
            .iter()
            .rev()
            .find_map(|trailer| trailer.get("Info"));
        stated.map(|info| self.dictionary(info)).unwrap_or_default()
    }
}

/// Where the next `obj` or `trailer` is, and whether it is the latter.
fn next_mark(bytes: &[u8]) -> Option<(usize, bool)> {
    let object = memmem::find(bytes, b"obj");
    let before = bytes.get(..object.unwrap_or(bytes.len()))?;
    match memmem::find(before, b"trailer") {
        Some(trailer) => Some((trailer, true)),
        None => object.map(|object| (object, false)),
    }
}

/// Number and generation in `7 0 ` before `obj` at `at`.
fn number_before(bytes: &[u8], at: usize) -> Option<(u32, u16)> {
    // Ten digits, five digits, and the blanks around them.
    let head = bytes.get(at.saturating_sub(24)..at)?;
    let behind = |last: Option<usize>| last.map_or(0, |last| last + 1);
    let trimmed = |field: &[u8]| behind(field.iter().rposition(|b| !is_blank(*b)));
    let digits = |field: &[u8]| behind(field.iter().rposition(|b| !b.is_ascii_digit()));
    let head = head.get(..trimmed(head))?;
    let generation = digits(head);
    if generation == head.len() {
        return None;
    }
    let (head, generation) = head.split_at_checked(generation)?;
    let end = trimmed(head);
    if end == head.len() {
        return None;
    }
    let head = head.get(..end)?;
    let number = head.get(digits(head)..)?;
    let number = std::str::from_utf8(number).ok()?.parse().ok()?;
    let generation = std::str::from_utf8(generation).ok()?.parse();
    Some((number, generation.unwrap_or_default()))
}
