//! Excel 5 to 2003 (MS-XLS): a row of records.

mod styles;

use crate::document::bytes::{available, slice, u16_le, u32_le, utf16_le, windows_1252_text};
use crate::document::number_format::Epoch;
use crate::document::page_header;
use crate::document::text::Text;
use crate::document::walk::Walk;
use crate::document::{Opaque, PieceKind};
use styles::Styles;

const FORMULA: usize = 0x06;
const HEADER: usize = 0x14;
const FOOTER: usize = 0x15;
const DATE_1904: usize = 0x22;
const FILE_PASS: usize = 0x2f;
const CONTINUE: usize = 0x3c;
const BOUND_SHEET: usize = 0x85;
const MUL_RK: usize = 0xbd;
const XF: usize = 0xe0;
const SST: usize = 0xfc;
const LABEL_SST: usize = 0xfd;
const TEXT_OBJECT: usize = 0x1b6;
const NUMBER: usize = 0x203;
const LABEL: usize = 0x204;
const BOOLEAN_OR_ERROR: usize = 0x205;
const STRING: usize = 0x207;
const RK: usize = 0x27e;
const FORMAT: usize = 0x41e;
/// Beginning of a sheet, in all versions.
const BOF: usize = 0x809;

struct Record<'a> {
    at: usize,
    kind: usize,
    data: &'a [u8],
}

struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let at = self.at;
        let kind = u16_le(self.bytes, at)?;
        let length = u16_le(self.bytes, at + 2)?;
        self.at = at + 4 + length;
        Some(Record {
            at,
            kind,
            data: available(self.bytes, at + 4, length),
        })
    }
}

struct Sheet {
    name: String,
    hidden: bool,
    /// Where its first record stands.
    at: usize,
}

pub(super) fn open(walk: &mut Walk<'_>, path: &str, content: &[u8]) {
    let mut records = Records {
        bytes: content,
        at: 0,
    }
    .peekable();
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut strings: Vec<String> = Vec::new();
    let mut styles = Styles::default();
    let mut wide = true;
    let mut out = Text::up_to(walk.text_room());
    let mut comments = Text::up_to(walk.text_room());
    let mut hidden: Option<String> = None;
    let mut row = usize::MAX;
    while let Some(record) = records.next() {
        let data = record.data;
        match record.kind {
            BOF => {
                wide = u16_le(data, 0) == Some(0x600);
                if let Some(sheet) = sheets.iter().find(|sheet| sheet.at == record.at) {
                    finish(walk, path, &mut out, &hidden);
                    hidden = sheet.hidden.then(|| sheet.name.clone());
                    out.push_str(&sheet.name);
                    row = usize::MAX;
                }
            }
            FILE_PASS => {
                walk.opaque(path, Opaque::Encrypted);
                return;
            }
            BOUND_SHEET => sheets.extend(sheet(data, wide)),
            SST => {
                let mut segments = vec![data];
                while let Some(next) = records.next_if(|next| next.kind == CONTINUE) {
                    segments.push(next.data);
                }
                strings = shared_strings(&segments, walk.text_room());
            }
            TEXT_OBJECT => {
                if let Some(next) = records.next_if(|next| next.kind == CONTINUE)
                    && let Some((flags, characters)) = next.data.split_first()
                {
                    comments.push_str(&decoded(characters, flags & 1 != 0));
                    comments.line();
                }
            }
            HEADER | FOOTER => {
                out.line();
                let coded = string(data, wide).unwrap_or_default();
                out.push_str(&page_header::words(&coded));
                out.line();
            }
            DATE_1904 if u16_le(data, 0) == Some(1) => styles.epoch = Epoch::Of1904,
            FORMAT => styles.coded(data, wide),
            XF => styles.style(data),
            STRING => {
                out.gap('\t');
                out.push_str(&string(data, wide).unwrap_or_default());
            }
            LABEL_SST | LABEL | NUMBER | RK | MUL_RK | FORMULA | BOOLEAN_OR_ERROR => {
                if let Some(number) = u16_le(data, 0)
                    && number != row
                {
                    row = number;
                    out.line();
                }
                cell(&record, wide, &strings, &styles, &mut out);
            }
            _ => (),
        }
        if out.is_cut() {
            break;
        }
    }
    finish(walk, path, &mut out, &hidden);
    let comments = comments.into_string();
    walk.piece(&format!("{path}#comments"), PieceKind::Comment, comments);
}

fn finish(walk: &mut Walk<'_>, path: &str, out: &mut Text, hidden: &Option<String>) {
    let room = walk.text_room();
    let text = std::mem::replace(out, Text::up_to(room)).into_string();
    match hidden {
        Some(name) => walk.piece(&format!("{path}#{name}"), PieceKind::HiddenSheet, text),
        None => walk.piece(path, PieceKind::Body, text),
    }
    *out = Text::up_to(walk.text_room());
}

fn cell(record: &Record<'_>, wide: bool, strings: &[String], styles: &Styles, out: &mut Text) {
    let data = record.data;
    let style = u16_le(data, 4);
    let shown = |style, number: Option<f64>| {
        let shown = number.map(|number| styles.shown(style, number));
        shown.unwrap_or_default()
    };
    let mut push = |value: &str| {
        if !value.is_empty() {
            out.gap('\t');
            out.push_str(value);
        }
    };
    match record.kind {
        LABEL_SST => {
            let shared = u32_le(data, 6).and_then(|number| strings.get(number));
            push(shared.map_or("", String::as_str));
        }
        LABEL => {
            let label = data.get(6..).and_then(|data| string(data, wide));
            push(&label.unwrap_or_default());
        }
        NUMBER => push(&shown(style, double(data, 6))),
        RK => push(&shown(style, u32_le(data, 6).map(rk))),
        BOOLEAN_OR_ERROR => match data.get(6..8) {
            Some([0, 0]) => push("FALSE"),
            Some([_, 0]) => push("TRUE"),
            _ => (),
        },
        MUL_RK => {
            let cells = data
                .get(4..data.len().saturating_sub(2))
                .unwrap_or_default();
            for cell in cells.chunks_exact(6) {
                push(&shown(u16_le(cell, 0), u32_le(cell, 2).map(rk)));
            }
        }
        // A text result follows in a record of its own, and is marked so.
        FORMULA if slice(data, 12, 2) != Some(&[0xff, 0xff]) => {
            push(&shown(style, double(data, 6)));
        }
        _ => (),
    }
}

fn double(data: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(slice(data, at, 8)?.try_into().ok()?))
}

/// A number in 30 bits: an integer or the upper part of a double, perhaps in hundredths.
fn rk(packed: usize) -> f64 {
    let packed = packed as u32;
    let number = if packed & 2 != 0 {
        f64::from(packed as i32 >> 2)
    } else {
        f64::from_bits(u64::from(packed & !3) << 32)
    };
    if packed & 1 != 0 {
        number / 100.0
    } else {
        number
    }
}

fn sheet(data: &[u8], wide: bool) -> Option<Sheet> {
    let length = usize::from(*data.get(6)?);
    let name = if wide {
        let two_bytes = data.get(7)? & 1 != 0;
        decoded(
            available(data, 8, length << u32::from(two_bytes)),
            two_bytes,
        )
    } else {
        windows_1252_text(available(data, 7, length))
    };
    Some(Sheet {
        name,
        hidden: data.get(4)? & 3 != 0,
        at: u32_le(data, 0)?,
    })
}

/// A string with its length in front.
fn string(data: &[u8], wide: bool) -> Option<String> {
    let length = u16_le(data, 0)?;
    if !wide {
        return Some(windows_1252_text(available(data, 2, length)));
    }
    let two_bytes = data.get(2)? & 1 != 0;
    let characters = available(data, 3, length << u32::from(two_bytes));
    Some(decoded(characters, two_bytes))
}

/// Characters of two bytes, or of the one byte that is not zero.
fn decoded(characters: &[u8], two_bytes: bool) -> String {
    if two_bytes {
        utf16_le(characters)
    } else {
        characters.iter().copied().map(char::from).collect()
    }
}

/// Bytes that go over several records. Where characters are cut, the next record starts with
/// a byte that says anew how wide they are.
struct Segments<'a> {
    segments: &'a [&'a [u8]],
    rest: &'a [u8],
}

impl<'a> Segments<'a> {
    fn take(&mut self, most: usize) -> Option<&'a [u8]> {
        while self.rest.is_empty() {
            let (next, later) = self.segments.split_first()?;
            self.rest = next;
            self.segments = later;
        }
        let (taken, rest) = self.rest.split_at(most.min(self.rest.len()));
        self.rest = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn number(&mut self, bytes: usize) -> Option<usize> {
        (0..bytes).try_fold(0, |number, index| {
            Some(number | usize::from(self.byte()?) << (8 * index))
        })
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            bytes -= self.take(bytes)?.len();
        }
        Some(())
    }

    fn characters(&mut self, mut count: usize, mut two_bytes: bool) -> Option<String> {
        let mut out = String::new();
        while count > 0 {
            if self.rest.is_empty() {
                two_bytes = self.byte()? & 1 != 0;
            }
            let width = usize::from(two_bytes) + 1;
            let taken = self.take(count * width)?;
            out.push_str(&decoded(taken, two_bytes));
            count = count.saturating_sub(taken.len().div_ceil(width));
        }
        Some(out)
    }
}

fn shared_strings(segments: &[&[u8]], room: usize) -> Vec<String> {
    let mut segments = Segments {
        segments,
        rest: &[],
    };
    let mut strings = Vec::new();
    let mut kept = 0;
    // The two counts in front are not believed; the strings end where the records do.
    let _ = segments.skip(8);
    let mut next = || {
        let count = segments.number(2)?;
        let flags = segments.byte()?;
        let runs = if flags & 8 != 0 {
            segments.number(2)?
        } else {
            0
        };
        let extra = if flags & 4 != 0 {
            segments.number(4)?
        } else {
            0
        };
        let string = if count == 0 {
            String::new()
        } else {
            segments.characters(count, flags & 1 != 0)?
        };
        segments.skip(runs * 4 + extra)?;
        Some(string)
    };
    while kept <= room
        && let Some(string) = next()
    {
        kept += string.len() + 1;
        strings.push(string);
    }
    strings
}
