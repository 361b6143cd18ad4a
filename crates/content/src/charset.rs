//! Character sets: bytes to text for judging, and text back to bytes for the disclaimer.

use mail_parser::decoders::charsets::map::charset_decoder;

/// Text of `bytes` in the named charset; unknown or missing names are read as UTF-8 with
/// replacement characters, which also covers US-ASCII.
pub(crate) fn decode(charset: Option<&str>, bytes: &[u8]) -> String {
    match charset.and_then(|name| charset_decoder(name.as_bytes())) {
        Some(decoder) => decoder(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Charsets a disclaimer can be written into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writable {
    Ascii,
    Utf8,
    Latin1,
    Windows1252,
    /// Any other charset whose lower half is US-ASCII: plain ASCII text is safe in it.
    AsciiOnly,
}

impl Writable {
    /// `None` when even ASCII text would be wrong, as in UTF-16, UTF-7 or ISO-2022-JP.
    pub(crate) fn of(charset: Option<&str>) -> Option<Writable> {
        let Some(name) = charset else {
            return Some(Writable::Ascii);
        };
        let name = name.trim().to_ascii_lowercase();
        Some(match name.as_str() {
            "" | "us-ascii" | "ascii" => Writable::Ascii,
            "utf-8" | "utf8" => Writable::Utf8,
            "iso-8859-1" | "latin1" => Writable::Latin1,
            "windows-1252" | "cp1252" => Writable::Windows1252,
            _ if name.starts_with("iso-8859-") || name.starts_with("windows-125") => {
                Writable::AsciiOnly
            }
            "koi8-r" | "koi8-u" | "gb2312" | "gbk" | "gb18030" | "euc-jp" | "euc-kr" | "big5" => {
                Writable::AsciiOnly
            }
            _ => return None,
        })
    }

    /// `text` in this charset, or `None` when a character has no place in it.
    pub(crate) fn write(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Writable::Utf8 => Some(text.as_bytes().to_vec()),
            Writable::Ascii | Writable::AsciiOnly => {
                text.is_ascii().then(|| text.as_bytes().to_vec())
            }
            Writable::Latin1 => text.chars().map(latin1).collect(),
            Writable::Windows1252 => text.chars().map(windows_1252).collect(),
        }
    }
}

fn latin1(character: char) -> Option<u8> {
    match character {
        '\u{80}'..='\u{9f}' => None,
        _ => u8::try_from(u32::from(character)).ok(),
    }
}

/// The typographic characters an English or Welsh disclaimer may hold; the rest of the 0x80 row
/// is left out, so such text goes in as a part of its own.
fn windows_1252(character: char) -> Option<u8> {
    Some(match character {
        '€' => 0x80,
        '…' => 0x85,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        '™' => 0x99,
        other => return latin1(other),
    })
}
