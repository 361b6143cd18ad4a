//! A report as a file to print, keep or send on: tagged, with its tables as tables. The charts are left
//! out: each shows what the table beside it says.

use paper::{Block, Column, Document, Size};

use crate::report::{Report, Table};

/// Share of a table's width that the names of its rows take, where every other column takes ten.
const NAMES: u16 = 24;

/// The whole report, of a council.
pub fn document(report: &Report, council: &str) -> Document {
    Document {
        language: "en-GB".to_owned(),
        council: council.to_owned(),
        title: report.title.clone(),
        reference: None,
        size: Size::Usual,
        blocks: blocks(report),
    }
}

/// What stands below the title.
pub fn blocks(report: &Report) -> Vec<Block> {
    let purpose = format!(
        "Purpose: {} ({}).",
        report.purpose.code(),
        report.purpose.in_words()
    );
    let notes = report.notes.iter().cloned();
    let words = std::iter::once(purpose).chain(notes).map(Block::Paragraph);
    let tables = report.tables.iter().flat_map(table);
    words.chain(tables).collect()
}

fn table(table: &Table) -> [Block; 2] {
    let columns = table
        .columns
        .iter()
        .enumerate()
        .map(|(place, title)| Column {
            title: title.clone(),
            share: if place == 0 { NAMES } else { 10 },
        });
    let rows = table.rows.iter().map(|row| {
        let name = std::iter::once(row.name.clone());
        name.chain(row.values.iter().map(|value| value.in_words()))
            .collect()
    });
    [
        Block::Heading(table.caption.clone()),
        Block::Table {
            columns: columns.collect(),
            rows: rows.collect(),
        },
    ]
}
