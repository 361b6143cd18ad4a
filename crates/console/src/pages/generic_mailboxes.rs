//! *Generic mailboxes*: those somebody manages or administers, what puts them at risk, which enquiries
//! wait, and everything that can be done with one. Whoever asks for and checks them finds them here too.

mod acts;
mod asking;
mod doing;
mod enquiries;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::id::MatterId;
use matters::machine::Machine;
use matters::mailbox::{GenericMailbox, State, Step};
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::access::About;
use crate::duty::Duty;
use crate::failure::Failure;
use crate::form::Form;
use crate::paging::{Paging, address};
use crate::people_named::name_of;
use crate::questions;
use crate::visit::{Answer, Visit, of};
use crate::words::{day_in_words, moment_in_words};

pub(super) const PAGE: Page = Page {
    action: "generic-mailboxes",
    path: "/mailboxes",
    title: "Generic mailboxes",
    group: Group::You,
    routes,
};

/// Mailboxes on one page.
const ON_A_PAGE: usize = 25;

/// Most mailboxes read for one list: several times what a large council has.
const MOST_READ: usize = 2_000;

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .merge(questions::routes::<asking::Question>())
        .route("/{reference}", get(show))
        .route("/{reference}/enquiries", get(enquiries::list))
        .route(
            "/{reference}/enquiries/{enquiry}",
            get(enquiries::show).post(enquiries::close),
        )
        .route("/{reference}/{act}", get(doing::ask).post(doing::act))
        .route("/{reference}/{act}/warning", get(doing::warn))
        .route("/{reference}/{act}/done", get(doing::done))
}

fn in_words(state: State) -> (&'static str, &'static str) {
    match state {
        State::Requested => ("Asked for", "blue"),
        State::Checked => ("Waits for administrators", "blue"),
        State::Active => ("In use", "green"),
        State::AtRisk => ("At risk", "red"),
        State::Suspended => ("Suspended", "red"),
        State::Closed => ("Closed", "grey"),
        State::Refused => ("Refused", "grey"),
        State::Withdrawn => ("No longer asked for", "grey"),
        State::Lapsed => ("Not opened in time", "grey"),
    }
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    show: String,
    state: String,
    page: String,
}

/// Whether whoever looks has more before them than what is theirs.
fn looks_wider(visit: &Visit) -> bool {
    let duties = &visit.viewer.duties;
    visit.viewer.is_manager
        || duties.contains(&Duty::RequestsMailboxes)
        || duties.contains(&Duty::ChecksMailboxes)
}

/// Theirs: somebody manages, administers or asked for it.
fn is_own(visit: &Visit, mailbox: &GenericMailbox) -> bool {
    let me = &visit.viewer.person;
    mailbox.manager == *me || mailbox.requested_by == *me || mailbox.administrators.contains_key(me)
}

fn may_see(visit: &Visit, mailbox: &GenericMailbox) -> bool {
    let about = About {
        own: is_own(visit, mailbox),
        ..visit.about(&mailbox.manager)
    };
    let access = &visit.console.access;
    access.may(&visit.viewer, "see-mailbox", &about)
}

/// All that whoever looks may see, newest first.
async fn read(visit: &Visit, wider: bool) -> Result<Vec<Kept<GenericMailbox>>, Failure> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let filter = Filter {
            concerning: (!wider).then(|| visit.viewer.person.clone()),
            after,
            limit: 500,
            ..Filter::default()
        };
        let store = &visit.console.store;
        let page = store.matters::<GenericMailbox>(&filter).await?;
        after = page.items.last().map(|kept| kept.id.clone());
        all.extend(page.items);
        if !page.more || all.len() >= MOST_READ {
            break;
        }
    }
    all.retain(|kept| may_see(visit, &kept.matter));
    Ok(all)
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let wider = wanted.show == "all" && looks_wider(&visit);
    let mut all = read(&visit, wider).await?;
    all.retain(|kept| wanted.state.is_empty() || kept.matter.state() == wanted.state);
    // What is at risk comes first, whatever is newer.
    all.sort_by_key(|kept| kept.matter.state != State::AtRisk);
    let page = wanted.page.parse::<usize>().unwrap_or(1).clamp(1, 10_000);
    let begin = (page - 1) * ON_A_PAGE;
    let image = visit.image();
    let rows = all.iter().skip(begin).take(ON_A_PAGE).map(|kept| {
        let (state, colour) = in_words(kept.matter.state);
        let me = &visit.viewer.person;
        let asked = kept.matter.administrators.get(me) == Some(&None);
        context! {
            address => kept.matter.address.clone(),
            reference => kept.id.as_str(),
            manager => name_of(&image, &kept.matter.manager),
            agreed => kept.matter.administrators.values().flatten().count(),
            state,
            colour,
            asks => asked && !kept.matter.is_over(),
        }
    });
    let filters = [
        ("show", wanted.show.as_str()),
        ("state", wanted.state.as_str()),
    ];
    let next = (page + 1).to_string();
    let on = [filters[0], filters[1], ("page", next.as_str())];
    let more = all.len() > begin + ON_A_PAGE;
    let paging = Paging {
        first: (page > 1).then(|| address(PAGE.path, &filters, None)),
        next: more.then(|| address(PAGE.path, &on, None)),
    };
    let states = [
        State::Requested,
        State::Checked,
        State::Active,
        State::AtRisk,
        State::Suspended,
        State::Closed,
    ];
    let states = states.map(|state| context! { value => state.name(), text => in_words(state).0 });
    let form = Form::with(filters.map(|(name, value)| (name, value.to_owned())));
    let values = context! {
        rows => rows.collect::<Vec<Value>>(),
        states => Value::from_iter(states),
        looks_wider => looks_wider(&visit),
        may_ask => visit.viewer.duties.contains(&Duty::RequestsMailboxes),
        narrowed => filters.iter().any(|(_, value)| !value.is_empty()),
        pages => of(paging),
    };
    visit.show_form("generic-mailboxes/list.html", &form, values)
}

/// A mailbox whoever asks may see. To anybody else it does not exist.
async fn found(visit: &Visit, reference: String) -> Result<Kept<GenericMailbox>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<GenericMailbox>(&id).await?;
    may_see(visit, &kept.matter)
        .then_some(kept)
        .ok_or(Failure::NotFound)
}

fn facts(visit: &Visit, mailbox: &GenericMailbox) -> Vec<Value> {
    let image = visit.image();
    let row = |key: &str, value: String| context! { key, value };
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let unit = image.people().unit(&mailbox.unit);
    let manager = match mailbox.manager_left {
        true => "Nobody: the manager left".to_owned(),
        false => name_of(&image, &mailbox.manager),
    };
    let mut facts = vec![
        row("For", mailbox.purpose.clone()),
        row(
            "Belongs to",
            unit.map_or_else(String::new, |unit| unit.name.clone()),
        ),
        row("Managed by", manager),
        row("Asked for by", name_of(&image, &mailbox.requested_by)),
    ];
    facts.extend(
        mailbox
            .reviewed_at
            .map(|at| row("Last reviewed", moment(at))),
    );
    let redirect = mailbox.redirect.clone();
    facts.extend(redirect.map(|to| row("Mail goes on to", to)));
    facts
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let (image, mailbox) = (visit.image(), &kept.matter);
    let world = image.world();
    let (state, colour) = in_words(mailbox.state);
    let administrators = mailbox.administrators.iter().map(|(who, agreed)| {
        context! {
            name => name_of(&image, who),
            agreed => agreed.map(|at| moment_in_words(at, &visit.console.zone)),
            signed => world.accepted.contains(who),
        }
    });
    let suspended = match mailbox.due(&world) {
        Some((at, Step::Suspend)) => Some(at.to_zoned(visit.console.zone.clone()).date()),
        _ => None,
    };
    let values = context! {
        title => mailbox.address.clone(),
        reference => kept.id.as_str(),
        state,
        colour,
        facts => facts(&visit, mailbox),
        unanswered => enquiries::standing(&visit, mailbox).await?,
        runs => enquiries::runs(&visit, mailbox),
        administrators => administrators.collect::<Vec<Value>>(),
        fewest => visit.console.people.mailboxes.min_administrators,
        at_risk => mailbox.state == State::AtRisk,
        suspended => suspended.map(day_in_words),
        acts => acts::offered(&visit, &kept),
    };
    visit.show("generic-mailboxes/mailbox.html", values)
}

#[cfg(test)]
mod tests;
