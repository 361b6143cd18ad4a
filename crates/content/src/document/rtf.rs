//! Rich Text Format 1.9: control words, groups and the text between them. One pass, no recursion.

mod compressed;
mod destination;

use super::bytes::windows_1252_text;
use super::text::Text;
use super::walk::Walk;
use super::{Opaque, PieceKind};
use crate::charset;
use destination::Destination;

/// Groups inside one another whose state is kept; deeper ones share the state of the deepest.
const DEEPEST: usize = 1_000;

pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    let mut reader = Reader::new(walk.text_room());
    reader.read(bytes);
    let Reader { texts, objects, .. } = reader;
    for (kind, text) in texts {
        let suffix = match kind {
            PieceKind::Body => "",
            PieceKind::HeaderOrFooter => "#header",
            PieceKind::Note => "#notes",
            PieceKind::Comment => "#comments",
            PieceKind::TrackedChange => "#deleted",
            PieceKind::Links => "#links",
            _ => "#properties",
        };
        walk.piece(&format!("{path}{suffix}"), kind, text.into_string());
    }
    for object in objects {
        embedded(walk, path, &object);
    }
}

/// As Outlook stores it, compressed (MS-OXRTFCP).
pub(super) fn open_compressed(walk: &mut Walk<'_>, path: &str, packed: &[u8]) {
    let room = walk.room_for(packed.len());
    match compressed::decompress(packed, room) {
        Some(bytes) if walk.charge(bytes.len()) => open(walk, path, &bytes),
        Some(_) => (),
        None => walk.opaque(path, Opaque::Damaged),
    }
}

/// Where the object's own file begins, behind the names of its program.
fn embedded(walk: &mut Walk<'_>, path: &str, object: &[u8]) {
    const MARKS: [&[u8]; 3] = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"%PDF-"];
    let found = MARKS.map(|mark| memchr::memmem::find(object, mark));
    let start = found.into_iter().flatten().min().unwrap_or(0);
    let file = object.get(start..).unwrap_or_default();
    if !file.is_empty() {
        walk.member(path, "object", file, None);
    }
}

/// What a group inherits and restores.
#[derive(Clone, Copy)]
struct State {
    destination: Destination,
    deleted: bool,
    /// Characters to pass over after each `\u`, which older readers show instead.
    fallback: usize,
}

struct Reader {
    state: State,
    outer: Vec<State>,
    /// Groups open beyond [`DEEPEST`].
    deeper: usize,
    /// Single bytes not yet decoded.
    pending: Vec<u8>,
    code_page: Option<String>,
    /// The first half of a character beyond the 16-bit ones.
    surrogate: Option<u32>,
    /// Characters still to pass over.
    passing: usize,
    /// `\*` has just been read.
    starred: bool,
    texts: Vec<(PieceKind, Text)>,
    objects: Vec<Vec<u8>>,
    nibble: Option<u8>,
}

impl Reader {
    fn new(room: usize) -> Reader {
        let kinds = [
            PieceKind::Body,
            PieceKind::HeaderOrFooter,
            PieceKind::Note,
            PieceKind::Comment,
            PieceKind::TrackedChange,
            PieceKind::Links,
            PieceKind::Properties,
        ];
        Reader {
            state: State {
                destination: Destination::Text(PieceKind::Body),
                deleted: false,
                fallback: 1,
            },
            outer: Vec::new(),
            deeper: 0,
            pending: Vec::new(),
            code_page: None,
            surrogate: None,
            passing: 0,
            starred: false,
            texts: kinds.map(|kind| (kind, Text::up_to(room))).into(),
            objects: Vec::new(),
            nibble: None,
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' => self.open_group(),
                b'}' => self.close_group(),
                b'\\' => at = self.control(bytes, at),
                b'\r' | b'\n' => (),
                // Plain runs at once.
                _ => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    let run = rest
                        .iter()
                        .take_while(|b| !matches!(b, b'{' | b'}' | b'\\' | b'\r' | b'\n'))
                        .count();
                    self.plain(bytes.get(at - 1..at + run).unwrap_or_default());
                    at += run;
                }
            }
        }
        self.flush();
    }

    fn open_group(&mut self) {
        self.flush();
        self.passing = 0;
        if self.outer.len() < DEEPEST {
            self.outer.push(self.state);
        } else {
            self.deeper += 1;
        }
    }

    fn close_group(&mut self) {
        self.flush();
        self.passing = 0;
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let ended = self.state.destination;
        if let Some(state) = self.outer.pop() {
            self.state = state;
        }
        let each_apart = ended == Destination::Text(PieceKind::Properties);
        if (each_apart || ended != self.state.destination)
            && let Some(text) = self.text_of(ended)
        {
            text.line();
        }
    }

    /// Reads the control behind a backslash and gives where it ends.
    fn control(&mut self, bytes: &[u8], at: usize) -> usize {
        let Some(&first) = bytes.get(at) else {
            return at;
        };
        if !first.is_ascii_alphabetic() {
            return self.symbol(first, bytes, at + 1);
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let letters = rest
            .iter()
            .take(32)
            .take_while(|b| b.is_ascii_alphabetic())
            .count();
        let word = std::str::from_utf8(rest.get(..letters).unwrap_or_default()).unwrap_or_default();
        let mut end = letters;
        let negative = rest.get(end) == Some(&b'-');
        end += usize::from(negative);
        let mut number: Option<i64> = None;
        while let Some(digit) = rest.get(end).filter(|b| b.is_ascii_digit()) {
            let digit = i64::from(digit - b'0');
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
            end += 1;
        }
        let number = number.map(|number| if negative { -number } else { number });
        end += usize::from(rest.get(end) == Some(&b' '));
        let skipped = self.word(word, number);
        at + end + skipped
    }

    fn symbol(&mut self, symbol: u8, bytes: &[u8], at: usize) -> usize {
        match symbol {
            b'\'' => {
                let digits = bytes.get(at..at + 2).unwrap_or_default();
                let value = std::str::from_utf8(digits)
                    .ok()
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok());
                if let Some(value) = value {
                    self.plain(&[value]);
                }
                return at + digits.len();
            }
            b'*' => self.starred = true,
            b'~' => self.character(' '),
            b'_' => self.character('-'),
            b'{' | b'}' | b'\\' => self.plain(&[symbol]),
            b'\r' | b'\n' => self.character('\n'),
            _ => (),
        }
        at
    }

    /// Follows one control word; gives the bytes of binary data behind it.
    fn word(&mut self, word: &str, number: Option<i64>) -> usize {
        let starred = std::mem::take(&mut self.starred);
        match word {
            "par" | "line" | "sect" | "page" | "row" | "nestrow" => self.character('\n'),
            "tab" | "cell" | "nestcell" => self.character('\t'),
            "emdash" => self.character('—'),
            "endash" => self.character('–'),
            "bullet" => self.character('•'),
            "lquote" => self.character('‘'),
            "rquote" => self.character('’'),
            "ldblquote" => self.character('“'),
            "rdblquote" => self.character('”'),
            "u" => self.unicode(number.unwrap_or_default()),
            "uc" => {
                let fallback = number.unwrap_or(1).clamp(0, 100);
                self.state.fallback = usize::try_from(fallback).unwrap_or(1);
            }
            "bin" => return usize::try_from(number.unwrap_or_default()).unwrap_or(0),
            "ansicpg" => self.code_page = number.map(|number| format!("windows-{number}")),
            "mac" => self.code_page = Some("macintosh".to_owned()),
            "deleted" => {
                self.flush();
                self.state.deleted = number != Some(0);
            }
            "plain" => {
                self.flush();
                self.state.deleted = false;
            }
            _ => match destination::named(word, starred) {
                Some(destination) => self.turn_to(destination),
                // Of a program newer than this reader, and marked as safe to pass over.
                None if starred => self.turn_to(Destination::Nothing),
                None => (),
            },
        }
        0
    }

    fn turn_to(&mut self, destination: Destination) {
        self.flush();
        // What is inside something not shown is not shown either.
        if self.state.destination == Destination::Nothing {
            return;
        }
        self.state.destination = destination;
        if destination == Destination::Object {
            self.objects.push(Vec::new());
            self.nibble = None;
        }
    }

    fn plain(&mut self, bytes: &[u8]) {
        let passed = self.passing.min(bytes.len());
        self.passing -= passed;
        let bytes = bytes.get(passed..).unwrap_or_default();
        match self.state.destination {
            Destination::Nothing => (),
            Destination::Object => bytes.iter().for_each(|digit| self.hexadecimal(*digit)),
            Destination::Text(_) => self.pending.extend_from_slice(bytes),
        }
    }

    fn hexadecimal(&mut self, digit: u8) {
        let Some(value) = char::from(digit).to_digit(16) else {
            return;
        };
        let value = value as u8;
        match self.nibble.take() {
            None => self.nibble = Some(value),
            Some(high) => {
                if let Some(object) = self.objects.last_mut() {
                    object.push(high << 4 | value);
                }
            }
        }
    }

    fn unicode(&mut self, number: i64) {
        self.passing = 0;
        let unit = u32::try_from(number.rem_euclid(0x10000)).unwrap_or_default();
        let character = match (self.surrogate.take(), unit) {
            (_, 0xd800..=0xdbff) => {
                self.surrogate = Some(unit);
                None
            }
            (Some(high), 0xdc00..=0xdfff) => {
                char::from_u32(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00))
            }
            _ => char::from_u32(unit),
        };
        if let Some(character) = character {
            self.character(character);
        }
        self.passing = self.state.fallback;
    }

    fn character(&mut self, character: char) {
        self.flush();
        if let Some(text) = self.text_of(self.state.destination) {
            text.push(character);
        }
    }

    /// Decodes the single bytes read so far.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let words = match self.code_page.as_deref() {
            None | Some("windows-1252") => windows_1252_text(&bytes),
            Some(_) if bytes.is_ascii() => String::from_utf8_lossy(&bytes).into_owned(),
            Some(page) => charset::decode(Some(page), &bytes),
        };
        if let Some(text) = self.text_of(self.state.destination) {
            text.push_str(&words);
        }
    }

    fn text_of(&mut self, destination: Destination) -> Option<&mut Text> {
        let Destination::Text(mut kind) = destination else {
            return None;
        };
        if self.state.deleted && kind == PieceKind::Body {
            kind = PieceKind::TrackedChange;
        }
        let mut texts = self.texts.iter_mut();
        let found = texts.find(|(of, _)| *of == kind);
        found.map(|(_, text)| text)
    }
}
