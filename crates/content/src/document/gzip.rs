//! GZIP (RFC 1952): one file, named by the header or after the archive.

use super::Opaque;
use super::bytes::{guessed_text, until_nul};
use super::deflate::Wrapping;
use super::walk::Walk;

const EXTRA: u8 = 4;
const NAME: u8 = 8;

pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    let Some(inflated) = walk.inflate(bytes, Wrapping::Gzip) else {
        return;
    };
    if inflated.damaged {
        walk.opaque(path, Opaque::Damaged);
    }
    let name = stated_name(bytes).unwrap_or_else(|| name_within(path));
    walk.member(path, &name, &inflated.bytes, None);
}

fn stated_name(bytes: &[u8]) -> Option<String> {
    let flags = *bytes.get(3)?;
    let mut at = 10;
    if flags & EXTRA != 0 {
        at += 2 + super::bytes::u16_le(bytes, at)?;
    }
    let name = until_nul(bytes.get(at..)?);
    (flags & NAME != 0 && !name.is_empty()).then(|| guessed_text(name))
}

/// `minutes.csv.gz` holds `minutes.csv`, `papers.tgz` holds `papers.tar`.
fn name_within(path: &str) -> String {
    let base = path.rsplit('/').next().unwrap_or(path);
    match base.rsplit_once('.') {
        Some((stem, extension)) if extension.eq_ignore_ascii_case("tgz") => format!("{stem}.tar"),
        Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
        _ => "unnamed".to_owned(),
    }
}
