//! What a browser sends: the fields of a form, the files in it, or a body of its own.

use super::gather::{Gather, Place};
use super::{Contents, Known};
use crate::document;
use crate::finding::{Confidence, Evidence, Hit, Label};
use crate::known_files::Extent;
use crate::mail::{Declared, Fields};
use crate::passages::Role;
use crate::purpose;

/// Fields looked at; a page that sends more is no form a person filled in.
const MOST_FIELDS: usize = 1_000;

/// Header fields of one part that are read; browsers send two or three.
const MOST_HEAD_FIELDS: usize = 20;

/// A field as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    name: String,
    value: String,
}

/// A body on its way, as far as it is here.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// As the head declares it, with its parameters.
    pub content_type: Option<&'a str>,
    /// What a file would be saved as.
    pub name: Option<&'a str>,
    /// These bytes are all there is; otherwise an upload is unscannable beyond them.
    pub whole: bool,
    /// How long it is as a whole, as the head says.
    pub length: Option<u64>,
    /// It goes to a site rather than comes from one.
    pub is_upload: bool,
}

/// Looks through a body.
pub fn of_body(body: &Body<'_>, known: &Known<'_>, limits: &document::Limits) -> Contents {
    let Body {
        bytes,
        content_type,
        name,
        whole,
        length,
        is_upload,
    } = *body;
    let extent = match whole {
        true => Extent::Whole,
        false => Extent::Beginning { of: length },
    };
    let mut gather = Gather::new(*known, limits);
    let declared = declared(content_type.unwrap_or_default());
    let mut fields = Vec::new();
    match declared.stated.then(|| declared.media_type()).as_deref() {
        Some("application/x-www-form-urlencoded") if is_upload => fields = urlencoded(bytes),
        Some("multipart/form-data") if is_upload => {
            let boundary = declared.parameter("boundary");
            for part in boundary.iter().flat_map(|boundary| parts(bytes, boundary)) {
                let file_names = &part.declared.file_names;
                if file_names.is_empty() {
                    fields.push(Field {
                        name: part.name().to_owned(),
                        value: crate::charset::decode(part.declared.charset(), part.body),
                    });
                }
                // Of two names the site may take either.
                for file_name in file_names.iter().take(2) {
                    let (field, stated) = (part.name(), part.media_type());
                    if !whole && part.is_last {
                        gather.extent = Extent::Beginning { of: None };
                    }
                    gather.upload(field, part.body, stated.as_deref(), Some(file_name));
                }
            }
        }
        Some("application/json") if is_upload => fields = json(bytes),
        stated => {
            gather.extent = extent;
            match is_upload {
                true => gather.upload("", bytes, stated, name),
                false => gather.file("", bytes, stated, name),
            }
        }
    }
    let shown: Vec<(&str, &str)> = fields
        .iter()
        .map(|field| (field.name.as_str(), field.value.as_str()))
        .collect();
    for (name, value) in &shown {
        gather.field(name, value);
        if let Some(span) = council_address(value, known.is_council_domain) {
            let terms = vec!["@".to_owned()];
            let hit = Hit {
                label: Label::CouncilAddress,
                confidence: Confidence::High,
                span,
                evidence: Evidence::Terms {
                    rule: "address of the council",
                    terms,
                },
            };
            gather.add(Place::of(name, Role::Field), value, hit);
        }
    }
    for hit in purpose::of_form(&shown) {
        gather.add(Place::of("", Role::Field), "", hit);
    }
    // A download is judged by its beginning: refusing whatever is longer would refuse the web.
    if !whole && is_upload {
        gather.unscannable(document::Unscannable::TooLarge);
    }
    gather.finish()
}

/// A Content-Type, as a head of its own.
fn declared(content_type: &str) -> Declared {
    let head = format!("Content-Type: {content_type}\r\n");
    of_head(head.as_bytes())
}

/// What a head says; it is read as a part of a message is.
fn of_head(head: &[u8]) -> Declared {
    let fields = Fields::of(head, MOST_HEAD_FIELDS);
    Declared::of(&fields, ("text", "plain"), |_| ()).0
}

fn urlencoded(bytes: &[u8]) -> Vec<Field> {
    form_urlencoded::parse(bytes)
        .take(MOST_FIELDS)
        .map(|(name, value)| Field {
            name: name.into_owned(),
            value: value.into_owned(),
        })
        .collect()
}

/// Every string in a JSON text, named by the key before it. A reader of one pass without a tree: it
/// has no depth to run out of, and takes broken JSON as far as it goes.
fn json(bytes: &[u8]) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let mut key = String::new();
    let mut at = 0;
    while let Some(quote) = bytes.get(at..).and_then(|rest| memchr::memchr(b'"', rest)) {
        let start = at + quote + 1;
        let end = end_of_string(bytes, start);
        let text = &bytes[start..end];
        let text = unescaped(text);
        at = (end + 1).min(bytes.len());
        let next = bytes[at..].iter().find(|byte| !byte.is_ascii_whitespace());
        if next == Some(&b':') {
            key = text;
        } else if fields.len() < MOST_FIELDS {
            fields.push(Field {
                name: key.clone(),
                value: text,
            });
        }
    }
    fields
}

/// Where the string that starts here ends: its quotation mark, or the end of the text.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn unescaped(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let unit = match character {
            '\\' => match rest.next() {
                Some('u') => {
                    let digits: String = rest.by_ref().take(4).collect();
                    u16::from_str_radix(&digits, 16).ok()
                }
                Some('n') => Some(u16::from(b'\n')),
                Some('t') => Some(u16::from(b'\t')),
                Some('r' | 'b' | 'f') => Some(u16::from(b' ')),
                Some(other) => u16::try_from(u32::from(other)).ok(),
                None => None,
            },
            other => {
                out.push_str(&String::from_utf16_lossy(&units));
                units.clear();
                out.push(other);
                continue;
            }
        };
        // Halves of a character beyond the first plane come one after the other.
        units.extend(unit);
    }
    out.push_str(&String::from_utf16_lossy(&units));
    out
}

/// One part of a multipart form.
struct FormPart<'a> {
    declared: Declared,
    body: &'a [u8],
    is_last: bool,
}

impl FormPart<'_> {
    fn name(&self) -> &str {
        self.declared.field_name.as_deref().unwrap_or_default()
    }

    fn media_type(&self) -> Option<String> {
        self.declared.stated.then(|| self.declared.media_type())
    }
}

/// The parts of a multipart form (RFC 7578); the last may be cut off.
fn parts<'a>(bytes: &'a [u8], boundary: &str) -> Vec<FormPart<'a>> {
    let delimiter = [b"--", boundary.as_bytes()].concat();
    let starts: Vec<usize> = memchr::memmem::find_iter(bytes, &delimiter)
        .filter(|&at| at == 0 || bytes[at - 1] == b'\n')
        .take(MOST_FIELDS)
        .collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| {
            let part = bytes.get(start + delimiter.len()..end)?;
            form_part(part, end == bytes.len())
        })
        .collect()
}

fn form_part(part: &[u8], is_last: bool) -> Option<FormPart<'_>> {
    // The line end of the boundary is not the head's.
    let part = part.strip_prefix(b"\r\n")?;
    let head_end = memchr::memmem::find(part, b"\r\n\r\n")?;
    let (head, body) = (part.get(..head_end + 2)?, part.get(head_end + 4..)?);
    let declared = of_head(head);
    declared.disposition.is_some().then(|| FormPart {
        declared,
        body: body.strip_suffix(b"\r\n").unwrap_or(body),
        is_last,
    })
}

/// Where a text first holds a mail address of the council.
fn council_address(
    text: &str,
    is_council_domain: &dyn Fn(&str) -> bool,
) -> Option<std::ops::Range<usize>> {
    let in_address = |c: char| c.is_ascii_alphanumeric() || "._+-'".contains(c);
    text.match_indices('@')
        .take(MOST_FIELDS)
        .find_map(|(at, _)| {
            let before = &text[..at];
            let local = before.trim_end_matches(in_address);
            let after = &text[at + 1..];
            let domain_end = after.find(|c| !in_address(c)).unwrap_or(after.len());
            let domain = after[..domain_end].trim_end_matches('.');
            let is_ours = local.len() < at && is_council_domain(&domain.to_ascii_lowercase());
            is_ours.then(|| local.len()..at + 1 + domain.len())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field(name: &str, value: &str) -> Field {
        Field {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn urlencoded_fields() {
        let check =
            |body: &str, expected: &[Field]| assert_eq!(urlencoded(body.as_bytes()), expected);
        check(
            "a=one+two&b=%C2%A35%2",
            &[field("a", "one two"), field("b", "£5%2")],
        );
        check("a", &[field("a", "")]);
    }

    #[test]
    fn strings_in_json() {
        let check = |body: &str, expected: &[Field]| assert_eq!(json(body.as_bytes()), expected);
        check(
            r#"{"to": "A \"B\"", "n": 1, "list": ["\u00a35", "\ud83d\ude00"], "cut": "off"#,
            &[
                field("to", "A \"B\""),
                field("list", "£5"),
                field("list", "😀"),
                field("cut", "off"),
            ],
        );
        check("[]", &[]);
    }

    #[test]
    fn parts_of_a_multipart_form() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--x\r\n\
                    content-disposition: form-data; name=f; filename=\"n.txt\"\r\n\
                    Content-Type: Text/Plain\r\n\r\ntwo --x three\r\n--x--\r\n";
        let found: Vec<_> = parts(body.as_bytes(), "x")
            .into_iter()
            .map(|part| {
                let (name, stated) = (part.name().to_owned(), part.media_type());
                let file_name = part.declared.file_names.first().cloned();
                (name, file_name, stated, part.body)
            })
            .collect();
        let text = |text: &str| Some(text.to_owned());
        let expected = [
            ("a".to_owned(), None, None, &b"one"[..]),
            (
                "f".to_owned(),
                text("n.txt"),
                text("text/plain"),
                &b"two --x three"[..],
            ),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn addresses_of_the_council() {
        let check = |text: &str, expected: Option<&str>| {
            let found = council_address(text, &|domain| domain == "council.example");
            assert_eq!(found.map(|span| &text[span]), expected, "{text}");
        };
        check("ann@council.example", Some("ann@council.example"));
        check("to ann@Council.Example.", Some("ann@Council.Example"));
        check(
            "x@y.example, o'b@council.example!",
            Some("o'b@council.example"),
        );
        check("@council.example", None);
        check("ann@council.example.com", None);
    }

    proptest! {
        #[test]
        fn any_body_can_be_read(body in "(?s)[-xa\"\\\\u0:{},=&%+\r\n]{0,120}") {
            let (bytes, limits) = (body.as_bytes(), document::Limits::default());
            for declared in ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"] {
                let body = Body { bytes, content_type: Some(declared), name: None, whole: true, length: None, is_upload: true };
                let _ = of_body(&body, &Known::default(), &limits);
            }
        }
    }
}
