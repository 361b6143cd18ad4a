//! A day, typed into three fields.

use jiff::civil::Date;

use crate::words::day_in_words;

/// What a date field takes.
#[derive(Debug, Clone)]
pub struct Day {
    what: String,
    required: bool,
    earliest: Option<Date>,
    latest: Option<Date>,
}

impl Day {
    /// A day that has to be given. `what` begins its errors: `The last day`.
    pub fn required(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            required: true,
            earliest: None,
            latest: None,
        }
    }

    /// A day that may be left out.
    pub fn optional(what: impl Into<String>) -> Self {
        Self {
            required: false,
            ..Self::required(what)
        }
    }

    /// Not before this day.
    pub fn not_before(mut self, earliest: Date) -> Self {
        self.earliest = Some(earliest);
        self
    }

    /// Not after this day.
    pub fn not_after(mut self, latest: Date) -> Self {
        self.latest = Some(latest);
        self
    }

    /// The day, or which field is wrong and how.
    pub fn read(&self, parts: [&str; 3]) -> Result<Option<Date>, (&'static str, String)> {
        const NAMES: [&str; 3] = ["day", "month", "year"];
        let what = &self.what;
        let parts = parts.map(str::trim);
        if parts.iter().all(|part| part.is_empty()) {
            return match self.required {
                true => Err(("day", format!("Enter {}", lower(what)))),
                false => Ok(None),
            };
        }
        for (part, name) in parts.iter().zip(NAMES) {
            if part.is_empty() {
                return Err((name, format!("{what} must include a {name}")));
            }
        }
        let numbers = parts.map(number);
        if parts[2].chars().count() != 4 {
            return Err((
                "year",
                format!("{what} must have a year of 4 digits, like 2027"),
            ));
        }
        let not_real = || ("day", format!("{what} must be a real date, like 31 3 2027"));
        let [Some(day), Some(month), Some(year)] = numbers else {
            return Err(not_real());
        };
        let (day, month) = (i8::try_from(day), i8::try_from(month));
        let (Ok(day), Ok(month)) = (day, month) else {
            return Err(not_real());
        };
        let date = Date::new(year, month, day).map_err(|_| not_real())?;
        if let Some(earliest) = self.earliest.filter(|earliest| date < *earliest) {
            let earliest = day_in_words(earliest);
            return Err(("day", format!("{what} must be {earliest} or later")));
        }
        if let Some(latest) = self.latest.filter(|latest| date > *latest) {
            let latest = day_in_words(latest);
            return Err(("day", format!("{what} must be {latest} or earlier")));
        }
        Ok(Some(date))
    }
}

/// Digits only: `+3` is no day of a month.
fn number(part: &str) -> Option<i16> {
    let digits = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| part.parse().ok()).flatten()
}

fn lower(what: &str) -> String {
    let mut letters = what.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}
