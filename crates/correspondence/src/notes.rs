//! The notes a memory is written down as: a first line with the version, then one frame a note.
//!
//! A frame is the length of what it holds in one byte, that, and the CRC-32C of both in four bytes.
//! Numbers are little-endian. The first note says since when the memory gathers and with which key.

use crate::mark::{About, Key, Mark};
use crate::memory::Kind;
use crate::table::{Day, Seen};

/// The first line. Another number stands for another format.
pub(crate) const FIRST_LINE: &[u8] = b"probity correspondence 1\n";

/// Longest name of a domain that fits a note, in bytes: the length of a note is one byte.
pub(crate) const LONGEST_NAME: usize = 255 - 9;

/// Unreadable bytes at the end that are taken for notes being written when the machine stopped. 64 KiB:
/// some thousand notes, far more than are written at once. More than that is damage.
const TORN: usize = 64 << 10;

const SINCE: u8 = 0;
const NAME: u8 = 255;

/// One note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Note {
    /// Since when the memory gathers, and the hash by which its key is known.
    Since { day: Day, key: Mark },
    /// Something was seen.
    Seen { kind: Kind, mark: Mark, seen: Seen },
    /// The name of a domain that is often written to.
    Name { mark: Mark, name: String },
}

impl Note {
    /// When it is of.
    pub(crate) fn day(&self) -> Option<Day> {
        match self {
            Self::Since { day, .. } => Some(*day),
            Self::Seen { seen, .. } => Some(seen.last),
            Self::Name { .. } => None,
        }
    }

    pub(crate) fn encode(&self, to: &mut Vec<u8>) {
        let start = to.len();
        to.push(0);
        match self {
            Self::Since { day, key } => {
                to.push(SINCE);
                to.extend_from_slice(&day.0.to_le_bytes());
                to.extend_from_slice(&key.0.to_le_bytes());
            }
            Self::Seen { kind, mark, seen } => {
                to.extend_from_slice(&[*kind as u8, seen.days]);
                to.extend_from_slice(&seen.last.0.to_le_bytes());
                to.extend_from_slice(&mark.0.to_le_bytes());
            }
            Self::Name { mark, name } => {
                to.push(NAME);
                to.extend_from_slice(&mark.0.to_le_bytes());
                to.extend_from_slice(name.as_bytes());
            }
        }
        // No name is longer than fits.
        to[start] = u8::try_from(to.len() - start - 1).unwrap_or(u8::MAX);
        let sum = crc32c::crc32c(&to[start..]);
        to.extend_from_slice(&sum.to_le_bytes());
    }

    fn decode(held: &[u8]) -> Option<Self> {
        let (&tag, rest) = held.split_first()?;
        match tag {
            SINCE => {
                let (day, key) = rest.split_first_chunk()?;
                Some(Self::Since {
                    day: Day(u32::from_le_bytes(*day)),
                    key: Mark(u64::from_le_bytes(key.try_into().ok()?)),
                })
            }
            NAME => {
                let (mark, name) = rest.split_first_chunk()?;
                Some(Self::Name {
                    mark: Mark(u64::from_le_bytes(*mark)),
                    name: String::from_utf8(name.to_vec()).ok()?,
                })
            }
            kind => {
                let (&days, rest) = rest.split_first()?;
                let (last, mark) = rest.split_first_chunk()?;
                Some(Self::Seen {
                    kind: Kind::of(kind)?,
                    mark: Mark(u64::from_le_bytes(mark.try_into().ok()?)),
                    seen: Seen {
                        last: Day(u32::from_le_bytes(*last)),
                        days,
                    },
                })
            }
        }
    }
}

/// The note a memory begins with.
pub(crate) fn beginning(day: Day, key: &Key) -> Note {
    Note::Since {
        day,
        key: key.mark(About::Key, ""),
    }
}

/// Since when these notes were gathered; none if they were made with another key.
pub(crate) fn since(notes: &[Note], key: &Key) -> Option<Day> {
    match notes.first() {
        Some(Note::Since { day, key: made }) => (*made == key.mark(About::Key, "")).then_some(*day),
        _ => None,
    }
}

/// The notes of a file up to the first that cannot be read, and whether more is wrong than an end that
/// was being written.
pub(crate) fn decode(file: &[u8]) -> (Vec<Note>, bool) {
    let Some(mut rest) = file.strip_prefix(FIRST_LINE) else {
        return (Vec::new(), true);
    };
    let mut notes = Vec::new();
    while let Some((note, after)) = first(rest) {
        notes.push(note);
        rest = after;
    }
    (notes, rest.len() > TORN)
}

fn first(bytes: &[u8]) -> Option<(Note, &[u8])> {
    let length = usize::from(*bytes.first()?) + 1;
    let (framed, rest) = bytes.split_at_checked(length)?;
    let (sum, rest) = rest.split_first_chunk()?;
    let is_whole = crc32c::crc32c(framed) == u32::from_le_bytes(*sum);
    let note = is_whole.then(|| Note::decode(framed.get(1..)?)).flatten()?;
    Some((note, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn notes() -> Vec<Note> {
        let (last, mark) = (Day(20_000), Mark(0x0102_0304_0506_0708));
        let seen = Seen { last, days: 3 };
        let kinds = [
            Kind::Heard,
            Kind::Written,
            Kind::Domain,
            Kind::Junk,
            Kind::Reported,
        ];
        let seen = kinds.map(|kind| Note::Seen { kind, mark, seen });
        let name = Note::Name {
            mark,
            name: "partner.example".to_owned(),
        };
        let since = Note::Since {
            day: last,
            key: mark,
        };
        [since].into_iter().chain(seen).chain([name]).collect()
    }

    fn encoded(notes: &[Note]) -> Vec<u8> {
        let mut file = FIRST_LINE.to_vec();
        notes.iter().for_each(|note| note.encode(&mut file));
        file
    }

    /// The format of the first release, byte for byte: never changed.
    #[test]
    fn what_the_first_release_wrote_is_read() {
        let mut file = b"probity correspondence 1\n".to_vec();
        file.extend_from_slice(&[13, 0, 0x20, 0x4e, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1]);
        file.extend_from_slice(&crc32c::crc32c(&file[25..]).to_le_bytes());
        let from = file.len();
        file.extend_from_slice(&[14, 3, 3, 0x20, 0x4e, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1]);
        file.extend_from_slice(&crc32c::crc32c(&file[from..]).to_le_bytes());
        let (read, damaged) = decode(&file);
        assert!(!damaged);
        assert_eq!(read, [notes()[0].clone(), notes()[3].clone()]);
    }

    #[test]
    fn a_cut_end_loses_the_last_notes_and_no_other() {
        let (notes, whole) = (notes(), encoded(&notes()));
        for cut in FIRST_LINE.len()..=whole.len() {
            let (read, damaged) = decode(&whole[..cut]);
            assert!(!damaged && notes.starts_with(&read), "{cut}");
        }
        assert_eq!(decode(&whole).0, notes);
        assert!(decode(&whole[..FIRST_LINE.len() - 1]).1);
    }

    #[test]
    fn a_flipped_bit_is_found_and_damage_before_much_else_is_told() {
        let (all, whole) = (notes(), encoded(&notes()));
        for place in FIRST_LINE.len()..whole.len() {
            let mut flipped = whole.clone();
            flipped[place] ^= 1;
            let (read, _) = decode(&flipped);
            assert!(read.len() < all.len() && all.starts_with(&read), "{place}");
        }
        let mut long = whole.clone();
        long.extend(encoded(&all)[FIRST_LINE.len()..].repeat(1000));
        long[FIRST_LINE.len() + 30] ^= 1;
        assert!(decode(&long).1);
    }

    proptest! {
        #[test]
        fn any_file_is_read_to_some_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut file = FIRST_LINE.to_vec();
            file.extend(&bytes);
            let (notes, damaged) = decode(&file);
            prop_assert!(notes.len() <= bytes.len() && !damaged);
        }
    }
}
