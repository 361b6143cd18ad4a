//! Reports that were issued: where each stands, that somebody opened one, and recalling one that is not to
//! be relied on.

use ::reports::month::Month;
use axum::extract::Path;
use matters::id::{MatterId, UnitId};
use matters::report_issue::{self, ReportIssue, State, Step};
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};

use super::{Asked, PAGE, authority};
use crate::duty::Duty;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// Issued reports that are listed: two years of a few units.
const MOST: usize = 100;

/// Longest reason, in characters.
const LONGEST: usize = 500;

/// Issued reports whoever looks may read or recall, the latest first.
pub(super) async fn rows(visit: &Visit) -> Result<Vec<Vec<Value>>, Failure> {
    let filter = Filter {
        limit: MOST,
        ..Filter::default()
    };
    let store = &visit.console.store;
    let issued = store.matters::<ReportIssue>(&filter).await?.items;
    let recalls = recalls(visit);
    let rows = issued.iter().filter_map(|kept| {
        let issue = &kept.matter;
        let is_out = matches!(
            issue.state,
            State::Issued | State::Read | State::Recalled | State::Archived
        );
        let reads = authority(visit, issue.unit.as_ref().map(UnitId::as_str)).is_some();
        (is_out && (reads || recalls)).then(|| row(visit, kept, reads, recalls))
    });
    Ok(rows.collect())
}

fn row(visit: &Visit, kept: &Kept<ReportIssue>, reads: bool, recalls: bool) -> Vec<Value> {
    let issue = &kept.matter;
    let month = in_words(issue);
    let (state, colour) = match issue.state {
        State::Issued => ("Issued", "blue"),
        State::Read => ("Read", "green"),
        State::Recalled => ("Recalled", "red"),
        _ => ("Archived", "grey"),
    };
    let first = match reads {
        true => {
            context! { text => month, href => format!("{}/report?{}", PAGE.path, query(issue)) }
        }
        false => Value::from(month),
    };
    let is_out = matches!(issue.state, State::Issued | State::Read);
    let last = match recalls && is_out {
        true => context! {
            text => "Recall",
            href => format!("{}/{}/recall", PAGE.path, kept.id),
        },
        false => Value::from(issue.recalled_because.clone().unwrap_or_default()),
    };
    let unit = Value::from(unit_of(visit, issue));
    vec![first, unit, context! { tag => state, colour }, last]
}

fn in_words(issue: &ReportIssue) -> String {
    let month = issue.month.parse().map(Month::in_words);
    month.unwrap_or_else(|_| issue.month.clone())
}

fn unit_of(visit: &Visit, issue: &ReportIssue) -> String {
    let Some(unit) = &issue.unit else {
        return "The whole council".to_owned();
    };
    let image = visit.image();
    let known = image.people().unit(unit);
    known.map_or_else(|| unit.to_string(), |unit| unit.name.clone())
}

fn query(issue: &ReportIssue) -> String {
    let unit = issue.unit.as_ref().map_or("", UnitId::as_str);
    let unit = crate::guard::escaped(unit);
    format!("unit={unit}&month={}", issue.month)
}

fn recalls(visit: &Visit) -> bool {
    visit.viewer.duties.contains(&Duty::RecallsReports)
}

/// How the report that is asked for was issued, if it was.
async fn issue_of(visit: &Visit, asked: &Asked) -> Result<Option<Kept<ReportIssue>>, Failure> {
    let unit = asked.unit.as_deref().map(UnitId::from);
    let filter = Filter {
        about: Some(report_issue::about(&asked.month.to_string(), unit.as_ref())),
        limit: 1,
        ..Filter::default()
    };
    let found = visit.console.store.matters::<ReportIssue>(&filter).await?;
    Ok(found.items.into_iter().next())
}

/// Notes that whoever looks opened it. Gives why it was recalled, if it was: then it is not shown.
pub(super) async fn opened(visit: &Visit, asked: &Asked) -> Result<Option<String>, Failure> {
    let Some(kept) = issue_of(visit, asked).await? else {
        return Ok(None);
    };
    let issue = &kept.matter;
    let is_out = matches!(issue.state, State::Issued | State::Read);
    if is_out && !issue.was_read_by(&visit.viewer.person) {
        let store = &visit.console.store;
        store
            .take::<ReportIssue>(&kept.id, None, Step::Read, &visit.act())
            .await?;
    }
    let is_recalled = issue.state == State::Recalled;
    let why = issue.recalled_because.clone();
    let unfit = || "It says what no report may say.".to_owned();
    Ok(is_recalled.then(|| why.unwrap_or_else(unfit)))
}

/// From a notice to the report.
pub(super) async fn lead(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.to(&format!("/report?{}", query(&kept.matter)))
}

async fn found(visit: &Visit, reference: String) -> Result<Kept<ReportIssue>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<ReportIssue>(&id).await?;
    let unit = kept.matter.unit.as_ref().map(UnitId::as_str);
    let may = authority(visit, unit).is_some() || recalls(visit);
    may.then_some(kept).ok_or(Failure::NotFound)
}

pub(super) async fn ask(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may("recall-report", &visit.viewer.person)?;
    shown(&visit, &kept, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<ReportIssue>, form: &Form) -> Answer {
    let values = context! {
        title => "Recall a report",
        report => format!("{}, {}", unit_of(visit, &kept.matter), in_words(&kept.matter)),
        reference => kept.id.as_str(),
        version => kept.version.0,
        longest => LONGEST,
    };
    visit.show_form("usage-reports/recall.html", form, values)
}

pub(super) async fn recall(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may("recall-report", &visit.viewer.person)?;
    let missing = "Enter why it is not to be relied on";
    let reason = form.text("reason", &Text::required(missing).longest(LONGEST).lines());
    if !form.is_good() {
        return shown(&visit, &kept, &form);
    }
    let expected = Some(form.version()?);
    let act = visit.act().because(reason);
    let store = &visit.console.store;
    let taken = store.take::<ReportIssue>(&kept.id, expected, Step::Recall, &act);
    if let Err(error) = taken.await {
        form.refused(error.into())?;
        return shown(&visit, &kept, &form);
    }
    visit.to("/")
}
