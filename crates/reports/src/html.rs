//! A report as a page of its own: it needs nothing but itself, reads in order without its styles, and
//! prints.

use std::fmt::Write as _;

use crate::chart::escaped;
use crate::report::{Report, Table};

const STYLE: &str = "body{font:1rem/1.5 sans-serif;color:#0b0c0c;max-width:60rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;margin:1rem 0;width:100%}caption{font-weight:bold;text-align:left;padding:.5rem 0}\
th,td{border-bottom:1px solid #b1b4b6;padding:.4rem .6rem;text-align:left;vertical-align:top}\
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}\
.wide{overflow-x:auto}svg{max-width:100%;height:auto}figure{margin:1rem 0}";

/// The whole page.
pub fn page(report: &Report) -> String {
    let title = escaped(&report.title);
    format!(
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{}\
         </main>\n</body>\n</html>\n",
        body(report)
    )
}

/// What stands below the title, for a page that has its own.
pub fn body(report: &Report) -> String {
    let mut html = format!(
        "<p>Purpose: {} ({}).</p>\n",
        escaped(report.purpose.code()),
        escaped(report.purpose.in_words())
    );
    for note in &report.notes {
        let _ = writeln!(html, "<p>{}</p>", escaped(note));
    }
    for (place, table) in report.tables.iter().enumerate() {
        if let Some(chart) = &table.chart {
            let svg = chart.svg(&format!("chart-{place}"));
            let _ = writeln!(html, "<figure>{svg}</figure>");
        }
        write_table(table, place, &mut html);
    }
    html
}

fn write_table(table: &Table, place: usize, html: &mut String) {
    // What scrolls sideways has to be reached by keyboard.
    let _ = write!(
        html,
        "<div class=\"wide\" role=\"region\" aria-labelledby=\"table-{place}\" tabindex=\"0\">\n\
         <table>\n<caption id=\"table-{place}\">{}</caption>\n<thead><tr>",
        escaped(&table.caption)
    );
    for (column, name) in table.columns.iter().enumerate() {
        let class = if column == 0 { "" } else { " class=\"number\"" };
        let _ = match name.is_empty() {
            true => write!(html, "<td></td>"),
            false => write!(html, "<th scope=\"col\"{class}>{}</th>", escaped(name)),
        };
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        let _ = write!(html, "<tr><th scope=\"row\">{}</th>", escaped(&row.name));
        for value in &row.values {
            let class = if value.is_number() {
                " class=\"number\""
            } else {
                ""
            };
            let _ = write!(html, "<td{class}>{}</td>", escaped(&value.in_words()));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n</div>\n");
}
