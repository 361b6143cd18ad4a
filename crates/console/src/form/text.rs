//! Free text: how long, how many lines, and what may not be in it.
//!
//! Control characters and invisible marks that turn the direction of text are refused and named: a
//! reason that reads differently from what is stored is worth nothing on the record. Markup is text
//! like any other; templates escape it.

/// What a text field takes.
#[derive(Debug, Clone)]
pub struct Text {
    missing: Option<String>,
    longest: usize,
    lines: bool,
    address: bool,
}

impl Text {
    /// One line that may be left empty, of at most 200 characters.
    pub fn optional() -> Self {
        Self {
            missing: None,
            longest: 200,
            lines: false,
            address: false,
        }
    }

    /// One line that may not be left empty; `missing` is what is said then: `Enter the item’s name`.
    pub fn required(missing: impl Into<String>) -> Self {
        Self {
            missing: Some(missing.into()),
            ..Self::optional()
        }
    }

    /// At most this many characters.
    pub fn longest(mut self, characters: usize) -> Self {
        self.longest = characters;
        self
    }

    /// Several lines.
    pub fn lines(mut self) -> Self {
        self.lines = true;
        self
    }

    /// An email address, a site or a name for a machine: printable ASCII without spaces, so that no
    /// look-alike letter of another alphabet can stand in it.
    pub fn address(mut self) -> Self {
        self.address = true;
        self
    }

    /// The text without space around it, or what is wrong.
    pub fn read(&self, typed: &str) -> Result<String, String> {
        let text = typed.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim();
        if text.is_empty() {
            return self.missing.clone().map_or(Ok(String::new()), Err);
        }
        let length = text.chars().count();
        if length > self.longest {
            let over = length - self.longest;
            let longest = self.longest;
            return Err(format!(
                "This must be {longest} characters or fewer; remove {over}"
            ));
        }
        if let Some(mark) = text.chars().find(|&c| turns_direction(c)) {
            return Err(format!(
                "This contains an invisible mark (U+{:04X}) that changes the direction of text; type it again without",
                u32::from(mark)
            ));
        }
        if text.chars().any(|c| c == '\n' && !self.lines) {
            return Err("This must be on one line".to_owned());
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(
                "This contains a character that cannot be printed; type it again".to_owned(),
            );
        }
        if self.address
            && let Some(other) = text.chars().find(|c| !c.is_ascii_graphic())
        {
            let what = if other == ' ' {
                "a space".to_owned()
            } else {
                format!("“{other}” (U+{:04X})", u32::from(other))
            };
            return Err(format!(
                "This contains {what}; use only the letters a to z, digits and signs of an address"
            ));
        }
        Ok(text.to_owned())
    }
}

/// Marks that turn or hide text: bidirectional controls, the zero-width space, the byte order mark,
/// interlinear and tag characters. Joiners (U+200C, U+200D) stay: some languages are written with them.
pub(crate) fn turns_direction(c: char) -> bool {
    matches!(c,
        '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
