//! Ending what somebody holds or was given: what that does is said first; then when, and why.

use axum::extract::Path;
use jiff::{SignedDuration, Timestamp};
use matters::authority::Delegated;
use minijinja::{Value, context};

use super::{Entry, post_in_words};
use crate::failure::Failure;
use crate::form::{Day, Form, Text};
use crate::people_named::name_of;
use crate::visit::{Answer, Visit};
use crate::words::moment_in_words;

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// Whether whoever looks can end it: it is not over, and the console's rules let them.
pub(super) fn can(visit: &Visit, entry: &Entry<'_>) -> bool {
    let over = entry.until().is_some_and(|until| until <= visit.at);
    !over && may(visit, entry).is_ok()
}

fn may(visit: &Visit, entry: &Entry<'_>) -> Result<(), Failure> {
    match entry {
        Entry::Given(given) if given.by == visit.viewer.person => {
            visit.may("delegate-own-post", &given.by)
        }
        _ => visit.may("change-authority", entry.who()),
    }
}

/// Does something with the row that has this key now.
fn with<T>(visit: &Visit, key: &str, then: impl FnOnce(&Entry<'_>) -> T) -> Option<T> {
    let image = visit.image();
    let held = image.posts().holdings().iter().map(Entry::Held);
    let given = image.posts().delegations().iter().map(Entry::Given);
    let mut all = held.chain(given);
    let entry = all.find(|entry| entry.key() == key)?;
    Some(then(&entry))
}

fn rows(visit: &Visit, entry: &Entry<'_>) -> Vec<Value> {
    let image = visit.image();
    let row = |key: &str, value: String| context! { key, value };
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let (post, unit) = entry.post();
    let mut rows = vec![
        row("Post", post_in_words(visit, &image, post, unit)),
        row("Who", name_of(&image, entry.who())),
        row("From", moment(entry.from())),
    ];
    let until = entry.until().map(moment);
    rows.push(row("Until", until.unwrap_or_else(|| "No end".to_owned())));
    if let Entry::Given(given) = entry {
        rows.push(row("Given by", name_of(&image, &given.by)));
        rows.push(row("Document", given.reference.clone()));
    }
    rows
}

pub(super) async fn warn(visit: Visit, Path(key): Path<String>) -> Answer {
    let found = with(&visit, &key, |entry| {
        (may(&visit, entry), rows(&visit, entry))
    });
    let (allowed, rows) = found.ok_or(Failure::NotFound)?;
    allowed?;
    let values = context! { title => "End this authority?", key, rows };
    visit.show("authority-register/warning.html", values)
}

pub(super) async fn ask(visit: Visit, Path(key): Path<String>) -> Answer {
    shown(&visit, &key, &Form::default())
}

fn shown(visit: &Visit, key: &str, form: &Form) -> Answer {
    let found = with(visit, key, |entry| (may(visit, entry), rows(visit, entry)));
    let (allowed, rows) = found.ok_or(Failure::NotFound)?;
    allowed?;
    let values = context! { title => "End this authority", key, rows };
    visit.show_form("authority-register/end.html", form, values)
}

pub(super) async fn end(visit: Visit, Path(key): Path<String>, mut form: Form) -> Answer {
    // What had this key when the page was made has changed since.
    let found = with(&visit, &key, |entry| {
        (may(&visit, entry), rows(&visit, entry))
    });
    let (allowed, rows) = found.ok_or(Failure::Stale)?;
    allowed?;
    let at_once = form.choice(
        "when",
        |when| match when {
            "now" => Some(true),
            "later" => Some(false),
            _ => None,
        },
        "Select when it ends",
    );
    let until = match at_once {
        Some(false) => {
            let day = Day::required("The last day").not_before(visit.today());
            let day = form.date("last", &day);
            day.and_then(|day| day.tomorrow().ok())
                .and_then(|day| day.to_zoned(visit.console.zone.clone()).ok())
                .map(|after| after.timestamp())
        }
        _ => Some(visit.at),
    };
    let text = Text::required("Enter why it ends");
    let reason = form.text("reason", &text.longest(LONGEST).lines());
    let (Some(until), true) = (until, form.is_good()) else {
        return shown(&visit, &key, &form);
    };
    let act = visit.act_on(&rows).because(reason);
    let store = visit.console.store.clone();
    let image = visit.image();
    let posts = image.posts();
    let entry = posts.holdings().iter().find(|held| super::key(held) == key);
    if let Some(held) = entry {
        store.end_holding(held, until, &act).await?;
    }
    let mut given = posts.delegations().iter();
    if let Some(given) = given.find(|given| super::key(given) == key) {
        store.delegate(ended(given, until), &act).await?;
    }
    visit.to("/done/end")
}

/// The same delegation with this end. One that has not begun ends as it begins.
fn ended(given: &Delegated, until: Timestamp) -> Delegated {
    let shortest = given.from.checked_add(SignedDuration::from_nanos(1));
    Delegated {
        until: until.max(shortest.unwrap_or(given.until)),
        ..given.clone()
    }
}
