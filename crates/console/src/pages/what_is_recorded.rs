//! *What is recorded about me*: what is kept of the use of each service, what for, by which clauses, for how
//! long and who may look; and the figures about oneself, which nobody else is shown here.

use std::collections::BTreeSet;

use ::reports::entry::Channel;
use ::reports::month::Month;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use minijinja::{Value, context};
use register_store::own_use::{LISTED, MONTHS, OwnFigure};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::own_figures::{columns, row};
use crate::visit::{Answer, Visit};
use crate::words;

pub(super) const PAGE: Page = Page {
    action: "what-is-recorded",
    path: "/what-is-recorded",
    title: "What is recorded about me",
    group: Group::You,
    routes,
};

/// Looks of others that are told of, the latest first.
const MOST_LOOKS: usize = 10;

fn routes() -> Router<Console> {
    Router::new().route("/", get(show))
}

/// Which month's figures.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    month: String,
}

/// What is kept of the use of a service.
fn kept_of(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => {
            "Each message you send or are sent: when, the addresses, its size, what kinds of things were \
             found in it, and what was decided. Not its subject, text or attachments."
        }
        Channel::Web => {
            "Each page, upload and download: when, the site and the page’s path, its size, what kind of site \
             it is, and what was decided. Not what follows a question mark in an address, and nothing you \
             type."
        }
        Channel::Call => {
            "Each call: when, the numbers, how long it took and what it cost. Of a private call only what \
             kind of number it was. A call to an emergency number or a private line names nobody."
        }
        Channel::Chat => {
            "Each line you write: when, to whom, how long it is, what kinds of things were found in it, and \
             what was decided. Not what you wrote."
        }
        Channel::Print => {
            "Each print job: when, the printer, how many pages, whether you said that it is private, and what \
             was decided. Not what it is called or what was printed."
        }
        Channel::Device => {
            "Each time a device of yours joins the network: when, which device, which network, and what was \
             decided."
        }
    }
}

async fn show(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let person = &visit.viewer.person;
    visit.may_see("see-own-use", person)?;
    let store = &visit.console.store;
    let figures = store.own_figures(person).await?;
    let looks = store.looks_of_others(person, MOST_LOOKS).await?;
    let months: BTreeSet<Month> = figures.iter().map(|figure| figure.month).collect();
    let wanted: Option<Month> = wanted.month.parse().ok();
    let wanted = wanted.filter(|month| months.contains(month));
    let shown = wanted.or_else(|| months.last().copied());
    let of_month = figures.iter().filter(|figure| Some(figure.month) == shown);
    let months = months.iter().rev().filter(|month| Some(**month) != shown);
    let values = context! {
        services => Channel::ALL.map(|channel| service(&visit, channel)),
        readers => readers(&visit),
        looked_into => clauses(&visit, &visit.console.people.recorded.looked_into),
        months_kept => MONTHS,
        days_listed => LISTED.as_hours() / 24,
        month => shown.map(Month::in_words),
        others => months
            .map(|month| context! { href => format!("{}?month={month}", PAGE.path), text => month.in_words() })
            .collect::<Vec<_>>(),
        columns => columns(),
        figures => of_month.map(figure).collect::<Vec<_>>(),
        looks => looks
            .iter()
            .map(|look| context! {
                at => look.at.to_string(),
                post => look.post.as_ref().map(|post| post.as_str().to_owned()),
            })
            .collect::<Vec<_>>(),
    };
    visit.show("what-is-recorded/show.html", values)
}

fn figure(figure: &OwnFigure) -> Vec<String> {
    row(figure.channel, &figure.action, figure.volume)
}

fn service(visit: &Visit, channel: Channel) -> Value {
    let recorded = &visit.console.people.recorded;
    let by = match channel {
        Channel::Mail => &recorded.mail,
        Channel::Web => &recorded.web,
        Channel::Call => &recorded.call,
        Channel::Chat => &recorded.chat,
        Channel::Print => &recorded.print,
        Channel::Device => &recorded.device,
    };
    context! { title => channel.title(), kept => kept_of(channel), clauses => clauses(visit, by) }
}

/// Clauses as links to them.
fn clauses(visit: &Visit, ids: &[String]) -> Vec<Value> {
    let image = visit.image();
    let found = ids.iter().filter_map(|id| image.pack().clause(id));
    let found = found.map(|clause| {
        context! { id => clause.id.as_str(), title => clause.title.clone() }
    });
    found.collect()
}

/// Posts that read figures about groups, in words.
fn readers(visit: &Visit) -> String {
    let people = &visit.console.people;
    let posts = people.reports.iter().flat_map(|rules| &rules.read_by);
    let posts: Vec<_> = posts.map(|post| words::post(people, post)).collect();
    words::list_in_words(&posts)
}

#[cfg(test)]
mod tests;
