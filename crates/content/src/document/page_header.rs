//! Headers and footers of the pages of a sheet: words with codes between them (ECMA-376, 18.3.1.46).

/// The words of a header or footer, its three sections parted by tabs. Codes for page numbers, dates,
/// fonts and sizes are left out.
pub(super) fn words(coded: &str) -> String {
    let mut words = String::with_capacity(coded.len());
    let mut rest = coded;
    while let Some((before, code)) = rest.split_once('&') {
        words.push_str(before);
        let mut characters = code.chars();
        match characters.next() {
            Some('&') => words.push('&'),
            Some('L' | 'C' | 'R') if !words.is_empty() => words.push('\t'),
            // A font by its name and style.
            Some('"') => {
                let _font = characters.find(|c| *c == '"');
            }
            // A colour of six hexadecimal digits, or of a theme with its shade.
            Some('K') => {
                let _colour = characters.by_ref().nth(5);
            }
            Some('0'..='9') => {
                let behind = code.trim_start_matches(|c: char| c.is_ascii_digit());
                characters = behind.chars();
            }
            _ => (),
        }
        rest = characters.as_str();
    }
    words.push_str(rest);
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn codes_are_left_out() {
        for (coded, plain) in [
            ("&C&\"DejaVu Serif,Book\"&12&A", ""),
            (
                "&C&\"Arial,Bold\"&12OFFICIAL-SENSITIVE&RPage &P of &N",
                "OFFICIAL-SENSITIVE\tPage  of ",
            ),
            (
                "&LBins && boxes&K01+000dark&KFF0000red",
                "Bins & boxesdarkred",
            ),
            ("no codes", "no codes"),
            ("&", ""),
            ("&\"never closed", ""),
            ("&Lé&9", "é"),
        ] {
            assert_eq!(words(coded), plain, "{coded}");
        }
    }
}
