//! *Feeds health*: when each feed was last taken in, what came of it, and each row it set aside with
//! what is wrong and what to do; and whether people are told by email.

mod mail;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use minijinja::{Value, context};
use register_store::feeds::{FeedRun, RunStatus};
use register_store::reconciliation::FEED as COMPARISON;
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::form::Form;
use crate::paging::{Paging, address};
use crate::visit::{Answer, Visit, of};
use crate::words::{age_in_words, moment_in_words};

pub(super) const PAGE: Page = Page {
    action: "feeds-health",
    path: "/feeds",
    title: "Feeds health",
    group: Group::Registers,
    routes,
};

/// Runs, or rows set aside, on one page.
const ON_A_PAGE: usize = 25;

/// Feeds are taken in every night; after two without one somebody should look.
const OLD: SignedDuration = SignedDuration::from_hours(48);

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .route("/{run}", get(show))
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    feed: String,
    after: String,
}

fn in_words(status: RunStatus) -> (&'static str, &'static str) {
    match status {
        RunStatus::Running => ("Being taken in", "blue"),
        RunStatus::Done => ("Taken in", "green"),
        RunStatus::Failed => ("Could not be read", "red"),
        RunStatus::Interrupted => ("Cut short", "orange"),
    }
}

/// Whether somebody should look at a feed now.
pub(super) fn is_well(
    run: &FeedRun,
    whole: Option<Timestamp>,
    now: Timestamp,
) -> (&'static str, &'static str) {
    let old = whole.is_none_or(|at| now.duration_since(at) > OLD);
    match run.status {
        RunStatus::Failed => ("Could not be read", "red"),
        _ if old => ("Too old", "red"),
        RunStatus::Interrupted => ("Cut short", "orange"),
        _ if run.counts.quarantined > 0 => ("Rows set aside", "orange"),
        _ => ("Well", "green"),
    }
}

fn row(visit: &Visit, run: &FeedRun) -> Value {
    let (status, colour) = in_words(run.status);
    let counts = run.counts;
    context! {
        id => run.id,
        feed => run.feed.clone(),
        at => moment_in_words(run.received_at, &visit.console.zone),
        age => age_in_words(run.received_at, visit.at),
        status,
        colour,
        added => counts.added,
        changed => counts.changed,
        leaving => counts.leaving,
        unchanged => counts.unchanged,
        repeated => counts.repeated,
        set_aside => counts.quarantined,
    }
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let store = &visit.console.store;
    // Comparisons are kept like feeds, and have a page of their own.
    let mut last = store.last_runs().await?;
    last.retain(|(run, _)| run.feed != COMPARISON);
    let feeds = last.iter().map(|(run, whole)| {
        let (health, colour) = is_well(run, *whole, visit.at);
        context! {
            feed => run.feed.clone(),
            id => run.id,
            whole => whole.map(|at| moment_in_words(at, &visit.console.zone)),
            age => whole.map(|at| age_in_words(at, visit.at)),
            set_aside => run.counts.quarantined,
            health,
            colour,
        }
    });
    let feeds: Vec<_> = feeds.collect();
    let after = wanted.after.parse::<i64>().ok();
    let page = store.runs_before(&wanted.feed, after, ON_A_PAGE).await?;
    let filters = [("feed", wanted.feed.as_str())];
    let next = page.items.last().filter(|_| page.more);
    let next = next.map(|run| run.id.to_string());
    let paging = Paging {
        first: after.map(|_| address(PAGE.path, &filters, None)),
        next: next.map(|next| address(PAGE.path, &filters, Some(&next))),
    };
    let runs = page.items.iter().filter(|run| run.feed != COMPARISON);
    let form = Form::with([("feed", wanted.feed.clone())]);
    let values = context! {
        names => last.iter().map(|(run, _)| context! { value => run.feed.clone(), text => run.feed.clone() }).collect::<Vec<_>>(),
        feeds,
        runs => runs.map(|run| row(&visit, run)).collect::<Vec<_>>(),
        pages => of(paging),
        mail => mail::shown(&visit).await?,
    };
    visit.show_form("feeds-health/list.html", &form, values)
}

/// One row a run set aside, as its reader wrote it. Unknown fields are another release's.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SetAside {
    row: u64,
    field: String,
    reason: String,
    hint: String,
    about: Option<String>,
    set_aside: String,
}

async fn show(visit: Visit, Path(run): Path<String>, Query(wanted): Query<Wanted>) -> Answer {
    let id: i64 = run.parse().map_err(|_| Failure::NotFound)?;
    let store = &visit.console.store;
    let run = store.run(id).await?.filter(|run| run.feed != COMPARISON);
    let run = run.ok_or(Failure::NotFound)?;
    let skip = wanted.after.parse::<u32>().unwrap_or_default();
    // One more than shown says whether there are more.
    let part = store
        .quarantined(id, u64::from(skip), ON_A_PAGE + 1)
        .await?;
    let more = part.len() > ON_A_PAGE;
    let rows = part.into_iter().take(ON_A_PAGE).map(|body| {
        let aside: SetAside = serde_json::from_value(body).unwrap_or_default();
        context! {
            row => aside.row,
            field => aside.field,
            about => aside.about,
            reason => aside.reason,
            hint => aside.hint,
            what => match aside.set_aside.as_str() {
                "field" => "This field",
                _ => "The whole row",
            },
        }
    });
    let path = format!("{}/{id}", PAGE.path);
    let next = u64::from(skip) + ON_A_PAGE as u64;
    let paging = Paging {
        first: (skip > 0).then(|| path.clone()),
        next: more.then(|| address(&path, &[], Some(&next.to_string()))),
    };
    let finished = run.finished_at;
    let finished = finished.map(|at| moment_in_words(at, &visit.console.zone));
    let values = context! {
        title => format!("Run {id} of the feed {}", run.feed),
        run => row(&visit, &run),
        finished,
        sha256 => run.sha256,
        parser => run.parser,
        rows => rows.collect::<Vec<_>>(),
        pages => of(paging),
    };
    visit.show("feeds-health/run.html", values)
}

#[cfg(test)]
mod tests;
