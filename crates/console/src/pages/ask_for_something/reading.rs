//! What each question takes, and how answers and permissions are said.

use jiff::Timestamp;
use jiff::civil::Date;
use matters::people::LINE_MANAGER;
use matters::permission::{Permission, When};
use minijinja::{Value, context};
use policy::people::{PermissionKind, Scope};

use crate::form::{Day, Form, Text};
use crate::visit::Visit;
use crate::words::{self, day_in_words, list_in_words};

/// Kinds this person may ask for.
pub(super) fn offered(visit: &Visit) -> impl Iterator<Item = (&String, &PermissionKind)> {
    let audience = visit.viewer.audience.as_str();
    visit
        .console
        .people
        .permissions
        .iter()
        .filter(move |(_, kind)| {
            kind.audiences.is_empty() || kind.audiences.iter().any(|one| one == audience)
        })
}

pub(super) fn kind<'a>(visit: &'a Visit, label: &str) -> Option<&'a PermissionKind> {
    offered(visit)
        .find(|(offered, _)| *offered == label)
        .map(|(_, kind)| kind)
}

/// One name a line.
pub(super) fn scope(form: &mut Form) -> Vec<String> {
    let text = Text::required("Enter what it is limited to, one on each line")
        .longest(4000)
        .lines();
    let text = form.text("scope", &text);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// Whole days where the council is: from the first moment of the first to the last of the last.
pub(super) fn when(visit: &Visit, form: &mut Form) -> Option<When> {
    let begin = |day: Date| -> Option<Timestamp> {
        let at = day.to_zoned(visit.console.zone.clone()).ok()?;
        Some(at.timestamp())
    };
    if form.raw("timing") == "yes" {
        let done = form.date("done", &Day::required("The day you did it"))?;
        // Today's is at some moment before now; an earlier day's counts from its end.
        let end = begin(done.tomorrow().ok()?)?;
        let done_at = end.min(visit.at);
        return Some(When::Afterwards { done_at });
    }
    let from = form.date("from", &Day::required("The first day"))?;
    let until = form.date("until", &Day::required("The last day"))?;
    let (from, until) = (begin(from)?, begin(until.tomorrow().ok()?)?);
    Some(When::Ahead { from, until })
}

/// What is known of a permission, in rows.
pub(super) fn facts(visit: &Visit, matter: &Permission) -> Vec<Value> {
    let day = |at: Timestamp| day_in_words(at.to_zoned(visit.console.zone.clone()).date());
    let last = matter.terms.until - jiff::SignedDuration::from_secs(1);
    let row = |key: &str, value: String| context! { key, value };
    let mut rows = vec![
        row(
            "What",
            words::permission(&visit.console.people, &matter.kind),
        ),
        row("Why", matter.why.clone()),
    ];
    if !matter.terms.scope.is_empty() {
        rows.push(row("Limited to", list_in_words(&matter.terms.scope)));
    }
    match matter.done_at {
        Some(done) => rows.push(row("Done on", day(done))),
        None => rows.push(row(
            "For",
            format!("{} to {}", day(matter.terms.from), day(last)),
        )),
    }
    if let Some(left) = matter.uses_left() {
        rows.push(row("Uses left", left.to_string()));
    }
    if matter.still_to_sign().is_empty() {
        return rows;
    }
    rows.push(row("Decided by", list_in_words(&deciders(visit, matter))));
    rows
}

/// Who decides: for each signature one of the posts that may give it.
pub(super) fn deciders(visit: &Visit, matter: &Permission) -> Vec<String> {
    let name = |post: &str| match visit.console.people.posts.get(post) {
        _ if post == LINE_MANAGER => "your line manager".to_owned(),
        Some(known) => format!("the {}", known.title),
        None => post.replace('-', " "),
    };
    let one = |posts: &Vec<matters::id::PostId>| {
        let names: Vec<_> = posts.iter().map(|post| name(post.as_str())).collect();
        names.join(" or ")
    };
    matter.rules.deciders.iter().map(one).collect()
}

/// What has to be named, in words.
pub(super) fn scope_words(scope: Scope) -> &'static str {
    match scope {
        Scope::Host => "Which websites? For example, www.example.org",
        Scope::Recipient => "Which email addresses or domains? For example, name@example.org",
        Scope::Item => "Which programs, files or documents?",
        Scope::Device => "Which devices?",
        Scope::Occasion => "Which occasions?",
    }
}
