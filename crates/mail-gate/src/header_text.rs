//! Text for header fields: names, labels and words that may hold anything.

/// Longest word of encoded text, in bytes (RFC 2047 section 2 allows 75 with its frame).
const LONGEST_ENCODED: usize = 60;

/// Text as it may stand in an unstructured field: as it is when it is plain, else as encoded
/// words (RFC 2047). Control characters become spaces first, so nothing can end the line.
pub(crate) fn unstructured(text: &str) -> String {
    let text = without_controls(text);
    if is_plain(&text) {
        text
    } else {
        encoded(&text)
    }
}

/// A display name with its address, as it may stand in From or Sender.
pub(crate) fn mailbox(name: &str, address: &str) -> String {
    let name = without_controls(name);
    let name = name.trim();
    if name.is_empty() {
        return address.to_owned();
    }
    if !is_plain(name) {
        return format!("{} <{address}>", encoded(name));
    }
    let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{quoted}\" <{address}>")
}

fn without_controls(text: &str) -> String {
    let plain = |character: char| {
        if character.is_control() {
            ' '
        } else {
            character
        }
    };
    text.chars().map(plain).collect()
}

/// Printable ASCII that no reader takes for an encoded word.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.contains("=?")
}

/// Encoded words in the Q form, split between characters and folded.
fn encoded(text: &str) -> String {
    let mut words = vec![String::new()];
    for character in text.chars() {
        let mut piece = String::new();
        if character.is_ascii_alphanumeric() {
            piece.push(character);
        } else if character == ' ' {
            piece.push('_');
        } else {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                piece.push_str(&format!("={byte:02X}"));
            }
        }
        match words.last_mut() {
            Some(word) if word.len() + piece.len() <= LONGEST_ENCODED => word.push_str(&piece),
            _ => words.push(piece),
        }
    }
    let framed: Vec<String> = words
        .iter()
        .map(|word| format!("=?utf-8?q?{word}?="))
        .collect();
    framed.join("\n ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use milter_proto::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_stays_and_anything_else_is_encoded() {
        assert_eq!(unstructured("[PERSONAL]"), "[PERSONAL]");
        assert_eq!(unstructured("a\r\nBcc: b"), "a  Bcc: b");
        assert_eq!(unstructured("Siân"), "=?utf-8?q?Si=C3=A2n?=");
        assert_eq!(unstructured("=?x"), "=?utf-8?q?=3D=3Fx?=");
        assert_eq!(mailbox("", "a@b"), "a@b");
        assert_eq!(mailbox("O\"Neil", "a@b"), "\"O\\\"Neil\" <a@b>");
        assert_eq!(mailbox("Siân\n", "a@b"), "=?utf-8?q?Si=C3=A2n?= <a@b>");
    }

    proptest! {
        #[test]
        fn no_text_can_break_out_of_its_field(text in "\\PC{0,300}|(?s).{0,300}") {
            for value in [format!("x{}", unstructured(&text)), mailbox(&text, "a@b.example")] {
                prop_assert!(HeaderValue::new(&value).is_ok(), "{value:?}");
            }
        }
    }
}
