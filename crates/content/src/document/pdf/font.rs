//! From a font's codes to characters, and how wide its glyphs are.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use super::file::File;
use super::glyphs;
use super::object::{Dictionary, Lexer, Value, utf16_be};
use crate::document::bytes::windows_1252;
use crate::document::walk::Walk;

/// One glyph of a string.
#[derive(Clone)]
pub(super) struct Glyph {
    /// Empty where the font does not say what it stands for.
    pub(super) text: String,
    /// In units of the font size.
    pub(super) width: f64,
    /// The single-byte code 32, which word spacing applies to.
    pub(super) is_space: bool,
    /// Nothing of it can be seen.
    pub(super) is_blank: bool,
}

pub(super) struct Font {
    /// What codes stand for, where the font says so itself.
    to_unicode: Option<Mapping>,
    /// For single-byte codes otherwise.
    encoding: Vec<Option<char>>,
    /// Bytes of a code: 1 or 2.
    code_bytes: usize,
    /// The codes are UTF-16 already.
    codes_are_unicode: bool,
    widths: HashMap<u32, f64>,
    default_width: f64,
    /// Of single-byte codes, each from the first time it is shown.
    known: Vec<OnceCell<Glyph>>,
}

impl Font {
    pub(super) fn of(walk: &mut Walk<'_>, file: &File<'_>, font: &Dictionary) -> Font {
        let to_unicode = match font.get("ToUnicode") {
            Some(Value::Reference(number)) => {
                file.stream(walk, *number).map(|map| Mapping::of(&map))
            }
            _ => None,
        };
        if font.is("Subtype", "Type0") {
            return Font::composite(file, font, to_unicode);
        }
        let mut widths = HashMap::new();
        let first = font.get("FirstChar").map(|first| file.resolve(first));
        let first = first.and_then(|first| first.number()).unwrap_or(0.0) as u16;
        if let Some(Value::Array(listed)) = font.get("Widths").map(|widths| file.resolve(widths)) {
            for (code, width) in (u32::from(first)..).zip(listed.iter().take(256)) {
                if let Some(width) = file.resolve(width).number() {
                    widths.insert(code, width);
                }
            }
        }
        // Widths of a Type 3 font are in a space of its own.
        let scale = match font.get("FontMatrix") {
            Some(Value::Array(matrix)) if font.is("Subtype", "Type3") => {
                matrix.first().and_then(Value::number).unwrap_or(0.001)
            }
            _ => 0.001,
        };
        widths.values_mut().for_each(|width| *width *= scale);
        Font {
            to_unicode,
            encoding: encoding(file, font),
            code_bytes: 1,
            codes_are_unicode: false,
            widths,
            // The standard fonts come without widths; half the size is about their average.
            default_width: 0.5,
            known: vec![OnceCell::new(); 256],
        }
    }

    fn composite(file: &File<'_>, font: &Dictionary, to_unicode: Option<Mapping>) -> Font {
        let named = match font.get("Encoding") {
            Some(Value::Name(name)) => name.as_str(),
            _ => "",
        };
        let descendants = font.get("DescendantFonts").map(|fonts| file.resolve(fonts));
        let descendant = match descendants {
            Some(Value::Array(fonts)) => fonts.first().map(|font| file.dictionary(font)),
            _ => None,
        };
        let descendant = descendant.unwrap_or_default();
        let default_width = descendant
            .get("DW")
            .and_then(Value::number)
            .unwrap_or(1000.0);
        let mut widths = HashMap::new();
        if let Some(Value::Array(listed)) = descendant.get("W").map(|widths| file.resolve(widths)) {
            composite_widths(file, &listed, &mut widths);
        }
        Font {
            known: Vec::new(),
            code_bytes: to_unicode.as_ref().map_or(2, Mapping::code_bytes),
            to_unicode,
            encoding: Vec::new(),
            codes_are_unicode: named.contains("UCS2") || named.contains("UTF16"),
            widths,
            default_width: default_width / 1000.0,
        }
    }

    /// Takes the next code off the front of `rest`.
    pub(super) fn next_glyph(&self, rest: &mut &[u8]) -> Option<Cow<'_, Glyph>> {
        if rest.is_empty() {
            return None;
        }
        let (code, after) = rest.split_at(self.code_bytes.min(rest.len()));
        *rest = after;
        let number = code
            .iter()
            .fold(0u32, |number, byte| number << 8 | u32::from(*byte));
        Some(match self.known.get(number as usize) {
            Some(known) => Cow::Borrowed(known.get_or_init(|| self.glyph(code, number))),
            None => Cow::Owned(self.glyph(code, number)),
        })
    }

    fn glyph(&self, code: &[u8], number: u32) -> Glyph {
        let mapped = self.to_unicode.as_ref().and_then(|map| map.text(number));
        let text = match mapped {
            Some(text) => text,
            None if self.codes_are_unicode => utf16_be(code),
            None => {
                let found = self.encoding.get(number as usize).copied().flatten();
                found.map(String::from).unwrap_or_default()
            }
        };
        Glyph {
            is_blank: text.chars().all(char::is_whitespace),
            text: glyphs::without_ligatures(text),
            width: self
                .widths
                .get(&number)
                .copied()
                .unwrap_or(self.default_width),
            is_space: self.code_bytes == 1 && number == 32,
        }
    }
}

/// `W` of a composite font: `c [w ..]` for codes from `c` on, or `first last w`.
fn composite_widths(file: &File<'_>, listed: &[Value], widths: &mut HashMap<u32, f64>) {
    let mut rest = listed;
    while let [first, second, after @ ..] = rest {
        let Some(first) = first.number() else {
            return;
        };
        match (file.resolve(second), after) {
            (Value::Array(each), _) => {
                for (code, width) in (u32::from(first as u16)..).zip(&each) {
                    widths.insert(code, width.number().unwrap_or(0.0) / 1000.0);
                }
                rest = after;
            }
            (Value::Number(last), [width, after @ ..]) => {
                let width = width.number().unwrap_or(0.0) / 1000.0;
                // Codes have two bytes.
                for code in u32::from(first as u16)..=u32::from(last as u16) {
                    widths.insert(code, width);
                }
                rest = after;
            }
            _ => return,
        }
        // As many as there can be codes: the rest repeats.
        if widths.len() >= 0x1_0000 {
            return;
        }
    }
}

/// What single-byte codes stand for.
fn encoding(file: &File<'_>, font: &Dictionary) -> Vec<Option<char>> {
    let stated = font.get("Encoding").map(|encoding| file.resolve(encoding));
    let (base, differences) = match &stated {
        Some(Value::Name(name)) => (name.as_str(), None),
        Some(Value::Dictionary(encoding)) => {
            let base = match encoding.get("BaseEncoding") {
                Some(Value::Name(name)) => name.as_str(),
                _ => "",
            };
            (
                base,
                encoding.get("Differences").map(|list| file.resolve(list)),
            )
        }
        _ => ("", None),
    };
    let mut characters: Vec<Option<char>> = (0..=255u8)
        .map(|code| match (base, code) {
            (_, ..32) => None,
            ("MacRomanEncoding", 128..) => glyphs::mac_roman(code),
            ("" | "StandardEncoding", 128..) => glyphs::standard(code).or(Some(windows_1252(code))),
            _ => Some(windows_1252(code)),
        })
        .collect();
    if let Some(Value::Array(differences)) = differences {
        let mut code = 0usize;
        for difference in &differences {
            match difference {
                Value::Number(number) => code = *number as usize,
                Value::Name(name) => {
                    if let Some(place) = characters.get_mut(code) {
                        *place = glyphs::character(name);
                    }
                    code = code.saturating_add(1);
                }
                _ => (),
            }
        }
    }
    characters
}

/// A ToUnicode map (a CMap, of which only these parts are used).
struct Mapping {
    characters: HashMap<u32, String>,
    /// First and last code, and what the first stands for; by first code.
    ranges: Vec<(u32, u32, String)>,
    code_bytes: usize,
}

impl Mapping {
    fn of(map: &[u8]) -> Mapping {
        let mut mapping = Mapping {
            characters: HashMap::new(),
            ranges: Vec::new(),
            code_bytes: 2,
        };
        let mut lexer = Lexer::new(map, 0);
        let mut operands: Vec<Value> = Vec::new();
        while let Some(token) = lexer.token() {
            let Value::Word(word) = token else {
                operands.push(token);
                continue;
            };
            match word.as_slice() {
                b"endcodespacerange" => {
                    if let Some(Value::String(code)) = operands.first() {
                        mapping.code_bytes = code.len().clamp(1, 2);
                    }
                }
                b"endbfchar" => {
                    for pair in operands.chunks_exact(2) {
                        if let [Value::String(code), Value::String(text)] = pair {
                            mapping.characters.insert(number(code), utf16_be(text));
                        }
                    }
                }
                b"endbfrange" => operands
                    .chunks_exact(3)
                    .for_each(|range| mapping.range(range)),
                _ => (),
            }
            operands.clear();
        }
        mapping.ranges.sort_by_key(|(first, _, _)| *first);
        mapping
    }

    fn range(&mut self, range: &[Value]) {
        match range {
            [
                Value::String(first),
                Value::String(last),
                Value::String(text),
            ] => {
                let text = utf16_be(text);
                self.ranges.push((number(first), number(last), text));
            }
            [Value::String(first), _, Value::Array(texts)] => {
                for (code, text) in (number(first) & 0xffff..).zip(texts) {
                    if let Value::String(text) = text {
                        self.characters.insert(code, utf16_be(text));
                    }
                }
            }
            _ => (),
        }
    }

    fn code_bytes(&self) -> usize {
        self.code_bytes
    }

    fn text(&self, code: u32) -> Option<String> {
        if let Some(text) = self.characters.get(&code) {
            return Some(text.clone());
        }
        let after = self.ranges.partition_point(|(first, _, _)| *first <= code);
        let (first, last, text) = self.ranges.get(after.checked_sub(1)?)?;
        if code > *last {
            return None;
        }
        // The last character counts up with the code.
        let mut characters: Vec<char> = text.chars().collect();
        let end = characters.last_mut()?;
        *end = char::from_u32(u32::from(*end).checked_add(code - first)?)?;
        Some(characters.into_iter().collect())
    }
}

fn number(code: &[u8]) -> u32 {
    code.iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}
