//! A report as text, for a terminal and for mail.

use std::fmt::Write as _;

use crate::report::{Report, Table};

/// The whole report.
pub fn text(report: &Report) -> String {
    let mut text = format!(
        "{}\nPurpose: {} ({}).\n",
        report.title,
        report.purpose.code(),
        report.purpose.in_words()
    );
    for note in &report.notes {
        let _ = writeln!(text, "{note}");
    }
    for table in &report.tables {
        let _ = write!(text, "\n{}\n", table.caption);
        write_table(table, &mut text);
    }
    text
}

fn write_table(table: &Table, text: &mut String) {
    let mut lines = vec![table.columns.clone()];
    lines.extend(table.rows.iter().map(|row| {
        let name = std::iter::once(row.name.clone());
        name.chain(row.values.iter().map(|value| value.in_words()))
            .collect()
    }));
    let widths: Vec<_> = (0..table.columns.len())
        .map(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for line in &lines {
        let mut row = String::new();
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let _ = match column {
                0 => write!(row, "  {cell:<width$}"),
                _ => write!(row, "  {cell:>width$}"),
            };
        }
        let _ = writeln!(text, "{}", row.trim_end());
    }
}
