//! The way through a file and the files inside it, with one budget for all of them.

use super::deflate::{Inflated, Wrapping, inflate};
use super::format::{self, Format};
use super::{Limits, Member, Opaque, Opened, Piece, PieceKind, Unscannable};
use super::{gzip, iso, mail, ole, pdf, plain, rar, rtf, seven_zip, tar, tnef, zip};
use crate::media;

/// Bytes of one name kept in a path. 255: what file systems allow.
const LONGEST_NAME: usize = 255;

pub(super) struct Walk<'a> {
    limits: &'a Limits,
    each: &'a mut dyn FnMut(&str, &[u8]),
    opened: Opened,
    bytes_left: usize,
    text_left: usize,
    members_left: usize,
    depth: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(limits: &'a Limits, each: &'a mut dyn FnMut(&str, &[u8])) -> Walk<'a> {
        Walk {
            limits,
            each,
            opened: Opened::default(),
            bytes_left: limits.total_bytes,
            text_left: limits.text_bytes,
            members_left: limits.members,
            depth: 0,
        }
    }

    pub(super) fn start(
        mut self,
        bytes: &[u8],
        declared: Option<&str>,
        name: Option<&str>,
    ) -> Opened {
        let path = name.map_or_else(|| "file".to_owned(), plain_name);
        self.file(&path, bytes, declared, name);
        self.opened
    }

    /// A file inside the one at `path`.
    pub(super) fn member(&mut self, path: &str, name: &str, bytes: &[u8], declared: Option<&str>) {
        self.depth += 1;
        self.file(&join(path, name), bytes, declared, Some(name));
        self.depth -= 1;
    }

    fn file(&mut self, path: &str, bytes: &[u8], declared: Option<&str>, name: Option<&str>) {
        if !self.count_member() {
            return;
        }
        let name = name.map(|name| name.rsplit(['/', '\\']).next().unwrap_or(name));
        let inspection = media::inspect(bytes, declared, name);
        self.opened.members.push(Member {
            path: path.to_owned(),
            kind: inspection.kind,
            disguised: inspection.disguised,
            bytes: bytes.len() as u64,
        });
        (self.each)(path, bytes);
        let format = format::of(bytes, &inspection, declared);
        if self.depth > self.limits.depth.min(Limits::DEEPEST) {
            if format.holds_files() {
                self.unscannable(Unscannable::TooDeep);
            }
            return;
        }
        match format {
            Format::Zip => zip::open(self, path, bytes),
            Format::Ole => ole::open(self, path, bytes),
            Format::Pdf => pdf::open(self, path, bytes),
            Format::Rtf => rtf::open(self, path, bytes),
            Format::Mail => mail::open(self, path, bytes),
            Format::Html => plain::open_html(self, path, bytes, declared),
            Format::Text => plain::open(self, path, bytes, declared),
            Format::Xml => super::xml::open(self, path, bytes),
            Format::Tar => tar::open(self, path, bytes),
            Format::Gzip => gzip::open(self, path, bytes),
            Format::SevenZip => seven_zip::open(self, path, bytes),
            Format::Rar => rar::open(self, path, bytes),
            Format::Iso => iso::open(self, path, bytes),
            Format::Tnef => tnef::open(self, path, bytes),
            Format::Unread(why) => self.opaque(path, why),
            Format::WithoutText => (),
        }
    }

    /// A file inside the one at `path` that could not be unpacked; `bytes` is its stated size.
    pub(super) fn sealed(&mut self, path: &str, name: &str, bytes: u64, why: Opaque) {
        if !self.count_member() {
            return;
        }
        let path = join(path, name);
        let base = name.rsplit(['/', '\\']).next();
        self.opened.members.push(Member {
            kind: media::kind_of(&[], None, base),
            disguised: false,
            bytes,
            path: path.clone(),
        });
        self.opaque(&path, why);
    }

    /// A part of the document at `path`: shown to the caller, no file of its own.
    pub(super) fn part(&mut self, path: &str, name: &str, bytes: &[u8]) {
        (self.each)(&join(path, name), bytes);
    }

    fn count_member(&mut self) -> bool {
        if self.stopped() {
            return false;
        }
        match self.members_left.checked_sub(1) {
            Some(left) => self.members_left = left,
            None => self.unscannable(Unscannable::TooManyMembers),
        }
        !self.stopped()
    }

    /// Files that may still be met.
    pub(super) fn members_left(&self) -> usize {
        self.members_left
    }

    /// Adds a text, cut to what is left.
    pub(super) fn piece(&mut self, path: &str, kind: PieceKind, mut text: String) {
        if text.trim().is_empty() {
            return;
        }
        if text.len() > self.text_left {
            self.unscannable(Unscannable::TooMuchText);
            let mut end = self.text_left;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            if end == 0 {
                return;
            }
        }
        self.text_left -= text.len();
        self.opened.pieces.push(Piece {
            path: path.to_owned(),
            kind,
            text,
        });
    }

    /// Bytes of text to gather for [`Walk::piece`]: one character more than fits, so that a text
    /// that is too long is known to be.
    pub(super) fn text_room(&self) -> usize {
        self.text_left.saturating_add(4)
    }

    /// Notes once why the file at `path` was not read in full.
    pub(super) fn opaque(&mut self, path: &str, why: Opaque) {
        let last = self.opened.opaque.last();
        if last.is_none_or(|(at, noted)| at != path || *noted != why) {
            self.opened.opaque.push((path.to_owned(), why));
        }
    }

    pub(super) fn unscannable(&mut self, why: Unscannable) {
        self.opened.unscannable = self.opened.unscannable.max(Some(why));
    }

    /// True when nothing more is to be opened.
    pub(super) fn stopped(&self) -> bool {
        self.opened.unscannable >= Some(Unscannable::TooManyMembers)
    }

    /// Pays for bytes that were unpacked by other means than [`Walk::inflate`]; false when that
    /// is more than there may be.
    pub(super) fn charge(&mut self, bytes: usize) -> bool {
        match self.bytes_left.checked_sub(bytes) {
            Some(left) => self.bytes_left = left,
            None => self.unscannable(Unscannable::TooLarge),
        }
        !self.stopped()
    }

    /// The most bytes that `packed` bytes may become.
    pub(super) fn room_for(&self, packed: usize) -> usize {
        self.allowed(packed).min(self.bytes_left)
    }

    fn allowed(&self, packed: usize) -> usize {
        let by_ratio = packed.saturating_mul(self.limits.expansion);
        by_ratio.max(Limits::EXPANSION_FREE)
    }

    /// Inflates within the budget; `None` when it does not fit, and then reading has stopped.
    pub(super) fn inflate(&mut self, packed: &[u8], wrapping: Wrapping) -> Option<Inflated> {
        let inflated = inflate(packed, wrapping, self.room_for(packed.len()));
        self.accept(packed.len(), inflated)
    }

    /// As [`Walk::inflate`], for what another decoder gave within [`Walk::room_for`].
    pub(super) fn accept(&mut self, packed: usize, unpacked: Inflated) -> Option<Inflated> {
        if unpacked.more {
            self.unscannable(if self.allowed(packed) <= self.bytes_left {
                Unscannable::ExpandsTooMuch
            } else {
                Unscannable::TooLarge
            });
            return None;
        }
        self.charge(unpacked.bytes.len()).then_some(unpacked)
    }
}

fn join(path: &str, name: &str) -> String {
    format!("{path}/{}", plain_name(name))
}

/// A name fit for a path: no control characters, not endless.
fn plain_name(name: &str) -> String {
    let mut plain: String = name
        .chars()
        .filter(|character| !character.is_control())
        .take(LONGEST_NAME)
        .collect();
    if plain.is_empty() {
        plain.push_str("unnamed");
    }
    plain
}
