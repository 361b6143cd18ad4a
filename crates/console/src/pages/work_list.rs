//! *Work list*: what has to be done by hand, with its age; each piece is looked at and finished here.
//! Reports of things that went wrong are read and answered beside it.

mod kinds;
mod one;

use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use matters::id::{MatterId, PostId};
use matters::incident::Incident;
use minijinja::{Value, context};
use register_store::tasks::{Task, TaskState};
use register_store::work_list::WorkList;
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::duty::Duty;
use crate::form::Form;
use crate::paging::Paging;
use crate::people_named::name_of;
use crate::reports::{self, Readers};
use crate::visit::{Answer, Visit, of};
use crate::words::{age_in_words, moment_in_words};

pub(super) const PAGE: Page = Page {
    action: "work-list",
    path: "/work-list",
    title: "Work list",
    group: Group::Desk,
    routes,
};

/// Tasks on one page.
const ON_A_PAGE: usize = 25;

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .nest("/incidents", reports::routes::<Desk>())
        .route("/{reference}", get(one::show).post(one::finish))
        .route("/{reference}/done", get(one::done))
}

/// The service desk, which reads every report but confidential ones: those have their readers elsewhere.
struct Desk;

impl Readers for Desk {
    const PATH: &'static str = "/work-list/incidents";
    const TITLE: &'static str = "Reports of problems";
    const BACK: Option<&'static str> = Some(PAGE.path);
    const SEE: &'static str = "see-incident";
    const ANSWER: &'static str = "work-on-incident";

    fn are(visit: &Visit) -> bool {
        visit.viewer.duties.contains(&Duty::Provisions)
    }

    fn have(_: &Visit, incident: &Incident) -> bool {
        !incident.is_confidential()
    }
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    task: String,
    service: String,
    waiting: String,
    state: String,
    after: String,
}

/// Posts whose work lists whoever looks has before them.
fn posts(visit: &Visit) -> Vec<PostId> {
    visit.viewer.posts.iter().cloned().collect()
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let filters = [
        ("task", wanted.task.as_str()),
        ("service", wanted.service.as_str()),
        ("waiting", wanted.waiting.as_str()),
        ("state", wanted.state.as_str()),
    ];
    let form = Form::with(filters.map(|(name, value)| (name, value.to_owned())));
    let is_done = wanted.state == "done";
    let after = Some(MatterId::from(wanted.after.as_str()));
    let after = after.filter(|_| !wanted.after.is_empty());
    let which = WorkList {
        posts: &posts(&visit),
        state: if is_done {
            TaskState::Finished
        } else {
            TaskState::Open
        },
        task: &wanted.task,
        service: &wanted.service,
        before: older_than(&wanted.waiting, visit.at),
        after: after.as_ref(),
        limit: ON_A_PAGE,
    };
    let page = visit.console.store.work(&which).await?;
    let image = visit.image();
    let rows = page.items.iter().map(|task| {
        context! {
            what => kinds::title(&visit.console.people, task),
            reference => task.id.as_str(),
            person => name_of(&image, &task.subject),
            since => moment_in_words(task.opened_at, &visit.console.zone),
            age => age_in_words(task.opened_at, task.finished_at.unwrap_or(visit.at)),
        }
    });
    let last = page.items.last().filter(|_| page.more).map(|task| &task.id);
    let paging = Paging::after(
        PAGE.path,
        &filters,
        after.as_ref().map(MatterId::as_str),
        last,
    );
    let services = visit.console.people.services.iter();
    let values = context! {
        rows => rows.collect::<Vec<Value>>(),
        is_done,
        narrowed => filters.iter().any(|(_, value)| !value.is_empty()),
        tasks => kinds::choices(),
        services => services.map(|(value, text)| context! { value, text }).collect::<Vec<_>>(),
        pages => of(paging),
        reads_incidents => Desk::are(&visit),
    };
    visit.show_form("work-list/list.html", &form, values)
}

/// The moment before which what is this many days old came. No such choice does not narrow.
fn older_than(days: &str, now: Timestamp) -> Option<Timestamp> {
    let days = match days {
        "1" => 1,
        "3" => 3,
        "7" => 7,
        _ => return None,
    };
    now.checked_sub(SignedDuration::from_hours(24 * days)).ok()
}

/// Whether whoever looks has this task before them.
fn is_before(visit: &Visit, task: &Task) -> bool {
    visit.viewer.posts.contains(&task.post)
}

#[cfg(test)]
mod tests;
