//! A report as CSV (RFC 4180): one line for each value, so that all tables fit in one file.

use crate::report::Report;

/// The whole report.
pub fn csv(report: &Report) -> String {
    let mut text = line([
        "purpose", "month", "unit", "table", "row", "column", "value",
    ]);
    let month = report.month.to_string();
    let unit = report.unit.as_deref().unwrap_or("");
    for table in &report.tables {
        for row in &table.rows {
            for (column, value) in table.columns.iter().skip(1).zip(&row.values) {
                text += &line([
                    report.purpose.code(),
                    &month,
                    unit,
                    &table.caption,
                    &row.name,
                    column,
                    &value.plain(),
                ]);
            }
        }
    }
    text
}

fn line<const N: usize>(fields: [&str; N]) -> String {
    let fields = fields.map(field);
    format!("{}\r\n", fields.join(","))
}

/// A field that no spreadsheet takes for a formula.
fn field(text: &str) -> String {
    let is_formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let text = match is_formula {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_quoted_and_never_a_formula() {
        for (text, csv) in [
            ("plain", "plain"),
            ("a, \"b\"", "\"a, \"\"b\"\"\""),
            ("=1+1", "'=1+1"),
            ("-3.5", "-3.5"),
            ("@x", "'@x"),
        ] {
            assert_eq!(field(text), csv);
        }
    }
}
