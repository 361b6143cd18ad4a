//! A text as its letters and digits alone: small, without what stands between them.
//!
//! So it reads the same however it was wrapped, quoted with `>`, hyphenated, set in another format or
//! typed with other quotation marks.

/// ASCII letters to lower case, digits to themselves, all else to 0.
const PLAIN: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            letter if letter.is_ascii_alphanumeric() => letter.to_ascii_lowercase(),
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// Adds the letters of a text.
pub(super) fn add(text: &str, letters: &mut Vec<u8>) {
    let mut rest = text;
    while !rest.is_empty() {
        let ascii = rest.bytes().position(|byte| byte >= 0x80);
        let (plain, beyond) = rest.split_at(ascii.unwrap_or(rest.len()));
        add_ascii(plain.as_bytes(), letters);
        let mut characters = beyond.chars();
        if let Some(character) = characters.next() {
            beyond_ascii(character, letters);
        }
        rest = characters.as_str();
    }
}

fn add_ascii(text: &[u8], letters: &mut Vec<u8>) {
    let mut n = letters.len();
    letters.resize(n + text.len(), 0);
    for byte in text {
        // Written and then kept or not, which is quicker than asking first.
        let letter = PLAIN[usize::from(*byte)];
        if let Some(slot) = letters.get_mut(n) {
            *slot = letter;
        }
        n += usize::from(letter != 0);
    }
    letters.truncate(n);
}

/// Where the bytes from `from` to `to` of [`add`]'s letters stand in the text.
pub(super) fn span(text: &str, from: usize, to: usize) -> std::ops::Range<usize> {
    let to = to.max(from + 1);
    let (mut letters, mut one) = (0, Vec::new());
    let mut span = text.len()..text.len();
    for (at, character) in text.char_indices() {
        one.clear();
        if character.is_ascii() {
            one.extend(Some(PLAIN[character as usize]).filter(|letter| *letter != 0));
        } else {
            beyond_ascii(character, &mut one);
        }
        if one.is_empty() {
            continue;
        }
        let before = letters;
        letters += one.len();
        if (before..letters).contains(&from) {
            span.start = at;
        }
        if letters >= to {
            span.end = at + character.len_utf8();
            break;
        }
    }
    span
}

/// Letters of other scripts in lower case; what print shops join is taken apart, and accents that some
/// programs write as marks of their own are left out of the letters that are common in English text.
fn beyond_ascii(character: char, letters: &mut Vec<u8>) {
    let plain = match character {
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'à'..='å' | 'À'..='Å' => "a",
        'ç' | 'Ç' => "c",
        'è'..='ë' | 'È'..='Ë' => "e",
        'ì'..='ï' | 'Ì'..='Ï' => "i",
        'ñ' | 'Ñ' => "n",
        'ò'..='ö' | 'Ò'..='Ö' => "o",
        'ù'..='ü' | 'Ù'..='Ü' => "u",
        _ => "",
    };
    letters.extend_from_slice(plain.as_bytes());
    if plain.is_empty() && character.is_alphanumeric() {
        let mut buffer = [0; 4];
        for small in character.to_lowercase() {
            letters.extend_from_slice(small.encode_utf8(&mut buffer).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn letters(text: &str) -> Vec<u8> {
        let mut letters = Vec::new();
        add(text, &mut letters);
        letters
    }

    #[test]
    fn a_text_reads_the_same_however_it_is_written() {
        let check = |one: &str, other: &str| assert_eq!(letters(one), letters(other), "{other}");
        let plain = "The officer's café plan: 40 desks, final.";
        check(
            plain,
            "> The officer\u{2019}s cafe\u{301}\n> plan  40 DESKS (final)",
        );
        check(
            plain,
            "The of\u{fb01}cer's ca\u{ad}fé plan \u{2013} 40 desks,\r\nfi-\r\nnal",
        );
        check("Ωmega", "ωMEGA");
        assert_ne!(letters("40 desks"), letters("41 desks"));
    }

    #[test]
    fn a_span_leads_back_to_the_text() {
        let text = "> a b\u{e9}c d-e!";
        let check = |from, to, expected: &str| assert_eq!(&text[span(text, from, to)], expected);
        check(0, 6, "a b\u{e9}c d-e");
        check(1, 3, "b\u{e9}");
        check(3, 4, "c");
        check(6, 12, "");
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "(?s)\\PC{0,60}", from in 0usize..80, length in 0usize..80) {
            let letters = letters(&text);
            prop_assert!(letters.len() <= 3 * text.len());
            let span = span(&text, from, from + length);
            prop_assert!(text.get(span).is_some());
        }
    }
}
