//! Text as it can be printed: every character is one the typeface has, and seen.

use unicode_normalization::UnicodeNormalization as _;

/// Stands for a character that cannot be printed.
pub(crate) const UNPRINTED: char = '\u{FFFD}';

/// The text with line ends as `\n`, composed letters, and `�` for what cannot be printed. `has` says
/// whether the typeface has a character.
pub(crate) fn clean(text: &str, has: impl Fn(char) -> bool) -> String {
    let text = text.replace("\r\n", "\n");
    let printed = |c: char| match c {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        c if is_silent(c) => None,
        c if c.is_control() || turns(c) || is_private(c) || !has(c) => Some(UNPRINTED),
        c => Some(c),
    };
    text.nfc().filter_map(printed).collect()
}

/// Marks that only say how their neighbours join, break or look. Nothing is lost with them.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Marks that make a text read otherwise than it is stored.
fn turns(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}')
}

/// Characters whose meaning is the typeface's own.
fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, printed: &str) {
        assert_eq!(clean(text, |c| c != '🦊'), printed);
    }

    #[test]
    fn every_character_is_printed_or_seen_to_be_missing() {
        check("Siân Ŵyn", "Siân Ŵyn");
        check("w\u{302}", "ŵ");
        check("a\r\nb\rc\u{2028}d\te", "a\nb\nc\nd e");
        check("a fox 🦊", "a fox �");
        check("nul \0 bell \u{7}", "nul � bell �");
        check("safe\u{202E}fdp.exe", "safe�fdp.exe");
        check("soft\u{AD}hyphen\u{FEFF}", "softhyphen");
        check("\u{E000}", "�");
    }
}
