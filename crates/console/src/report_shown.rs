//! A report as the template `report.html` shows it.

use ::reports::report::{Report, Table};
use minijinja::{Value, context};

/// What the template needs of it.
pub(crate) fn values(report: &Report) -> Value {
    let tables = report.tables.iter().enumerate();
    context! {
        heading => report.title.clone(),
        purpose => report.purpose.in_words(),
        code => report.purpose.code(),
        notes => report.notes.clone(),
        tables => tables.map(|(place, one)| table(place, one)).collect::<Vec<_>>(),
    }
}

fn table(place: usize, table: &Table) -> Value {
    let rows = table.rows.iter().map(|row| {
        let name = std::iter::once(row.name.clone());
        let values = row.values.iter().map(|value| value.in_words());
        name.chain(values).collect::<Vec<_>>()
    });
    let chart = table.chart.as_ref();
    context! {
        caption => table.caption.clone(),
        columns => table.columns.clone(),
        rows => rows.collect::<Vec<_>>(),
        chart => chart.map(|chart| Value::from_safe_string(chart.svg(&format!("chart-{place}")))),
    }
}
