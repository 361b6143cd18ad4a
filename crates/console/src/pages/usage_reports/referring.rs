//! A line of a report, referred to those who hear confidential reports.

use axum::extract::{Path, Query};
use matters::id::MatterId;
use matters::incident::{Incident, Kind, Opening};
use minijinja::{Value, context};

use ::reports::usage::Exception;

use super::{Asked, Wanted};
use crate::failure::Failure;
use crate::figures::Usage;
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// Names a line.
fn key(line: &Exception) -> String {
    format!("{} {}", line.clause, line.outcome.title())
}

fn in_words(line: &Exception) -> String {
    let (outcome, count) = (line.outcome.title(), line.count);
    format!("{}: {outcome} {count} times", line.clause)
}

pub(super) async fn ask(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let asked = Asked::of(&visit, &wanted)?;
    let usage = asked.read(&visit).await?;
    form(&visit, &asked, &usage, &Form::default())
}

fn form(visit: &Visit, asked: &Asked, usage: &Usage, form: &Form) -> Answer {
    let line = |line: &Exception| -> Value {
        context! { value => key(line), text => in_words(line) }
    };
    let values = context! {
        title => "Refer a line to internal audit",
        report => usage.report.title.clone(),
        query => asked.query(),
        lines => usage.exceptions.iter().map(line).collect::<Vec<_>>(),
        longest => LONGEST,
    };
    visit.show_form("usage-reports/refer.html", form, values)
}

pub(super) async fn refer(visit: Visit, Query(wanted): Query<Wanted>, mut answers: Form) -> Answer {
    let asked = Asked::of(&visit, &wanted)?;
    let usage = asked.read_again(&visit).await?;
    let find = |chosen: &str| {
        let mut lines = usage.exceptions.iter();
        lines.find(|line| key(line) == chosen)
    };
    let line = answers.choice("line", find, "Choose the line that looks like misuse");
    let reason = answers.text(
        "reason",
        &Text::required("Enter what makes you suspect misuse")
            .longest(LONGEST)
            .lines(),
    );
    let Some(line) = line.filter(|_| answers.is_good()) else {
        return form(&visit, &asked, &usage, &answers);
    };
    let opening = Opening {
        kind: Kind::ReportSomeone,
        words: format!(
            "Report of use, {} ({}).\n{}\n\n{reason}",
            usage.report.title,
            asked.query(),
            in_words(line)
        ),
        happened_at: visit.at,
        url: None,
        message_id: None,
        implicated: None,
        key_sha256: None,
    };
    let store = &visit.console.store;
    let opened = store.open_matter::<Incident>(opening, &visit.act()).await;
    match opened {
        Ok(kept) => visit.to(&format!("/referred/{}", kept.id)),
        Err(error) => {
            answers.refused(error.into())?;
            form(&visit, &asked, &usage, &answers)
        }
    }
}

pub(super) async fn done(visit: Visit, Path(reference): Path<String>) -> Answer {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<Incident>(&id).await?;
    if kept.matter.reporter != visit.viewer.person {
        return Err(Failure::NotFound);
    }
    let values = context! {
        title => "The line has been referred",
        reference => id.as_str(),
    };
    visit.show("usage-reports/referred.html", values)
}
