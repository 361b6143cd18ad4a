//! *Cost of misuse*: time sheets of cases, kept by those the pack names, and what they come to in a year
//! beside an earlier one. A sheet names its case and nobody in it. Each look at the report is on the
//! record.

mod acts;
mod opening;

use std::collections::BTreeMap;

use ::reports::misuse::{Case, Earlier, Spent, Year, report};
use ::reports::pdf;
use ::reports::report::{Report, Value as Figure};
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use matters::authority::Authority;
use matters::case_time::{CaseTime, Entry, Stage, State};
use minijinja::{Value, context};
use policy::people::CaseTimeRules;
use register_store::looks::Look;
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::duty::Duty;
use crate::failure::Failure;
use crate::of_matters::{self, OfMatters};
use crate::report_shown;
use crate::visit::{Answer, Visit};
use crate::words::day_in_words;

pub(super) const PAGE: Page = Page {
    action: "cost-of-misuse",
    path: "/cost-of-misuse",
    title: "Cost of misuse",
    group: Group::Registers,
    routes,
};

/// Years one can choose from.
const YEARS: usize = 6;

/// Most sheets a report is made of: some hundred years of a council's.
const MOST_SHEETS: usize = 10_000;

fn routes() -> Router<Console> {
    of_matters::routes::<CaseTime>()
        .route("/new", get(opening::ask).post(opening::open))
        .route("/report", get(show_report))
        .route("/paper", get(paper))
        .route("/{reference}/{act}", get(acts::ask).post(acts::act))
}

/// What the policy says of it. A page of a council whose policy says nothing is not there.
fn rules(visit: &Visit) -> Result<&CaseTimeRules, Failure> {
    let rules = visit.console.people.case_time.as_ref();
    rules.ok_or(Failure::NotFound)
}

fn stage_in_words(stage: Stage) -> &'static str {
    match stage {
        Stage::Investigation => "Finding out what happened",
        Stage::Hearing => "Hearing and deciding",
        Stage::FollowUp => "What followed",
    }
}

fn in_words(state: State) -> (&'static str, &'static str) {
    match state {
        State::Open => ("Not over", "blue"),
        State::Closed => ("Over", "grey"),
    }
}

impl OfMatters for CaseTime {
    const PAGE: &'static Page = &PAGE;
    const LIST: &'static str = "cost-of-misuse/list.html";
    const MATTER: &'static str = "cost-of-misuse/matter.html";

    fn beside(visit: &Visit) -> Result<Value, Failure> {
        let this = this_year(visit)?;
        let years = std::iter::successors(Some(this), |year| Some(year.before()));
        let years = years.take(YEARS).map(|year| year.to_string());
        let years = years.map(|year| context! { value => year.clone(), text => year });
        Ok(context! { years => years.collect::<Vec<_>>() })
    }

    fn heading(_: &Visit, _: &Kept<Self>) -> String {
        "A time sheet".to_owned()
    }

    fn row(_: &Visit, kept: &Kept<Self>) -> Value {
        let sheet = &kept.matter;
        let (state, colour) = in_words(sheet.state);
        let spent = sheet.counted().map(|entry| u64::from(entry.minutes));
        let cost = |entry: &Entry| u64::from(entry.minutes) * u64::from(entry.pence_per_hour);
        let pence_minutes: u64 = sheet.counted().map(cost).sum();
        context! {
            case => sheet.case.clone(),
            began => day_in_words(sheet.began_on),
            time => hours(spent.sum()),
            cost => Figure::Pence((pence_minutes + 30) / 60).in_words(),
            outcome => sheet.outcome.clone(),
            state,
            colour,
        }
    }

    fn facts(visit: &Visit, kept: &Kept<Self>) -> Vec<Value> {
        let row = Self::row(visit, kept);
        let fact = |key: &str, name: &str| context! { key, value => row.get_attr(name).unwrap_or_default() };
        let clauses: Vec<_> = kept.matter.clauses.iter().cloned().collect();
        let outcome = kept.matter.outcome.clone();
        let outcome = outcome.unwrap_or_else(|| "None yet".to_owned());
        vec![
            fact("Case", "case"),
            fact("Began", "began"),
            context! { key => "Clauses", values => clauses, value => "None" },
            context! { key => "Outcome", value => outcome },
            fact("Time", "time"),
            fact("Cost", "cost"),
        ]
    }

    fn more(_: &Visit, kept: &Kept<Self>) -> Value {
        let entries = (1..).zip(&kept.matter.entries).map(|(number, entry)| {
            let counts = match entry.is_struck {
                true => "Struck out",
                false => "Counts",
            };
            [
                format!("{number}"),
                day_in_words(entry.on),
                stage_in_words(entry.stage).to_owned(),
                entry.grade.clone(),
                hours(entry.minutes.into()),
                Figure::Pence(entry.pence_per_hour.into()).in_words(),
                counts.to_owned(),
            ]
            .to_vec()
        });
        context! { entries => entries.collect::<Vec<_>>() }
    }

    fn links(visit: &Visit, kept: &Kept<Self>) -> Vec<Value> {
        acts::offered(visit, kept)
    }
}

/// Minutes as hours and minutes.
fn hours(minutes: u64) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// Which year.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OfYear {
    year: String,
}

fn begins_in(visit: &Visit) -> Result<i8, Failure> {
    // The pack was checked: it is a month.
    Ok(i8::try_from(rules(visit)?.year_begins_in).unwrap_or(1))
}

fn this_year(visit: &Visit) -> Result<Year, Failure> {
    Ok(Year::of(visit.today(), begins_in(visit)?))
}

async fn show_report(visit: Visit, Query(wanted): Query<OfYear>) -> Answer {
    let Some(year) = Year::parse(&wanted.year, begins_in(&visit)?) else {
        return visit.to("/");
    };
    let report = read(&visit, year).await?;
    let values = context! {
        title => format!("{}: {}", PAGE.title, report.title),
        year => year.to_string(),
        ..report_shown::values(&report)
    };
    visit.show("cost-of-misuse/report.html", values)
}

/// The same as a file.
async fn paper(visit: Visit, Query(wanted): Query<OfYear>) -> Answer {
    let Some(year) = Year::parse(&wanted.year, begins_in(&visit)?) else {
        return visit.to("/");
    };
    let report = read(&visit, year).await?;
    let document = visit.document(report.title.clone(), None, pdf::blocks(&report));
    let name = format!(
        "{}-{}",
        report.purpose.code(),
        year.to_string().replace('/', "-")
    );
    visit.print(&name, document).await
}

/// The report of a year. That it was asked for is on the record before anything is shown.
async fn read(visit: &Visit, year: Year) -> Result<Report, Failure> {
    let rules = rules(visit)?;
    let look = Look {
        purpose: "misuse-cost",
        month: &year.to_string(),
        unit: None,
    };
    let (store, act) = (&visit.console.store, visit.act());
    let authority = authority(visit);
    store
        .looked_at(&look, authority.clone(), rules.clauses.clone(), &act)
        .await?;
    authority.ok_or(Failure::NotYours)?;
    let cases = cases(visit).await?;
    let stages: Vec<&'static str> = Stage::ALL.iter().copied().map(stage_in_words).collect();
    // The latest year of the pack before the one that is asked for.
    let begins_in = begins_in(visit)?;
    let earlier = rules.earlier.iter();
    let earlier = earlier.filter_map(|(name, rows)| Some((Year::parse(name, begins_in)?, rows)));
    let earlier = earlier
        .filter(|(earlier, _)| *earlier < year)
        .max_by_key(|(year, _)| *year);
    let earlier = earlier.map(|(year, rows)| {
        let rows = rows.iter().map(|(outcome, row)| {
            let row = Earlier {
                cases: row.cases.into(),
                minutes: u64::from(row.hours) * 60,
                pence: u64::from(row.pounds) * 100,
            };
            (outcome.clone(), row)
        });
        (year, rows.collect::<BTreeMap<_, _>>())
    });
    let earlier = earlier.as_ref().map(|(year, rows)| (*year, rows));
    Ok(report(year, &cases, &stages, earlier))
}

/// The authority by which whoever looks reads it.
fn authority(visit: &Visit) -> Option<Authority> {
    let image = visit.image();
    let readers: Vec<_> = visit.console.duties.posts(Duty::BooksCaseTime).collect();
    let mut held = image.posts().of(&visit.viewer.person, visit.at);
    held.find(|authority| readers.contains(&&authority.post))
}

async fn cases(visit: &Visit) -> Result<Vec<Case>, Failure> {
    let image = visit.image();
    let title = |id: &String| {
        let mut clauses = image.pack().clauses().iter();
        let clause = clauses.find(|clause| clause.id.as_str() == id);
        clause.map_or_else(|| id.clone(), |clause| format!("{id} {}", clause.title))
    };
    let mut filter = Filter {
        limit: 500,
        ..Filter::default()
    };
    let mut cases = Vec::new();
    loop {
        let page = visit.console.store.matters::<CaseTime>(&filter).await?;
        filter.after = page.items.last().map(|kept| kept.id.clone());
        cases.extend(page.items.into_iter().map(|kept| Case {
            began_on: kept.matter.began_on,
            clauses: kept.matter.clauses.iter().map(title).collect(),
            outcome: kept.matter.outcome.clone(),
            spent: kept.matter.counted().map(spent).collect(),
        }));
        if !page.more || cases.len() >= MOST_SHEETS {
            return Ok(cases);
        }
    }
}

fn spent(entry: &Entry) -> Spent {
    Spent {
        on: entry.on,
        stage: stage_in_words(entry.stage),
        minutes: entry.minutes,
        pence_per_hour: entry.pence_per_hour,
    }
}

#[cfg(test)]
mod tests;
