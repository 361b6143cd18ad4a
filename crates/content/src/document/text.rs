//! A text as it grows, bounded.

/// Words, line breaks and tabs in reading order. Beyond its limit nothing is added.
#[derive(Debug, Default)]
pub(super) struct Text {
    text: String,
    keep: usize,
    cut: bool,
}

impl Text {
    /// At most about `keep` bytes.
    pub(super) fn up_to(keep: usize) -> Text {
        Text {
            text: String::new(),
            keep,
            cut: false,
        }
    }

    pub(super) fn push(&mut self, character: char) {
        if self.text.len() + character.len_utf8() > self.keep {
            self.cut = true;
            return;
        }
        match character {
            // Old formats end paragraphs and cells with control characters of their own.
            '\r' | '\u{b}' | '\u{c}' => self.text.push('\n'),
            '\u{7}' => self.text.push('\t'),
            '\0'..='\u{8}' | '\u{e}'..='\u{1f}' => (),
            other => self.text.push(other),
        }
    }

    pub(super) fn push_str(&mut self, text: &str) {
        let fits = text.len() <= self.keep - self.text.len();
        if fits && !text.bytes().any(|b| b < b' ') {
            self.text.push_str(text);
            return;
        }
        for character in text.chars() {
            if self.cut {
                return;
            }
            self.push(character);
        }
    }

    /// Starts a new line, unless one has just been started.
    pub(super) fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.push('\n');
        }
    }

    /// Parts words that do not stand together.
    pub(super) fn gap(&mut self, with: char) {
        if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.push(with);
        }
    }

    /// Takes back what was added since it was `length` bytes long.
    pub(super) fn truncate(&mut self, length: usize) {
        if self.text.is_char_boundary(length) {
            self.text.truncate(length);
        }
    }

    /// True once something had to be left out.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn into_string(self) -> String {
        self.text
    }
}
