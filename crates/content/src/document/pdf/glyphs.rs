//! Names and codes of glyphs, as far as Western European text needs them.

/// Glyphs by the names of the Adobe Glyph List that are not a letter itself.
const NAMED: &str = "\
space  |exclam !|quotedbl \"|numbersign #|dollar $|percent %|ampersand &|quotesingle '|\
parenleft (|parenright )|asterisk *|plus +|comma ,|hyphen -|minus -|period .|slash /|zero 0|one 1|\
two 2|three 3|four 4|five 5|six 6|seven 7|eight 8|nine 9|colon :|semicolon ;|less <|equal =|\
greater >|question ?|at @|bracketleft [|backslash \\|bracketright ]|asciicircum ^|underscore _|\
grave `|braceleft {|braceright }|asciitilde ~|exclamdown ¡|cent ¢|sterling £|currency ¤|yen ¥|\
section §|dieresis ¨|copyright ©|ordfeminine ª|guillemotleft «|logicalnot ¬|registered ®|\
macron ¯|degree °|plusminus ±|acute ´|mu µ|paragraph ¶|periodcentered ·|cedilla ¸|\
ordmasculine º|guillemotright »|onequarter ¼|onehalf ½|threequarters ¾|questiondown ¿|\
multiply ×|divide ÷|germandbls ß|AE Æ|ae æ|OE Œ|oe œ|Oslash Ø|oslash ø|Thorn Þ|thorn þ|Eth Ð|\
eth ð|dotlessi ı|Euro €|quoteleft ‘|quoteright ’|quotedblleft “|quotedblright ”|\
quotesinglbase ‚|quotedblbase „|bullet •|endash –|emdash —|ellipsis …|dagger †|daggerdbl ‡|\
perthousand ‰|guilsinglleft ‹|guilsinglright ›|trademark ™|fraction ⁄|fi ﬁ|fl ﬂ|ff ﬀ|ffi ﬃ|\
ffl ﬄ|nbspace  |nonbreakingspace  |sfthyphen -";

/// Letters with a mark, by the end of their name.
const MARKS: [(&str, &str, &str); 8] = [
    ("acute", "AEIOUYaeiouy", "ÁÉÍÓÚÝáéíóúý"),
    ("grave", "AEIOUaeiou", "ÀÈÌÒÙàèìòù"),
    ("circumflex", "AEIOUWYaeiouwy", "ÂÊÎÔÛŴŶâêîôûŵŷ"),
    ("dieresis", "AEIOUYaeiouy", "ÄËÏÖÜŸäëïöüÿ"),
    ("tilde", "ANOano", "ÃÑÕãñõ"),
    ("cedilla", "Cc", "Çç"),
    ("ring", "Aa", "Åå"),
    ("caron", "SZCsz", "ŠŽČšž"),
];

/// The character a glyph of this name shows; `None` for names that only the font understands.
pub(super) fn character(name: &str) -> Option<char> {
    // A variant, such as `one.oldstyle`, shows the same character.
    let name = name.split('.').next().unwrap_or(name);
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next())
        && letter.is_ascii_alphabetic()
    {
        return Some(letter);
    }
    let named = NAMED.split('|').find_map(|entry| {
        let shown = entry.strip_prefix(name)?.strip_prefix(' ')?;
        shown.chars().next()
    });
    let hexadecimal = |digits: &str| {
        let plain =
            (4..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| plain)?;
        char::from_u32(code)
    };
    named
        .or_else(|| {
            let (letter, mark) = name.split_at_checked(1)?;
            let (_, letters, marked) = MARKS.iter().find(|(end, _, _)| *end == mark)?;
            marked.chars().nth(letters.find(letter)?)
        })
        .or_else(|| hexadecimal(name.strip_prefix("uni")?))
        .or_else(|| hexadecimal(name.strip_prefix('u')?))
}

/// The upper half of Adobe's standard encoding, as far as it differs from Windows-1252.
pub(super) fn standard(code: u8) -> Option<char> {
    Some(match code {
        0xa4 => '⁄',
        0xa6 => 'ƒ',
        0xa8 => '¤',
        0xa9 => '\'',
        0xaa => '“',
        0xac => '‹',
        0xad => '›',
        0xae => 'ﬁ',
        0xaf => 'ﬂ',
        0xb1 => '–',
        0xb2 => '†',
        0xb3 => '‡',
        0xb4 => '·',
        0xb7 => '•',
        0xb8 => '‚',
        0xb9 => '„',
        0xba => '”',
        0xbc => '…',
        0xbd => '‰',
        0xd0 => '—',
        0xe1 => 'Æ',
        0xe9 => 'Ø',
        0xea => 'Œ',
        0xf1 => 'æ',
        0xf5 => 'ı',
        0xf9 => 'ø',
        0xfa => 'œ',
        0xfb => 'ß',
        _ => return None,
    })
}

/// The upper half of Mac OS Roman.
pub(super) fn mac_roman(code: u8) -> Option<char> {
    const UPPER: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
    UPPER.chars().nth(usize::from(code.checked_sub(0x80)?))
}

/// Letters printed as one are written as the letters they are.
pub(super) fn without_ligatures(text: String) -> String {
    if !text.chars().any(|c| ('\u{fb00}'..='\u{fb06}').contains(&c)) {
        return text;
    }
    let mut plain = String::new();
    for character in text.chars() {
        match character {
            'ﬀ' => plain.push_str("ff"),
            'ﬁ' => plain.push_str("fi"),
            'ﬂ' => plain.push_str("fl"),
            'ﬃ' => plain.push_str("ffi"),
            'ﬄ' => plain.push_str("ffl"),
            'ﬅ' | 'ﬆ' => plain.push_str("st"),
            other => plain.push(other),
        }
    }
    plain
}
