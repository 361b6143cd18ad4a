#![allow(clippy::unwrap_used, clippy::panic)]

mod archives;
mod hostile;
mod office;
mod ole;
mod pdf;
mod plain;
mod rtf;

use std::io::Write;

use super::{Limits, Opaque, Opened, PieceKind, open};

/// Opens a file called `name` and compares its texts, as `path: text`, with what is expected.
fn check(name: &str, bytes: &[u8], expected: &[(&str, PieceKind, &str)]) -> Opened {
    let opened = open(bytes, None, Some(name), &Limits::default());
    let found: Vec<_> = opened
        .pieces
        .iter()
        .map(|piece| (piece.path.as_str(), piece.kind, piece.text.trim()))
        .collect();
    assert_eq!(found, expected, "{name}");
    opened
}

/// Why files could not be read, as `path` and reason.
fn opaque(opened: &Opened) -> Vec<(&str, Opaque)> {
    let opaque = opened.opaque.iter();
    opaque.map(|(path, why)| (path.as_str(), *why)).collect()
}

fn paths(opened: &Opened) -> Vec<&str> {
    opened
        .members
        .iter()
        .map(|member| member.path.as_str())
        .collect()
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// One entry of a test archive.
struct ZipEntry<'a> {
    name: &'a str,
    packed: Vec<u8>,
    size: usize,
    method: u16,
    flags: u16,
}

impl<'a> ZipEntry<'a> {
    fn deflated(name: &'a str, content: &[u8]) -> ZipEntry<'a> {
        ZipEntry {
            name,
            packed: deflated(content),
            size: content.len(),
            method: 8,
            flags: 0,
        }
    }

    fn stored(name: &'a str, content: &[u8]) -> ZipEntry<'a> {
        ZipEntry {
            name,
            packed: content.to_vec(),
            size: content.len(),
            method: 0,
            flags: 0,
        }
    }

    fn fixed_fields(&self) -> Vec<u8> {
        let mut fields = Vec::new();
        fields.extend(20u16.to_le_bytes());
        fields.extend(self.flags.to_le_bytes());
        fields.extend(self.method.to_le_bytes());
        fields.extend([0; 8]);
        fields.extend((self.packed.len() as u32).to_le_bytes());
        fields.extend((self.size as u32).to_le_bytes());
        fields.extend((self.name.len() as u16).to_le_bytes());
        fields.extend([0; 2]);
        fields
    }

    fn local(&self) -> Vec<u8> {
        let mut local = b"PK\x03\x04".to_vec();
        local.extend(self.fixed_fields());
        local.extend(self.name.as_bytes());
        local.extend(&self.packed);
        local
    }
}

fn zip_of(entries: &[ZipEntry<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        directory.extend(central(entry, bytes.len()));
        bytes.extend(entry.local());
    }
    end(&mut bytes, &directory, entries.len());
    bytes
}

fn central(entry: &ZipEntry<'_>, offset: usize) -> Vec<u8> {
    let mut record = b"PK\x01\x02\x14\0".to_vec();
    record.extend(entry.fixed_fields());
    record.extend([0; 10]);
    record.extend((offset as u32).to_le_bytes());
    record.extend(entry.name.as_bytes());
    record
}

fn end(bytes: &mut Vec<u8>, directory: &[u8], count: usize) {
    let at = bytes.len() as u32;
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend((count as u16).to_le_bytes());
    bytes.extend((count as u16).to_le_bytes());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(at.to_le_bytes());
    bytes.extend([0; 2]);
}

/// A ZIP of deflated texts.
fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let entries: Vec<_> = entries
        .iter()
        .map(|(name, content)| ZipEntry::deflated(name, content.as_bytes()))
        .collect();
    zip_of(&entries)
}

/// A Word document with these paragraphs.
fn docx(paragraphs: &[&str]) -> Vec<u8> {
    let paragraphs: String = paragraphs
        .iter()
        .map(|text| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"))
        .collect();
    let document = format!("<w:document xmlns:w=\"w\"><w:body>{paragraphs}</w:body></w:document>");
    zip(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", &document),
    ])
}
