//! Figures as comma-separated values.

use crate::calls::statistics::{Extension, Month, Row, Shown};
use crate::print::say;

use super::{COLUMNS, Report};

/// Units, one a line. Of one that is suppressed the figures are empty.
pub(super) fn units(rows: &[Row<'_>], month: &Month) {
    let names = COLUMNS.map(|(name, _)| name).join(",");
    say!("month,unit,within,suppressed,people,{names}");
    for row in rows {
        let (people, figures) = match row.shown {
            Shown::Suppressed => (String::new(), COLUMNS.map(|_| String::new())),
            Shown::Figures(figures) => (
                row.unit.people.to_string(),
                COLUMNS.map(|(_, figure)| cell(&figure(figures))),
            ),
        };
        say!(
            "{},{},{},{},{people},{}",
            month.name,
            cell(&row.unit.name),
            cell(row.unit.parent.as_deref().unwrap_or_default()),
            row.shown == Shown::Suppressed,
            figures.join(",")
        );
    }
}

/// Extensions, one a line.
pub(super) fn extensions(all: &[&Extension], report: &Report, month: &Month) {
    let names = COLUMNS.map(|(name, _)| name).join(",");
    say!(
        "month,extension,known,unused,{names},unattended_messages,oldest_message_days,voicemail_percent_in_working_time"
    );
    for extension in all {
        let figures = COLUMNS.map(|(_, figure)| cell(&figure(&extension.figures)));
        let unattended = extension.unattended(report.until);
        let number = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
        say!(
            "{},{},{},{},{},{},{},{}",
            month.name,
            cell(&extension.number),
            extension.is_known,
            extension.is_unused(),
            figures.join(","),
            number(unattended.map(|unattended| unattended.messages)),
            number(unattended.map(|unattended| unattended.oldest_days)),
            number(report.attention(extension)),
        );
    }
}

/// A cell: in quotation marks where it must be, and never a formula to a spreadsheet.
fn cell(text: &str) -> String {
    let text = text.replace(|c: char| c.is_control(), " ");
    let formula = text.starts_with(['=', '+', '-', '@']);
    let text = if formula { format!("'{text}") } else { text };
    match text.contains([',', '"']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_what_it_holds() {
        let check = |text: &str, expected: &str| assert_eq!(cell(text), expected);
        check("2001", "2001");
        check("a, b", "\"a, b\"");
        check("a \"b\"", "\"a \"\"b\"\"\"");
        check("=1+1", "'=1+1");
        check("+441922640001", "'+441922640001");
        check("a\nb", "a b");
    }
}
