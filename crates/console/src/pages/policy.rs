//! *Policy*: every clause of the person's edition, what it says, how far the system meets it, and what
//! it does at the gates.

mod clause;
pub(super) mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::policy::clause::ClauseId;
use ::policy::coverage::{Coverage, Status};
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use minijinja::context;
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::form::Form;
use crate::paging::{Paging, address};
use crate::visit::{Answer, Visit, of};

pub(super) const PAGE: Page = Page {
    action: "policy",
    path: "/policy",
    title: "Policy",
    group: Group::Policy,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .route("/{clause}", get(clause::show))
}

/// Clauses on one page.
const ON_A_PAGE: usize = 40;

/// What is looked for, and where the list goes on.
#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    channel: String,
    #[serde(default)]
    state: String,
    after: Option<String>,
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let image = visit.image();
    let edition = image.pack().edition_of(&visit.viewer.audience);
    let text = image.pack().edition_text(edition);
    let text = text.ok_or(Failure::NotFound)?;
    let coverage = coverage(&visit.console).await?;
    let status: BTreeMap<&ClauseId, &Status> = coverage
        .clauses
        .iter()
        .map(|covered| (&covered.clause, &covered.status))
        .collect();
    let channels: BTreeSet<&str> = (text.sections.iter())
        .map(|section| section.channel.as_str())
        .collect();
    let is_wanted = |section: &&::policy::edition_text::Section| {
        let state = status.get(&section.id).map(|status| words::state(status).0);
        (wanted.channel.is_empty() || section.channel == wanted.channel)
            && (wanted.state.is_empty() || state == Some(wanted.state.as_str()))
    };
    let found: Vec<_> = text.sections.iter().filter(is_wanted).collect();
    let after = wanted.after.as_deref();
    let begin = found
        .iter()
        .position(|section| Some(section.id.as_str()) == after)
        .map_or(0, |place| place + 1);
    let shown: Vec<_> = found.iter().skip(begin).take(ON_A_PAGE).collect();
    let rows: Vec<_> = shown
        .iter()
        .map(|section| {
            let status = status.get(&section.id).map(|status| words::state(status));
            let (_, state, colour) = status.unwrap_or(words::UNKNOWN);
            context! {
                id => section.id.as_str(),
                number => section.id.number(),
                title => section.title.clone(),
                gist => section.gist.clone(),
                channel => words::channel(&section.channel),
                state,
                colour,
            }
        })
        .collect();
    let filters = [
        ("channel", wanted.channel.as_str()),
        ("state", wanted.state.as_str()),
    ];
    let last = shown
        .last()
        .filter(|_| begin + shown.len() < found.len())
        .map(|section| section.id.as_str());
    let paging = Paging {
        first: after.map(|_| address(PAGE.path, &filters, None)),
        next: last.map(|last| address(PAGE.path, &filters, Some(last))),
    };
    let form = Form::with([
        ("channel", wanted.channel.clone()),
        ("state", wanted.state.clone()),
    ]);
    let values = context! {
        text_title => text.title.clone(),
        version => text.version.clone(),
        number => found.len(),
        of_all => text.sections.len(),
        first => begin + 1,
        last => begin + rows.len(),
        channels => channels.iter().map(|channel| context! {
            value => *channel,
            text => words::channel(channel),
        }).collect::<Vec<_>>(),
        states => words::STATES.into_iter().map(|(value, text, _)| context! { value, text })
            .collect::<Vec<_>>(),
        rows,
        paging => of(paging),
    };
    visit.show_form("policy/list.html", &form, values)
}

/// How far each clause is met: worked out once for the pack, by playing its scenarios.
async fn coverage(console: &Console) -> Result<Arc<Coverage>, Failure> {
    let work_out = async || {
        let image = console.store.image();
        let coverage = tokio::task::spawn_blocking(move || Coverage::of(image.pack())).await;
        coverage.map(Arc::new).map_err(Failure::broken)
    };
    console.coverage.get_or_try_init(work_out).await.cloned()
}

#[cfg(test)]
mod tests;
