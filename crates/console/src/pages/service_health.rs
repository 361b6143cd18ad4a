//! *How the service is running*: gates, feeds, what waits, the disk, and what is failing since when and
//! what to do. In numbers only: nothing here is about a person, a site or a message.

mod attention;

use axum::Router;
use axum::routing::get;
use minijinja::{Value, context};
use register_store::backlog::Backlog;
use register_store::reconciliation::FEED as COMPARISON;

use super::feeds_health::is_well;
use super::{Group, Page};
use crate::Console;
use crate::running::{Disk, Gate, Service};
use crate::visit::{Answer, Visit};
use crate::words::{age_in_words, moment_in_words, size_in_words};

pub(super) const PAGE: Page = Page {
    action: "service-health",
    path: "/service-health",
    title: "How the service is running",
    group: Group::Desk,
    routes,
};

fn routes() -> Router<Console> {
    Router::new().route("/", get(show))
}

async fn show(visit: Visit) -> Answer {
    let store = &visit.console.store;
    let service = visit.console.running.as_ref().map(|running| running.look());
    let mut last = store.last_runs().await?;
    // Comparisons are kept like feeds, and have a page of their own.
    last.retain(|(run, _)| run.feed != COMPARISON);
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let feeds = last.iter().map(|(run, whole)| {
        let (health, colour) = is_well(run, *whole, visit.at);
        context! {
            feed => run.feed.clone(),
            health,
            colour,
            whole => whole.map(moment),
            age => whole.map(|at| age_in_words(at, visit.at)),
        }
    });
    let values = context! {
        now => moment(visit.at),
        attention => attention::of(&visit, service.as_ref(), &last),
        feeds => feeds.collect::<Vec<_>>(),
        waits => waits(&visit, store.backlog().await?, service.as_ref()),
        // `service` is what the layout calls the console.
        server => service.as_ref().map(|service| shown(&visit, service)),
    };
    visit.show("service-health/show.html", values)
}

fn shown(visit: &Visit, service: &Service) -> Value {
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let gate = |gate: &Gate| {
        context! {
            title => gate.title,
            decided => gate.decided,
            stopped => gate.stopped,
            unevaluated => gate.unevaluated,
            unrecorded => gate.unrecorded,
        }
    };
    let folders = service.folders.iter().map(|folder| {
        context! {
            title => folder.title,
            waiting => folder.files.map(|files| files.waiting),
            failed => folder.files.map(|files| files.failed),
        }
    });
    let disk = |disk: Disk| {
        context! {
            free => size_in_words(disk.free),
            total => size_in_words(disk.total),
            needed => size_in_words(disk.needed),
        }
    };
    context! {
        program => service.program.clone(),
        policy => service.policy.clone(),
        started_at => moment(service.started_at),
        gates => service.gates.iter().map(gate).collect::<Vec<_>>(),
        folders => folders.collect::<Vec<_>>(),
        disk => service.disk.map(disk),
        site_lists_of => service.site_lists_of.map(moment),
    }
}

/// What waits, how much of it, and since when as far as that is known.
fn waits(visit: &Visit, backlog: Backlog, service: Option<&Service>) -> Vec<Value> {
    let oldest = backlog.oldest_task;
    let oldest = oldest.map(|at| age_in_words(at, visit.at));
    let mut waits = vec![
        ("Tasks on work lists", backlog.tasks, oldest),
        (
            "Held messages that somebody is to decide about",
            backlog.held,
            None,
        ),
        (
            "Steps that are not on the record yet",
            backlog.unshipped,
            None,
        ),
    ];
    if visit.console.settings.notices_by_email {
        waits.push(("Emails to people", backlog.notices, None));
    }
    if let Some(behind) = service.and_then(|service| service.lake_behind) {
        waits.push((
            "Entries of the record that are not in the lake yet",
            behind,
            None,
        ));
    }
    let rows = waits.into_iter();
    rows.map(|(what, count, oldest)| context! { what, count, oldest })
        .collect()
}

#[cfg(test)]
mod tests;
