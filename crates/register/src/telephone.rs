//! Telephone numbers as people and feeds write them, made comparable.

/// A number as it is looked up: its digits, those of a whole number with the country. Nothing where there
/// is no digit. `01922 650000`, `+44 1922 650000` and `441922650000` are one number; `2001` stays as it is.
pub fn plain(given: &str) -> Option<String> {
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return None;
    }
    if given.trim_start().starts_with('+') {
        return Some(digits);
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return Some(rest.to_owned());
    }
    Some(match digits.strip_prefix('0') {
        Some(rest) => format!("44{rest}"),
        None => digits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_however_it_is_written() {
        let check = |given: &str, expected: Option<&str>| {
            assert_eq!(plain(given).as_deref(), expected, "{given}");
        };
        check("01922 650000", Some("441922650000"));
        check("+44 1922 650000", Some("441922650000"));
        check("0044 (1922) 650-000", Some("441922650000"));
        check("441922650000", Some("441922650000"));
        check("2001", Some("2001"));
        check("anonymous", None);
        check("", None);
    }
}
