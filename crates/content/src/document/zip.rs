//! ZIP (APPNOTE 6.3): every entry that any reader would show.
//!
//! The central directory says what is there. Entries outside it, which readers that go from front
//! to back show (and which is all there is of a file cut short), are found between the listed
//! ones. No honest archive uses bytes twice; one that does is a bomb.

use memchr::memmem;

use super::bytes::{guessed_text, slice, u16_le, u32_le, u64_le};
use super::deflate::Wrapping;
use super::office;
use super::walk::Walk;
use super::{Opaque, Unscannable};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";

/// One file of an archive, still packed.
pub(super) struct Entry<'a> {
    pub(super) name: String,
    packed: &'a [u8],
    method: usize,
    encrypted: bool,
    stated_bytes: u64,
    /// Where its local header begins.
    from: usize,
    /// Where its data ends.
    to: usize,
}

impl Entry<'_> {
    /// A name that ends in a slash, with nothing in it: deflated, nothing is two bytes.
    fn is_folder(&self) -> bool {
        self.name.ends_with('/') && self.packed.len() <= 2
    }

    /// Unpacks within the budget; `None` when that is impossible, which has then been noted.
    pub(super) fn unpack<'e>(
        &'e self,
        walk: &mut Walk<'_>,
        path: &str,
    ) -> Option<std::borrow::Cow<'e, [u8]>> {
        let unreadable = match self.method {
            _ if self.encrypted => Some(Opaque::Encrypted),
            0 | 8 => None,
            _ => Some(Opaque::UnknownFormat),
        };
        if let Some(why) = unreadable {
            walk.sealed(path, &self.name, self.stated_bytes, why);
            return None;
        }
        if self.method == 0 {
            return walk.charge(self.packed.len()).then_some(self.packed.into());
        }
        let inflated = walk.inflate(self.packed, Wrapping::Bare)?;
        if inflated.damaged {
            walk.opaque(path, Opaque::Damaged);
        }
        Some(inflated.bytes.into())
    }
}

pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    let (mut entries, complete) = listed(bytes, walk.members_left());
    if !complete {
        walk.opaque(path, Opaque::Damaged);
    }
    let in_order = by_place(&entries);
    let overlapping = in_order.windows(2).any(|pair| match pair {
        [(_, end), (start, _)] => start < end,
        _ => false,
    });
    if overlapping {
        walk.unscannable(Unscannable::ExpandsTooMuch);
        return;
    }
    unlisted(bytes, &in_order, walk.members_left(), &mut entries);
    entries.retain(|entry| !entry.is_folder());
    if entries.len() > walk.members_left() {
        walk.unscannable(Unscannable::TooManyMembers);
        return;
    }
    if office::is_document(&entries) {
        office::open(walk, path, &entries);
        return;
    }
    for entry in &entries {
        if walk.stopped() {
            return;
        }
        if let Some(content) = entry.unpack(walk, path) {
            walk.member(path, &entry.name, &content, None);
        }
    }
}

fn by_place(entries: &[Entry<'_>]) -> Vec<(usize, usize)> {
    let mut places: Vec<_> = entries.iter().map(|entry| (entry.from, entry.to)).collect();
    places.sort_unstable();
    places
}

/// The entries of the central directory, and whether it could be read to its end. One more than
/// `most` are read, so that too many are known to be too many.
fn listed(bytes: &[u8], most: usize) -> (Vec<Entry<'_>>, bool) {
    let mut entries = Vec::new();
    let Some((mut at, end)) = directory(bytes) else {
        return (entries, false);
    };
    // Self-extracting archives have a program in front that offsets may not count.
    let shift = shift(bytes, at);
    while at < end && slice(bytes, at, 4) == Some(CENTRAL) {
        let Some((entry, next)) = central(bytes, at, shift) else {
            return (entries, false);
        };
        entries.extend(entry);
        at = next;
        if entries.len() > most {
            break;
        }
    }
    let complete = at == end || entries.len() > most;
    (entries, complete)
}

/// Where the central directory begins and ends.
fn directory(bytes: &[u8]) -> Option<(usize, usize)> {
    let window = bytes.len().saturating_sub(22 + 65_535);
    let end = window + memmem::rfind(bytes.get(window..)?, END)?;
    let size = u32_le(bytes, end + 12)?;
    let before_end = end.checked_sub(size);
    if let Some(start) = before_end
        && (size == 0 || slice(bytes, start, 4) == Some(CENTRAL))
    {
        return Some((start, end));
    }
    // ZIP64: its own end record stands in front, with a locator of 20 bytes between.
    let locator = end.checked_sub(20)?;
    let end_64 = memmem::rfind(bytes.get(..locator)?, END_64)?;
    let size = u64_le(bytes, end_64 + 40)?;
    let start = end_64.checked_sub(size)?;
    (slice(bytes, start, 4) == Some(CENTRAL)).then_some((start, end_64))
}

/// What to add to the offsets of the directory at `at`: 0 when its first entry is where it says.
fn shift(bytes: &[u8], at: usize) -> usize {
    let Some(stated) = u32_le(bytes, at + 42) else {
        return 0;
    };
    if slice(bytes, stated, 4) == Some(LOCAL) {
        return 0;
    }
    let first = memmem::find(bytes.get(..at).unwrap_or_default(), LOCAL);
    first.map_or(0, |first| first.saturating_sub(stated))
}

/// One record of the directory and where the next begins; no entry when its data is elsewhere.
fn central(bytes: &[u8], at: usize, shift: usize) -> Option<(Option<Entry<'_>>, usize)> {
    let name_length = u16_le(bytes, at + 28)?;
    let extra_length = u16_le(bytes, at + 30)?;
    let comment_length = u16_le(bytes, at + 32)?;
    let name = slice(bytes, at + 46, name_length)?;
    let extra = slice(bytes, at + 46 + name_length, extra_length)?;
    let sizes = Sizes::of(
        u32_le(bytes, at + 20)?,
        u32_le(bytes, at + 24)?,
        u32_le(bytes, at + 42)?,
        extra,
    );
    let next = at + 46 + name_length + extra_length + comment_length;
    let from = sizes.offset.saturating_add(shift);
    let entry = local_data_start(bytes, from).map(|start| {
        let packed = super::bytes::available(bytes, start, sizes.packed);
        Entry {
            name: guessed_text(name),
            packed,
            method: u16_le(bytes, at + 10).unwrap_or_default(),
            encrypted: u16_le(bytes, at + 8).unwrap_or_default() & 1 != 0,
            stated_bytes: sizes.unpacked as u64,
            from,
            to: start + packed.len(),
        }
    });
    Some((entry, next))
}

/// Sizes and offset, from the ZIP64 extra field where the 32-bit fields are full.
struct Sizes {
    packed: usize,
    unpacked: usize,
    offset: usize,
}

impl Sizes {
    fn of(packed: usize, unpacked: usize, offset: usize, extra: &[u8]) -> Sizes {
        let mut sizes = Sizes {
            packed,
            unpacked,
            offset,
        };
        let mut at = 0;
        while let (Some(id), Some(length)) = (u16_le(extra, at), u16_le(extra, at + 2)) {
            if id == 1 {
                let mut field = at + 4;
                for size in [&mut sizes.unpacked, &mut sizes.packed, &mut sizes.offset] {
                    if *size == 0xffff_ffff
                        && let Some(wide) = u64_le(extra, field)
                    {
                        *size = wide;
                        field += 8;
                    }
                }
                break;
            }
            at += 4 + length;
        }
        sizes
    }
}

fn local_data_start(bytes: &[u8], from: usize) -> Option<usize> {
    if slice(bytes, from, 4) != Some(LOCAL) {
        return None;
    }
    Some(from + 30 + u16_le(bytes, from + 26)? + u16_le(bytes, from + 28)?)
}

/// Adds entries that stand where no listed entry does.
fn unlisted<'a>(
    bytes: &'a [u8],
    listed: &[(usize, usize)],
    most: usize,
    entries: &mut Vec<Entry<'a>>,
) {
    let mut gap_start = 0;
    let ends = [(bytes.len(), bytes.len())];
    for &(start, end) in listed.iter().chain(&ends) {
        let mut at = gap_start;
        while entries.len() <= most
            && let Some(found) = bytes
                .get(at..start)
                .and_then(|gap| memmem::find(gap, LOCAL))
        {
            at += found;
            match local(bytes, at, start) {
                Some(entry) => {
                    at = entry.to.max(at + 4);
                    entries.push(entry);
                }
                None => at += 4,
            }
        }
        gap_start = end;
    }
}

/// The entry whose local header is at `from`, with nothing at or beyond `end`.
fn local(bytes: &[u8], from: usize, end: usize) -> Option<Entry<'_>> {
    let start = local_data_start(bytes, from)?;
    let name_length = u16_le(bytes, from + 26)?;
    let name = slice(bytes, from + 30, name_length)?;
    let extra = slice(bytes, from + 30 + name_length, u16_le(bytes, from + 28)?)?;
    let flags = u16_le(bytes, from + 6)?;
    let method = u16_le(bytes, from + 8)?;
    if name.is_empty() || !matches!(method, 0..=20 | 93..=99) {
        return None;
    }
    let sizes = Sizes::of(
        u32_le(bytes, from + 18)?,
        u32_le(bytes, from + 22)?,
        0,
        extra,
    );
    let rest = bytes.get(start..end)?;
    // With flag 8 the size stands behind the data: the next header ends it.
    let packed = if flags & 8 != 0 && sizes.packed == 0 {
        let next = memmem::find(rest, LOCAL).unwrap_or(rest.len());
        let rest = rest.get(..next)?;
        rest.get(..memmem::find(rest, CENTRAL).unwrap_or(next))?
    } else {
        rest.get(..sizes.packed.min(rest.len()))?
    };
    Some(Entry {
        name: guessed_text(name),
        packed,
        method,
        encrypted: flags & 1 != 0,
        stated_bytes: sizes.unpacked as u64,
        from,
        to: start + packed.len(),
    })
}
