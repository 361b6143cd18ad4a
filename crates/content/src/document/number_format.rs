//! What the cells of a sheet show for a number: dates, times and percentages are numbers with a format.
//!
//! Only that much of number formats (ECMA-376, 18.8.31) is read. A date comes out as day, month and
//! year whatever the order of the format, so that it is recognised for one.

/// What a format makes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum NumberFormat {
    /// As it is, or rounded or grouped, which is left out here.
    #[default]
    Plain,
    Date,
    Time,
    DateAndTime,
    /// With this many digits behind the point.
    Percent(usize),
}

/// How the days of a workbook are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Epoch {
    /// Day 1 is 1 January 1900, and there is a 29 February 1900.
    #[default]
    Of1900,
    /// Day 0 is 1 January 1904.
    Of1904,
}

/// The last day a sheet can show, 31 December 9999.
const LAST_DAY: f64 = 2_958_466.0;

impl NumberFormat {
    /// One of those that need no code, by its number.
    pub(super) fn built_in(number: usize) -> NumberFormat {
        match number {
            9 => NumberFormat::Percent(0),
            10 => NumberFormat::Percent(2),
            // 27 to 36 and 50 to 58 are dates in East Asian versions.
            14..=17 | 27..=36 | 50..=58 => NumberFormat::Date,
            18..=21 | 45..=47 => NumberFormat::Time,
            22 => NumberFormat::DateAndTime,
            _ => NumberFormat::Plain,
        }
    }

    /// By its code, such as `dd/mm/yyyy` or `0.00%`.
    pub(super) fn of(code: &str) -> NumberFormat {
        let (mut date, mut month_or_minute, mut time, mut percent) = (false, false, false, false);
        let (mut behind_point, mut decimals) = (false, 0);
        let mut characters = code.chars();
        while let Some(character) = characters.next() {
            match character.to_ascii_lowercase() {
                // For negative numbers and for zero.
                ';' => break,
                '"' => {
                    let _quoted = characters.find(|c| *c == '"');
                }
                '\\' | '_' | '*' => {
                    let _shown = characters.next();
                }
                '[' => {
                    let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    // `[h]` counts hours beyond a day; other brackets hold colours and conditions.
                    time |= ["h", "hh", "m", "mm", "s", "ss"]
                        .iter()
                        .any(|unit| unit.eq_ignore_ascii_case(&inside));
                }
                'd' | 'y' => date = true,
                'h' | 's' => time = true,
                'm' => month_or_minute = true,
                '%' => percent = true,
                '.' => behind_point = true,
                '0' | '#' | '?' if behind_point => decimals += 1,
                // `General` is no format at all.
                'g' => return NumberFormat::Plain,
                _ => (),
            }
        }
        match (date || month_or_minute && !time, time) {
            (true, true) => NumberFormat::DateAndTime,
            (true, false) => NumberFormat::Date,
            (false, true) => NumberFormat::Time,
            (false, false) if percent => NumberFormat::Percent(decimals.min(9)),
            (false, false) => NumberFormat::Plain,
        }
    }

    /// What is shown for a number; `None` where that is the number itself.
    pub(super) fn shown(self, number: f64, epoch: Epoch) -> Option<String> {
        match self {
            NumberFormat::Plain => None,
            NumberFormat::Percent(decimals) => Some(format!("{:.decimals$}%", number * 100.0)),
            _ if !(0.0..LAST_DAY).contains(&number) => None,
            NumberFormat::Date => Some(date(number, epoch)),
            NumberFormat::Time => Some(time(number)),
            NumberFormat::DateAndTime => Some(format!("{} {}", date(number, epoch), time(number))),
        }
    }
}

fn date(number: f64, epoch: Epoch) -> String {
    // Within the bound of `shown`, so it fits.
    let days = number as i64;
    let since_1970 = match epoch {
        Epoch::Of1904 => days - 24_107,
        // Before the 29 February 1900 that never was.
        Epoch::Of1900 if days < 60 => days - 25_568,
        Epoch::Of1900 => days - 25_569,
    };
    let (day, month, year) = civil(since_1970);
    format!("{day:02}/{month:02}/{year}")
}

/// Day, month and year of a day since 1 January 1970, which may not lie before the year 0. By Howard
/// Hinnant's `civil_from_days`: years begin in March, so that the leap day is the last.
fn civil(since_1970: i64) -> (i64, i64, i64) {
    let days = since_1970 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (day, month, year + era * 400 + i64::from(month <= 2))
}

fn time(number: f64) -> String {
    let minutes = (number.fract() * 1_440.0).round() as u64;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart() {
        for (code, format) in [
            ("dd/mm/yyyy", NumberFormat::Date),
            ("[$-809]d mmmm yyyy;@", NumberFormat::Date),
            ("mmm\\-yy", NumberFormat::Date),
            ("yyyy\\-mm\\-dd hh:mm:ss", NumberFormat::DateAndTime),
            ("hh:mm", NumberFormat::Time),
            ("mm:ss", NumberFormat::Time),
            ("[h]:mm", NumberFormat::Time),
            ("0%", NumberFormat::Percent(0)),
            ("0.00%", NumberFormat::Percent(2)),
            ("General", NumberFormat::Plain),
            ("#,##0.00", NumberFormat::Plain),
            ("[Red]0.0", NumberFormat::Plain),
            ("0 \"days\"", NumberFormat::Plain),
            ("\"TRUE\";\"TRUE\";\"FALSE\"", NumberFormat::Plain),
            ("@", NumberFormat::Plain),
        ] {
            assert_eq!(NumberFormat::of(code), format, "{code}");
        }
    }

    #[test]
    fn numbers_are_shown_as_in_a_sheet() {
        use Epoch::*;
        for (format, number, epoch, shown) in [
            (NumberFormat::Date, 1.0, Of1900, Some("01/01/1900")),
            (NumberFormat::Date, 59.0, Of1900, Some("28/02/1900")),
            (NumberFormat::Date, 61.0, Of1900, Some("01/03/1900")),
            (NumberFormat::Date, 46_095.0, Of1900, Some("14/03/2026")),
            (NumberFormat::Date, 45_351.0, Of1900, Some("29/02/2024")),
            (NumberFormat::Date, 44_633.0, Of1904, Some("14/03/2026")),
            (NumberFormat::Date, 2_958_465.0, Of1900, Some("31/12/9999")),
            (NumberFormat::Date, 1e300, Of1900, None),
            (NumberFormat::Date, -3.0, Of1900, None),
            (NumberFormat::Date, f64::NAN, Of1900, None),
            (NumberFormat::Time, 0.75, Of1900, Some("18:00")),
            (
                NumberFormat::DateAndTime,
                46_095.25,
                Of1900,
                Some("14/03/2026 06:00"),
            ),
            (NumberFormat::Percent(1), 0.256, Of1900, Some("25.6%")),
            (NumberFormat::Plain, 3.0, Of1900, None),
        ] {
            let found = format.shown(number, epoch);
            assert_eq!(found.as_deref(), shown, "{format:?} {number}");
        }
    }
}
