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
        for (name, value) in form_urlencoded::parse(body) {
            match &*name {
                "token" => form.token = value.into_owned(),
                "reason" => form.reason = tidy(&value),
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
