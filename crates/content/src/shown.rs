//! A message as somebody reads it who has to look at it: its texts without anything active, its files by
//! name.

use crate::html;
use crate::mail::{self, Limits};
use crate::media::PartKind;

/// Most files named.
const MOST_FILES: usize = 100;

/// What a message says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Its texts, in their order, HTML as text.
    pub texts: Vec<String>,
    /// Its attachments, by name and declared type; at most 100.
    pub files: Vec<String>,
    /// There is more than is here.
    pub is_cut: bool,
}

/// What a message says, up to so many bytes of text.
pub fn of_mail(message: &[u8], most: usize) -> Shown {
    let reading = mail::read(message, None, &Limits::default());
    let (mut shown, mut room) = (Shown::default(), most);
    for part in &reading.parts {
        if reading.is_walked(part) {
            continue;
        }
        if part.attachment || !matches!(part.kind, PartKind::Text | PartKind::Html) {
            let name = part.names.first().map_or("without a name", String::as_str);
            match shown.files.len() < MOST_FILES {
                true => shown.files.push(format!("{name} ({})", part.declared)),
                false => shown.is_cut = true,
            }
            continue;
        }
        let bytes = reading.bytes_of(message, part, reading.text_bytes);
        let text = reading.as_text(part, &bytes);
        let text = match part.kind {
            PartKind::Html => html::to_text(&text, reading.text_bytes),
            _ => text,
        };
        let end = text.floor_char_boundary(room);
        shown.is_cut |= end < text.len() || part.decoded_bytes > reading.text_bytes as u64;
        room -= end;
        shown.texts.push(text[..end].to_owned());
    }
    shown.is_cut |= reading.unscannable.is_some();
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_shown_as_text_and_its_files_by_name() {
        let message = b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/html\r\n\r\n<p>Dear <b>Ned</b><script>alert(1)</script>\r\n\
            --b\r\nContent-Type: application/pdf; name=plan.pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF\r\n--b--\r\n";
        let message = of_mail(message, 1000);
        assert_eq!(message.texts.len(), 1);
        assert!(message.texts[0].contains("Dear Ned"), "{message:?}");
        assert!(!message.texts[0].contains('<'), "{message:?}");
        assert_eq!(message.files, ["plan.pdf (application/pdf)"]);
        assert!(!message.is_cut);
        let long = [
            b"Subject: x\r\n\r\n".to_vec(),
            "é".repeat(1000).into_bytes(),
        ]
        .concat();
        let long = of_mail(&long, 101);
        assert!(long.is_cut && long.texts[0].len() == 100, "{long:?}");
    }
}
