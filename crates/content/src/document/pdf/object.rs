//! Objects: numbers, names, strings, arrays, dictionaries and references.

use crate::document::bytes::{utf16_le, windows_1252};

/// Arrays and dictionaries inside one another that are read; real files stay below ten.
const DEEPEST: usize = 32;

/// Values read in one object. 200,000: the longest arrays list pages or widths.
const MOST_VALUES: usize = 200_000;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Number(f64),
    Name(String),
    String(Vec<u8>),
    Array(Vec<Value>),
    Dictionary(Dictionary),
    Reference(u32),
    /// Anything else that is spelled in letters: operators, `true`, `stream`.
    Word(Vec<u8>),
}

impl Value {
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Shows every string in a value, to be changed.
    pub(super) fn each_string(&mut self, change: &mut dyn FnMut(&mut Vec<u8>)) {
        match self {
            Value::String(string) => change(string),
            Value::Array(values) => values.iter_mut().for_each(|v| v.each_string(change)),
            Value::Dictionary(dictionary) => {
                let entries = dictionary.entries.iter_mut();
                entries.for_each(|(_, value)| value.each_string(change));
            }
            _ => (),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Dictionary {
    entries: Vec<(String, Value)>,
}

impl Dictionary {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        let mut entries = self.entries.iter();
        entries
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// Whether an entry is this name.
    pub(super) fn is(&self, key: &str, name: &str) -> bool {
        matches!(self.get(key), Some(Value::Name(value)) if value == name)
    }

    /// The same with every value changed.
    pub(super) fn map(self, change: impl Fn(Value) -> Value) -> Dictionary {
        let entries = self.entries.into_iter();
        Dictionary {
            entries: entries.map(|(key, value)| (key, change(value))).collect(),
        }
    }

    /// Only the entries with these keys.
    pub(super) fn only(mut self, keys: &[&str]) -> Dictionary {
        self.entries.retain(|(key, _)| keys.contains(&key.as_str()));
        self
    }
}

/// Reads objects one after another.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    values: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Lexer<'a> {
        Lexer {
            bytes,
            at,
            values: 0,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes over white space and comments.
    pub(super) fn blank(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    let end = memchr::memchr2(b'\n', b'\r', rest);
                    self.at += end.unwrap_or(rest.len());
                }
                _ if is_blank(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    /// The next object of a file; `None` at the end or where it makes no sense.
    pub(super) fn value(&mut self) -> Option<Value> {
        self.values = 0;
        self.nested(0)
    }

    /// The next operand or operator of a content stream; there are no references in them.
    pub(super) fn token(&mut self) -> Option<Value> {
        self.values = 0;
        self.blank();
        match self.peek()? {
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.plain_number(),
            _ => self.nested(0),
        }
    }

    fn nested(&mut self, depth: usize) -> Option<Value> {
        self.blank();
        self.values += 1;
        if depth > DEEPEST || self.values > MOST_VALUES {
            return None;
        }
        match self.peek()? {
            b'/' => {
                self.at += 1;
                Some(Value::Name(self.name()))
            }
            b'(' => Some(Value::String(self.literal())),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                self.dictionary(depth).map(Value::Dictionary)
            }
            b'<' => Some(Value::String(self.hexadecimal())),
            b'[' => {
                self.at += 1;
                self.array(depth).map(Value::Array)
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number_or_reference(),
            b')' | b'>' | b']' | b'{' | b'}' => {
                let byte = self.peek()?;
                self.at += 1;
                Some(Value::Word(vec![byte]))
            }
            _ => {
                let word = self.regular();
                Some(match word {
                    b"null" => Value::Null,
                    _ => Value::Word(word.to_vec()),
                })
            }
        }
    }

    fn regular(&mut self) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|b| is_blank(*b) || is_delimiter(*b));
        let word = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        self.at += word.len();
        word
    }

    fn name(&mut self) -> String {
        let raw = self.regular();
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            let escaped = match (byte, after) {
                (b'#', [high, low, ..]) => hex(*high).zip(hex(*low)),
                _ => None,
            };
            match escaped {
                Some((high, low)) => {
                    name.push(high << 4 | low);
                    rest = after.get(2..).unwrap_or_default();
                }
                None => name.push(*byte),
            }
        }
        String::from_utf8_lossy(&name).into_owned()
    }

    fn plain_number(&mut self) -> Option<Value> {
        let start = self.at;
        let word = self.regular();
        if word.is_empty() {
            self.at = start + 1;
        }
        let number = std::str::from_utf8(word)
            .ok()
            .and_then(|word| word.parse::<f64>().ok());
        // Some producers write `--5` or `1.2.3`, which viewers take for something like 0.
        Some(Value::Number(
            number.filter(|n| n.is_finite()).unwrap_or(0.0),
        ))
    }

    fn number_or_reference(&mut self) -> Option<Value> {
        let number = self.plain_number()?;
        let after = self.at;
        if let Value::Number(object) = number
            && object.fract() == 0.0
            && object >= 0.0
            && object < f64::from(u32::MAX)
        {
            self.blank();
            let generation = self.regular();
            let is_generation =
                (1..=5).contains(&generation.len()) && generation.iter().all(u8::is_ascii_digit);
            if is_generation {
                self.blank();
                if self.regular() == b"R" {
                    return Some(Value::Reference(object as u32));
                }
            }
        }
        self.at = after;
        Some(number)
    }

    fn array(&mut self, depth: usize) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        loop {
            self.blank();
            if self.peek()? == b']' {
                self.at += 1;
                return Some(values);
            }
            match self.nested(depth + 1)? {
                // Left open: what follows is not part of it.
                Value::Word(word) if word == b"endobj" || word == b"stream" => return Some(values),
                value => values.push(value),
            }
        }
    }

    fn dictionary(&mut self, depth: usize) -> Option<Dictionary> {
        let mut dictionary = Dictionary::default();
        loop {
            self.blank();
            match self.peek()? {
                b'>' => {
                    self.at += 1;
                    if self.peek() == Some(b'>') {
                        self.at += 1;
                        return Some(dictionary);
                    }
                }
                b'/' => {
                    self.at += 1;
                    let key = self.name();
                    self.blank();
                    if self.peek() == Some(b'>') {
                        continue;
                    }
                    let value = self.nested(depth + 1)?;
                    dictionary.entries.push((key, value));
                }
                _ => match self.nested(depth + 1)? {
                    Value::Word(word) if word == b"endobj" || word == b"stream" => {
                        return Some(dictionary);
                    }
                    _ => (),
                },
            }
        }
    }

    fn literal(&mut self) -> Vec<u8> {
        let mut string = Vec::new();
        let mut open = 0usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => {
                    open += 1;
                    if open > 1 {
                        string.push(byte);
                    }
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                    string.push(byte);
                }
                b'\\' => self.escape(&mut string),
                _ => string.push(byte),
            }
        }
        string
    }

    fn escape(&mut self, string: &mut Vec<u8>) {
        let Some(byte) = self.peek() else {
            return;
        };
        self.at += 1;
        match byte {
            b'n' => string.push(b'\n'),
            b'r' => string.push(b'\r'),
            b't' => string.push(b'\t'),
            b'b' | b'f' => (),
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            b'\n' => (),
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            code = code * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                string.push(code as u8);
            }
            other => string.push(other),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut string = Vec::new();
        let mut high: Option<u8> = None;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            let Some(digit) = hex(byte) else {
                continue;
            };
            match high.take() {
                None => high = Some(digit),
                Some(high) => string.push(high << 4 | digit),
            }
        }
        string.extend(high.map(|high| high << 4));
        string
    }
}

pub(super) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

/// Text outside pages: UTF-16 or UTF-8 with a mark, else much like Windows-1252.
pub(super) fn text_string(string: &[u8]) -> String {
    match string {
        [0xfe, 0xff, rest @ ..] => utf16_be(rest),
        [0xff, 0xfe, rest @ ..] => utf16_le(rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        other => other.iter().map(|byte| windows_1252(*byte)).collect(),
    }
}

pub(super) fn utf16_be(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    });
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
