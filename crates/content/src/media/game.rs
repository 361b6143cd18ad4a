//! Games by their own bytes: containers and cartridges of which nothing but a game is made.
//!
//! Left out on purpose: what engines make that serve other work too (Unity, Godot, Unreal), Flash, and
//! programs, of which a game looks like any other. Those are games where somebody registered them.

/// What a file of a game begins with, or holds near its beginning.
struct Sign {
    format: &'static str,
    at: usize,
    bytes: &'static [u8],
}

/// The title screen that the maker's consoles compare before they start anything.
const GAME_BOY: [u8; 24] = [
    0xce, 0xed, 0x66, 0x66, 0xcc, 0x0d, 0x00, 0x0b, 0x03, 0x73, 0x00, 0x83, 0x00, 0x0c, 0x00, 0x0d,
    0x00, 0x08, 0x11, 0x1f, 0x88, 0x89, 0x00, 0x0e,
];

/// The same of the two consoles that came after it.
const GAME_BOY_ADVANCE: [u8; 24] = [
    0x24, 0xff, 0xae, 0x51, 0x69, 0x9a, 0xa2, 0x21, 0x3d, 0x84, 0x82, 0x0a, 0x84, 0xe4, 0x09, 0xad,
    0x11, 0x24, 0x8b, 0x98, 0xc0, 0x81, 0x7f, 0x21,
];

/// At least seven bytes each, which other files do not have there.
const SIGNS: [Sign; 22] = [
    sign("a Game Boy cartridge", 0x104, &GAME_BOY),
    sign("a Game Boy Advance cartridge", 0x04, &GAME_BOY_ADVANCE),
    sign("a Nintendo DS cartridge", 0xc0, &GAME_BOY_ADVANCE),
    // Byte by byte, in pairs turned round, in fours turned round; then the usual clock rate, or none.
    sign("a Nintendo 64 cartridge", 0, b"\x80\x37\x12\x40\0\0\0\x0f"),
    sign(
        "a Nintendo 64 cartridge",
        0,
        b"\x80\x37\x12\x40\0\0\0\0\x80",
    ),
    sign("a Nintendo 64 cartridge", 0, b"\x37\x80\x40\x12\0\0\x0f\0"),
    sign("a Nintendo 64 cartridge", 0, b"\x40\x12\x37\x80\x0f\0\0\0"),
    sign("a Mega Drive cartridge", 0x100, b"SEGA MEGA DRIVE"),
    sign("a Mega Drive cartridge", 0x100, b"SEGA GENESIS"),
    sign("a PlayStation program", 0, b"PS-X EXE\0\0\0\0"),
    sign(
        "a Source engine game archive",
        0,
        b"\x34\x12\xaa\x55\x01\0\0\0",
    ),
    sign(
        "a Source engine game archive",
        0,
        b"\x34\x12\xaa\x55\x02\0\0\0",
    ),
    sign("a Blizzard game archive", 0, b"MPQ\x1a\x20\0\0\0"),
    sign("a Blizzard game archive", 0, b"MPQ\x1a\x2c\0\0\0"),
    sign("a Blizzard game archive", 0, b"MPQ\x1a\x44\0\0\0"),
    sign("a Blizzard game archive", 0, b"MPQ\x1a\xd0\0\0\0"),
    sign("a Bethesda game archive", 0, b"BSA\0\x67\0\0\0"),
    sign("a Bethesda game archive", 0, b"BSA\0\x68\0\0\0"),
    sign("a Bethesda game archive", 0, b"BSA\0\x69\0\0\0"),
    sign("an RPG Maker game archive", 0, b"RGSSAD\0\x01"),
    sign("an RPG Maker game archive", 0, b"RGSSAD\0\x03"),
    sign("an RPG Maker game file", 0, b"RPGMV\0\0\0\0\x03\x01"),
];

const fn sign(format: &'static str, at: usize, bytes: &'static [u8]) -> Sign {
    Sign { format, at, bytes }
}

/// Which game format a file is of, in words, by its first 512 bytes.
pub fn game_format(bytes: &[u8]) -> Option<&'static str> {
    // All have a zero there, and no text has.
    let beginning = &bytes[..bytes.len().min(512)];
    memchr::memchr(0, beginning)?;
    let holds = |sign: &&Sign| {
        let there = bytes.get(sign.at..).unwrap_or_default();
        there.starts_with(sign.bytes)
    };
    let by_sign = || SIGNS.iter().find(holds).map(|sign| sign.format);
    by_header(bytes).or_else(by_sign)
}

/// Those whose first four bytes are letters, by the numbers that follow: letters alone begin texts, and
/// one of them begins what Git keeps.
fn by_header(bytes: &[u8]) -> Option<&'static str> {
    let (magic, rest) = bytes.split_first_chunk::<4>()?;
    let number = |at| {
        let four = rest.get(at..at + 4).and_then(|four| four.first_chunk());
        four.map(|four| u32::from_le_bytes(*four))
    };
    match magic {
        b"IWAD" | b"PWAD" => {
            let (lumps, directory) = (number(0)?, number(4)?);
            let is_one = (1..1 << 16).contains(&lumps) && (12..1 << 30).contains(&directory);
            is_one.then_some("a Doom game archive")
        }
        b"PACK" => {
            // Git writes its version and its count the other way round, so its first byte here is 0.
            let (directory, length) = (number(0)?, number(4)?);
            let is_one = (12..1 << 30).contains(&directory)
                && (64..1 << 24).contains(&length)
                && length % 64 == 0
                && rest.first() != Some(&0);
            is_one.then_some("a Quake game archive")
        }
        b"NES\x1a" => {
            // At least 16 kB of program, and a header that ends in the zeros the first format asks for.
            let has_program = rest.first().is_some_and(|n| *n > 0);
            let is_clean = rest.get(8..12).is_some_and(|end| end == [0; 4]);
            (has_program && is_clean).then_some("a NES cartridge")
        }
        b"FORM" => (rest.get(4..8)? == b"GEN8").then_some("a GameMaker game file"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(place: usize, bytes: &[u8]) -> Vec<u8> {
        let mut file = vec![0; 512];
        file[place..place + bytes.len()].copy_from_slice(bytes);
        file
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: Option<&str>) {
        assert_eq!(game_format(bytes), expected, "{bytes:?}");
    }

    #[test]
    fn games_are_known_by_their_headers() {
        for sign in &SIGNS {
            assert!(sign.bytes.len() >= 7, "{}", sign.format);
            check(&at(sign.at, sign.bytes), Some(sign.format));
            let mut other = sign.bytes.to_vec();
            other[6] ^= 0x55;
            check(&at(sign.at, &other), None);
        }
        check(
            &at(0, b"IWAD\x08\x06\0\0\0\x10\x20\0"),
            Some("a Doom game archive"),
        );
        check(
            &at(0, b"PWAD\x01\0\0\0\x0c\0\0\0"),
            Some("a Doom game archive"),
        );
        check(
            &at(0, b"PACK\xb4\x0a\x0c\0\0\x02\0\0"),
            Some("a Quake game archive"),
        );
        check(&at(0, b"NES\x1a\x02\x01\x01\0"), Some("a NES cartridge"));
        check(
            &at(0, b"FORM\0\x10\x20\x01GEN8"),
            Some("a GameMaker game file"),
        );
    }

    #[test]
    fn what_begins_like_a_game_is_none() {
        // What Git keeps: a version and a count, most significant byte first.
        check(&at(0, b"PACK\0\0\0\x02\0\0\0\x40"), None);
        check(&at(0, b"PACK\0\0\0\x02\0\x40\0\0"), None);
        check(
            b"PACK your bags, we are moving to the new office on Monday.",
            None,
        );
        check(b"PWAD and IWAD are words that say nothing.", None);
        check(b"NES stands for New Estates Survey.", None);
        check(&at(0, b"NES\x1a\0\0\0\0"), None);
        // Sound of Apple's machines.
        check(&at(0, b"FORM\0\x10\x20\x01AIFFCOMM"), None);
        check(b"SEGA MEGA DRIVE", None);
        check(b"", None);
    }

    proptest! {
        #[test]
        fn hardly_any_bytes_are_a_game(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert_eq!(game_format(&bytes), None);
        }
    }
}
