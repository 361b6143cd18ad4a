//! *Reports of use*: what a unit used in a month and what the policy stopped, for whoever the pack names, of
//! the units their post reaches and no others. Each look is on the record, and so is each that was
//! refused. What looks like misuse is referred from here to those who hear confidential reports.

mod issued;
mod referring;

use std::collections::BTreeMap;

use ::reports::month::Month;
use ::reports::pdf;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use matters::authority::Authority;
use matters::id::UnitId;
use minijinja::{Value, context};
use register_store::looks::Look;
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::duty::Duty;
use crate::failure::Failure;
use crate::figures::{FiguresGone, Usage};
use crate::form::Form;
use crate::report_shown;
use crate::visit::{Answer, Visit};

pub(super) const PAGE: Page = Page {
    action: "usage-reports",
    path: "/usage-reports",
    title: "Reports of use",
    group: Group::Team,
    routes,
};

/// Months one can choose from.
const MOST_MONTHS: usize = 24;

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(choose))
        .route("/report", get(show))
        .route("/paper", get(paper))
        .route("/refer", get(referring::ask).post(referring::refer))
        .route("/referred/{reference}", get(referring::done))
        .route("/{reference}", get(issued::lead))
        .route("/{reference}/recall", get(issued::ask).post(issued::recall))
}

/// Which report.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    unit: String,
    month: String,
}

/// A report somebody asks for.
struct Asked {
    /// None is the whole council.
    unit: Option<String>,
    month: Month,
}

impl Asked {
    /// What the address asks for. A unit nobody knows is not there.
    fn of(visit: &Visit, wanted: &Wanted) -> Result<Self, Failure> {
        let month = wanted.month.parse().map_err(|_| Failure::NotFound)?;
        let unit = Some(wanted.unit.clone()).filter(|unit| !unit.is_empty());
        let image = visit.image();
        let is_known = |unit: &String| image.people().unit(&UnitId::from(unit.as_str())).is_some();
        match unit.as_ref().is_none_or(is_known) {
            true => Ok(Self { unit, month }),
            false => Err(Failure::NotFound),
        }
    }

    /// The report, for somebody whose post reaches the unit. Whether it does or not, that they asked is on the
    /// record before anything is shown.
    async fn read(&self, visit: &Visit) -> Result<Usage, Failure> {
        let authority = self.authority(visit);
        self.note(visit, authority.clone()).await?;
        authority.ok_or(Failure::NotYours)?;
        self.usage(visit)
    }

    /// The same for somebody who was shown it a moment ago, so that only a refusal goes on the record.
    async fn read_again(&self, visit: &Visit) -> Result<Usage, Failure> {
        if self.authority(visit).is_none() {
            return self.read(visit).await;
        }
        self.usage(visit)
    }

    fn authority(&self, visit: &Visit) -> Option<Authority> {
        authority(visit, self.unit.as_deref())
    }

    async fn note(&self, visit: &Visit, authority: Option<Authority>) -> Result<(), Failure> {
        let look = Look {
            purpose: "usage",
            month: &self.month.to_string(),
            unit: self.unit.as_deref(),
        };
        let reports = visit.console.people.reports.as_ref();
        let clauses = reports.map(|rules| rules.clauses.clone());
        let clauses = clauses.unwrap_or_default();
        let store = &visit.console.store;
        store
            .looked_at(&look, authority, clauses, &visit.act())
            .await?;
        Ok(())
    }

    fn usage(&self, visit: &Visit) -> Result<Usage, Failure> {
        let figures = visit.console.figures.as_ref().ok_or(Failure::NotFound)?;
        let usage = figures.usage(self.unit.as_deref(), self.month);
        usage.map_err(unreadable)?.ok_or(Failure::NotFound)
    }

    fn query(&self) -> String {
        let unit = self.unit.as_deref().unwrap_or_default();
        let mut query = String::from("unit=");
        for byte in unit.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => query.push(byte.into()),
                other => query += &format!("%{other:02X}"),
            }
        }
        format!("{query}&month={}", self.month)
    }
}

fn unreadable(error: FiguresGone) -> Failure {
    Failure::unavailable(error)
}

/// The authority by which whoever looks may read of a unit, or of the whole council.
fn authority(visit: &Visit, unit: Option<&str>) -> Option<Authority> {
    let image = visit.image();
    let (posts, people) = (image.posts(), image.people());
    let readers: Vec<_> = visit.console.duties.posts(Duty::ReadsReports).collect();
    let mut held = posts.of(&visit.viewer.person, visit.at);
    held.find(|authority| {
        let reaches = match (&authority.unit, unit) {
            (None, _) => true,
            (Some(above), Some(unit)) => people.is_within(&UnitId::from(unit), above),
            (Some(_), None) => false,
        };
        reaches && readers.contains(&&authority.post)
    })
}

async fn choose(visit: Visit) -> Answer {
    let figures = visit.console.figures.as_ref();
    let months = figures.map_or_else(|| Ok(Vec::new()), |figures| figures.months());
    let months = months.map_err(unreadable)?;
    let months = months.iter().rev().take(MOST_MONTHS).map(|month| {
        context! { value => month.to_string(), text => month.in_words() }
    });
    let image = visit.image();
    let mine = image.people().units().filter(|unit| {
        let unit = unit.id.as_str();
        authority(&visit, Some(unit)).is_some()
    });
    let mut units: BTreeMap<(&str, &str), Value> = BTreeMap::new();
    units.extend(mine.map(|unit| {
        let (id, name) = (unit.id.as_str(), unit.name.as_str());
        ((name, id), context! { value => id, text => name })
    }));
    let values = context! {
        months => months.collect::<Vec<_>>(),
        units => units.into_values().collect::<Vec<_>>(),
        of_all => authority(&visit, None).is_some(),
        reads => visit.viewer.duties.contains(&Duty::ReadsReports),
        issued => issued::rows(&visit).await?,
    };
    visit.show_form("usage-reports/choose.html", &Form::default(), values)
}

async fn show(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    // What nobody could have chosen leads back to the choice.
    let Ok(asked) = Asked::of(&visit, &wanted) else {
        return visit.to("/");
    };
    let usage = asked.read(&visit).await?;
    if let Some(why) = issued::opened(&visit, &asked).await? {
        return recalled(&visit, &why);
    }
    let report = &usage.report;
    let values = context! {
        title => format!("{}: {}", PAGE.title, report.title),
        paper => asked.query(),
        refer => (!usage.exceptions.is_empty()).then(|| asked.query()),
        ..report_shown::values(report)
    };
    visit.show("usage-reports/report.html", values)
}

/// The same as a file. Whoever takes it is on the record as whoever reads the page is.
async fn paper(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let Ok(asked) = Asked::of(&visit, &wanted) else {
        return visit.to("/");
    };
    let report = asked.read(&visit).await?.report;
    if let Some(why) = issued::opened(&visit, &asked).await? {
        return recalled(&visit, &why);
    }
    let document = visit.document(report.title.clone(), None, pdf::blocks(&report));
    let name = format!("{}-{}", report.purpose.code(), report.month);
    visit.print(&name, document).await
}

fn recalled(visit: &Visit, why: &str) -> Answer {
    let title = format!("{}: recalled", PAGE.title);
    visit.show("usage-reports/recalled.html", context! { title, why })
}

#[cfg(test)]
mod tests;
