//! What somebody should look at now: what it is, since when, why, and what to do.

use jiff::Timestamp;
use minijinja::{Value, context};
use register_store::feeds::FeedRun;

use crate::form::capital;
use crate::pages::feeds_health::is_well;
use crate::running::{Disk, Service};
use crate::visit::Visit;
use crate::words::{moment_in_words, size_in_words};

/// One thing to look at.
#[derive(Debug, Default)]
struct Row {
    what: String,
    since: Option<Timestamp>,
    why: String,
    to_do: String,
}

/// All there is, what fails of itself first.
pub(super) fn of(
    visit: &Visit,
    service: Option<&Service>,
    feeds: &[(FeedRun, Option<Timestamp>)],
) -> Vec<Value> {
    let mut rows = Vec::new();
    if let Some(service) = service {
        rows.extend(troubles(service));
        rows.extend(service.disk.and_then(room));
        rows.extend(folders(service));
    }
    rows.extend(old_feeds(visit, feeds));
    let shown = rows.into_iter().map(|row| {
        context! {
            what => row.what,
            since => row.since.map(|at| moment_in_words(at, &visit.console.zone)),
            why => row.why,
            to_do => row.to_do,
        }
    });
    shown.collect()
}

fn troubles(service: &Service) -> impl Iterator<Item = Row> {
    service.troubles.iter().map(|trouble| Row {
        what: capital(trouble.what),
        since: Some(trouble.since),
        why: match &trouble.why {
            Some(why) => format!("{}.", capital(why)),
            None => "The server’s log says why.".to_owned(),
        },
        to_do: trouble.to_do.to_owned(),
    })
}

/// Before it is a trouble, while there is time to make room.
fn room(disk: Disk) -> Option<Row> {
    let soon = disk.needed.saturating_mul(2);
    (disk.needed..soon).contains(&disk.free).then(|| Row {
        what: "The disk of the data folder is nearly full".to_owned(),
        why: format!(
            "{} are free. Below {} mail is put off and pages are refused.",
            size_in_words(disk.free),
            size_in_words(disk.needed)
        ),
        to_do: "Make room on it. Do not delete from the record.".to_owned(),
        ..Row::default()
    })
}

fn folders(service: &Service) -> impl Iterator<Item = Row> {
    service.folders.iter().filter_map(|folder| {
        let (why, to_do) = match folder.files {
            None => (
                "The folder cannot be looked at.".to_owned(),
                "Put the folder back where the configuration names it, with its rights.",
            ),
            Some(files) if files.failed > 0 => (
                format!("Files that could not be read: {}.", files.failed),
                "See in the server’s log what is wrong, and have the files sent again. Then take those \
                 that end in .failed out of the folder.",
            ),
            Some(_) => return None,
        };
        Some(Row {
            what: folder.title.to_owned(),
            why,
            to_do: to_do.to_owned(),
            ..Row::default()
        })
    })
}

fn old_feeds(visit: &Visit, feeds: &[(FeedRun, Option<Timestamp>)]) -> impl Iterator<Item = Row> {
    feeds.iter().filter_map(|(run, whole)| {
        let (health, colour) = is_well(run, *whole, visit.at);
        (colour == "red").then(|| Row {
            what: format!("The feed {}", run.feed),
            why: match whole {
                Some(at) => format!(
                    "{health}. Last taken in whole on {}.",
                    moment_in_words(*at, &visit.console.zone)
                ),
                None => format!("{health}. Never taken in whole."),
            },
            to_do: "See Feeds health, or ask whoever may open it. Then have the feed sent again."
                .to_owned(),
            ..Row::default()
        })
    })
}
