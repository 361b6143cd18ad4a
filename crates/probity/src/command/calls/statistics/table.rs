//! Figures for people to read.

use crate::calls::statistics::{Extension, FEWEST, Figures, Month, Row, Shown};
use crate::print::{safe, say};

use super::Report;

/// Units, those below others further in.
pub(super) fn units(rows: &[Row<'_>], month: &Month) {
    say!("Calls in {}", month.name);
    say!();
    head("unit");
    for row in rows {
        let name = match row.unit.name.as_str() {
            "" => "the council",
            name => name,
        };
        let name = format!("{}{}", "  ".repeat(row.depth), safe(name));
        match row.shown {
            Shown::Figures(figures) => line(&name, figures),
            Shown::Suppressed => say!("{name:<28} not shown"),
        }
    }
    if rows.iter().any(|row| row.shown == Shown::Suppressed) {
        say!();
        say!("Not shown: units of fewer than {FEWEST} people, and what would give them away.");
    }
}

/// Extensions by number, and what wants looking at.
pub(super) fn extensions(all: &[&Extension], report: &Report, month: &Month) {
    say!("Calls in {}", month.name);
    say!();
    head("extension");
    for extension in all.iter().filter(|extension| !extension.is_unused()) {
        line(&safe(&extension.number), &extension.figures);
    }
    let list = |title: &str, which: &dyn Fn(&Extension) -> bool| {
        let numbers: Vec<_> = all
            .iter()
            .filter(|extension| which(extension))
            .map(|extension| safe(&extension.number))
            .collect();
        if !numbers.is_empty() {
            say!();
            say!("{title}: {}", numbers.join(", "));
        }
    };
    list("Not used", &Extension::is_unused);
    list("Nobody's in the register", &|extension| !extension.is_known);
    for extension in all {
        if let Some(unattended) = extension.unattended(report.until) {
            say!(
                "{}: {} messages nobody has listened to, the oldest for {} days",
                safe(&extension.number),
                unattended.messages,
                unattended.oldest_days
            );
        }
        if let Some(share) = report.attention(extension) {
            say!(
                "{}: voicemail took {share} of 100 calls in working time",
                safe(&extension.number)
            );
        }
    }
}

fn head(first: &str) {
    say!(
        "{first:<28} {:>7} {:>8} {:>9} {:>6} {:>9} {:>7} {:>9}  cost",
        "in",
        "answered",
        "voicemail",
        "missed",
        "to answer",
        "out",
        "talk"
    );
}

fn line(name: &str, figures: &Figures) {
    let to_answer = figures
        .seconds_to_answer()
        .map_or_else(String::new, |seconds| format!("{seconds} s"));
    let talk = format!(
        "{}:{:02} h",
        figures.seconds / 3600,
        figures.seconds / 60 % 60
    );
    let mut cost = figures.cost_text();
    if figures.unpriced > 0 {
        cost += &format!(" ({} calls without a price)", figures.unpriced);
    }
    say!(
        "{name:<28} {:>7} {:>8} {:>9} {:>6} {to_answer:>9} {:>7} {talk:>9}  {}",
        figures.calls_in,
        figures.answered,
        figures.voicemail,
        figures.missed,
        figures.calls_out,
        cost.trim_start()
    );
}
