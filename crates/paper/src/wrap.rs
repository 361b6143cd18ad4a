//! Text in lines no wider than a given width.

use crate::typeface::Typeface;

/// Breaks a clean text at its spaces and line ends; a word that is too long for a line, such as a
/// check sum, is broken where the line ends. Every line but the last of a paragraph keeps the space
/// it was broken at, so that words stay apart when the text is taken out again. Of several empty
/// lines one is left. `size` and `width` are points.
pub(crate) fn lines(typeface: &Typeface, text: &str, size: f32, width: f32) -> Vec<String> {
    let width = width / size;
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.trim().split('\n') {
        let paragraph = paragraph.trim();
        let is_second = paragraph.is_empty() && lines.last().is_some_and(String::is_empty);
        if !is_second {
            one(typeface, paragraph, width, &mut lines);
        }
    }
    lines
}

fn one(typeface: &Typeface, paragraph: &str, width: f32, lines: &mut Vec<String>) {
    let space = typeface.width(" ");
    let (mut line, mut used) = (String::new(), 0.0);
    for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
        let wide = typeface.width(word);
        if used > 0.0 {
            line.push(' ');
            used += space;
            if used + wide > width {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
        }
        if wide <= width {
            line.push_str(word);
            used += wide;
            continue;
        }
        for c in word.chars() {
            let wide = typeface.width(c.encode_utf8(&mut [0; 4]));
            // A mark without width of its own stays with its letter.
            if wide > 0.0 && used > 0.0 && used + wide > width {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(c);
            used += wide;
        }
    }
    lines.push(line);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::typeface::{Typefaces, Weight};

    fn check(text: &str, width: f32, expected: &[&str]) {
        let typefaces = Typefaces::load().unwrap();
        let typeface = typefaces.of(Weight::Regular);
        assert_eq!(lines(typeface, text, 10.0, width), expected);
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        check("", 100.0, &[""]);
        check("one two", 100.0, &["one two"]);
        check("one two three", 50.0, &["one two ", "three"]);
        check("one  two", 100.0, &["one two"]);
        check("one\ntwo\n\n\n\nthree", 100.0, &["one", "two", "", "three"]);
        check("aaaaaaaaaa", 32.0, &["aaaaa", "aaaaa"]);
        check("I aaaaaaaaaa", 32.0, &["I ", "aaaaa", "aaaaa"]);
        // Even where not one letter fits.
        check("ab", 1.0, &["a", "b"]);
    }
}
