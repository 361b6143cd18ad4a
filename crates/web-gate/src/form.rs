//! The one form we read: the coach page's, urlencoded.

/// Bytes of form read at most. A reason of 500 characters, each percent-encoded, fits.
pub(crate) const MOST_FORM_BYTES: usize = 8 << 10;

/// Characters of a reason that are kept.
const MOST_REASON: usize = 500;

/// What the coach page's form holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CoachForm {
    /// The page's token.
    pub(crate) token: String,
    /// The person's own words, trimmed, controls made spaces, at most 500 characters.
    pub(crate) reason: String,
}

impl CoachForm {
    /// Reads what is there; what is not stays empty.
    pub(crate) fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        let body = body.get(..MOST_FORM_BYTES).unwrap_or(body);
        for field in body.split(|b| *b == b'&') {
            let equals = field.iter().position(|b| *b == b'=');
            let (name, value) = field.split_at(equals.unwrap_or(field.len()));
            let value = || decode(value.get(1..).unwrap_or_default());
            match name {
                b"token" => form.token = value(),
                b"reason" => form.reason = tidy(&value()),
                _ => (),
            }
        }
        form
    }
}

fn tidy(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let text: String = text.chars().map(clean).take(MOST_REASON * 2).collect();
    text.trim().chars().take(MOST_REASON).collect()
}

fn decode(value: &[u8]) -> String {
    let nibble = |b: Option<&u8>| char::from(*b?).to_digit(16);
    let mut bytes = Vec::with_capacity(value.len());
    let mut at = 0;
    while let Some(&byte) = value.get(at) {
        let pair = (nibble(value.get(at + 1)), nibble(value.get(at + 2)));
        match (byte, pair) {
            (b'%', (Some(high), Some(low))) => {
                bytes.push((high << 4 | low) as u8);
                at += 3;
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, token: &str, reason: &str) {
        let form = CoachForm::read(body.as_bytes());
        assert_eq!((&*form.token, &*form.reason), (token, reason), "{body}");
    }

    #[test]
    fn forms_come_as_browsers_send_them() {
        check(
            "token=ab12&reason=I+need+it%2C+today",
            "ab12",
            "I need it, today",
        );
        check(
            "reason=%C2%A35%0D%0Anow&token=x&more=1",
            "x",
            "\u{a3}5  now",
        );
        check("token&reason=%20+%20", "", "");
        check("reason=100%&x", "", "100%");
        check("", "", "");
        check("reason=%ff", "", "\u{fffd}");
    }

    #[test]
    fn a_long_reason_is_cut() {
        let body = format!("reason={}", "a".repeat(9000));
        assert_eq!(CoachForm::read(body.as_bytes()).reason.len(), MOST_REASON);
    }
}
