//! Single values as people and systems write them: text, days, addresses, account names.
//!
//! Each function says what is wrong and what to write instead; the reader adds where.

use jiff::civil::Date;

/// What is wrong with a value, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub hint: &'static str,
}

fn wrong(reason: impl Into<String>, hint: &'static str) -> Wrong {
    Wrong {
        reason: reason.into(),
        hint,
    }
}

/// Most characters of a name, title or unit.
pub const LONGEST_TEXT: usize = 200;
/// Most characters of an employee number, account name or other key.
pub const LONGEST_KEY: usize = 64;
/// Most characters of a mail address (RFC 5321).
const LONGEST_ADDRESS: usize = 254;
/// Nobody at work today began before.
const EARLIEST_YEAR: i16 = 1940;
/// Contracts are not made for longer ahead than this.
const LATEST_YEAR: i16 = 2100;

/// Text a person may read: not over-long, nothing invisible in it.
pub fn text(value: &str, longest: usize) -> Result<&str, Wrong> {
    let value = value.trim();
    if value.chars().nth(longest).is_some() {
        let reason = format!("is longer than {longest} characters");
        return Err(wrong(reason, "shorten it"));
    }
    if value.chars().any(is_invisible) {
        return Err(wrong(
            "contains a character that cannot be seen",
            "type it afresh, without line breaks or formatting",
        ));
    }
    Ok(value)
}

/// Control characters, and marks that change the direction or joining of what stands around them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFD}')
}

/// An employee number or account name: text without spaces.
pub fn key(value: &str) -> Result<&str, Wrong> {
    let value = text(value, LONGEST_KEY)?;
    if value.contains(char::is_whitespace) {
        return Err(wrong("has a space in it", "give it without spaces"));
    }
    Ok(value)
}

/// A mail address, in lower case.
pub fn address(value: &str) -> Result<String, Wrong> {
    let value = text(value, LONGEST_ADDRESS)?;
    let well_formed = value.split_once('@').is_some_and(|(local, domain)| {
        let plain = |c: char| !c.is_whitespace() && !"@<>,;\"()".contains(c);
        !local.is_empty()
            && domain.contains('.')
            && (local.chars().chain(domain.chars())).all(plain)
    });
    if !well_formed {
        let reason = format!("`{value}` is not a mail address");
        return Err(wrong(
            reason,
            "give one address, such as name@council.gov.uk",
        ));
    }
    Ok(value.to_lowercase())
}

/// A day: `2007-04-30`, `30/04/2007` or `30/04/07`, day before month. Of years in two digits, 70 to 99
/// are of the last century.
pub fn day(value: &str) -> Result<Date, Wrong> {
    const HINT: &str = "write days as 2007-04-30 or 30/04/2007";
    let unclear = || wrong(format!("`{}` is not a day", clipped(value)), HINT);
    let value = value.trim();
    let split = |by: char| -> Option<[&str; 3]> {
        let parts: Vec<_> = value.splitn(4, by).collect();
        parts.try_into().ok()
    };
    let [year, month, day] = match (split('-'), split('/'), split('.')) {
        // Exports of spreadsheets like to add midnight to a day.
        (Some([year, month, day]), ..) if year.len() == 4 => {
            [year, month, day.strip_suffix("T00:00:00").unwrap_or(day)]
        }
        (Some([day, month, year]), ..)
        | (_, Some([day, month, year]), _)
        | (.., Some([day, month, year])) => [
            year.strip_suffix(" 00:00:00")
                .or(year.strip_suffix(" 00:00"))
                .unwrap_or(year),
            month,
            day,
        ],
        _ => return Err(unclear()),
    };
    let digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| -> Option<i16> {
        let fits = lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| part.parse().ok()).flatten()
    };
    let number = digits(year, 2..=4).filter(|_| year.len() != 3);
    let number = number.map(|number| match year.len() {
        2 if number >= 70 => 1900 + number,
        2 => 2000 + number,
        _ => number,
    });
    let (Some(year), Some(month), Some(day)) = (number, digits(month, 1..=2), digits(day, 1..=2))
    else {
        return Err(unclear());
    };
    // At most two digits each, so they fit.
    let date = Date::new(year, month as i8, day as i8);
    let date = date.map_err(|_| wrong(format!("there is no day `{}`", clipped(value)), HINT))?;
    if !(EARLIEST_YEAR..=LATEST_YEAR).contains(&date.year()) {
        let reason = format!("`{}` is not a year of anybody's work", clipped(value));
        return Err(wrong(reason, HINT));
    }
    Ok(date)
}

/// As much of a stranger's value as belongs in a message.
pub fn clipped(value: &str) -> String {
    let clean = value.chars().map(|c| if is_invisible(c) { '·' } else { c });
    clean.take(40).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_read_as_people_write_them() {
        let check = |text: &str, expected| assert_eq!(day(text).ok(), expected, "{text}");
        check("2007-04-30", Some(date(2007, 4, 30)));
        check("2007-04-30T00:00:00", Some(date(2007, 4, 30)));
        check("30/04/07", Some(date(2007, 4, 30)));
        check("1/4/2007", Some(date(2007, 4, 1)));
        check("01.04.2007", Some(date(2007, 4, 1)));
        check("01-04-2007", Some(date(2007, 4, 1)));
        check("01/04/2007 00:00", Some(date(2007, 4, 1)));
        check("01/02/71", Some(date(1971, 2, 1)));
        check("31/04/07", None);
        check("29/02/2023", None);
        check("29/02/2024", Some(date(2024, 2, 29)));
        check("04/30/2007", None);
        check("1/1/0001", None);
        check("30 April", None);
        check("1/1/100", None);
        check("+1/1/20", None);
        check("", None);
        check("1/2/3/4", None);
    }

    #[test]
    fn text_is_bounded_and_visible() {
        assert_eq!(text("  Ann O'Neill ", 20), Ok("Ann O'Neill"));
        for bad in [
            "a\u{0}b",
            "a\nb",
            "a\u{202E}b",
            "a\u{200B}b",
            &"x".repeat(21),
        ] {
            assert!(text(bad, 20).is_err(), "{bad:?}");
        }
        assert!(key("a b").is_err());
    }

    #[test]
    fn addresses_are_single_and_lower_case() {
        assert_eq!(address("Ann@Council.gov.UK").unwrap(), "ann@council.gov.uk");
        for bad in [
            "ann",
            "ann@",
            "@x.y",
            "a@b",
            "a@b.c, d@e.f",
            "a b@c.d",
            "a@b@c.d",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
