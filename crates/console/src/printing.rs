//! Files to print, keep or post: the words of a page as a PDF.
//!
//! A file says what its page says, and comes by a route of that page, so the same people may have
//! it. People who read large print get their files in it.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use matters::event::Event;
use minijinja::Value;
use paper::{Block, Document, Size};

use crate::failure::Failure;
use crate::people_named::{actor_in_words, name_of};
use crate::visit::{Answer, Visit};
use crate::words::{self, moment_in_words, step_in_words};

/// What pages are written in.
const LANGUAGE: &str = "en-GB";

/// Rows of a `summary` as they stand on the page.
pub(crate) fn rows(rows: &[Value]) -> Block {
    let part = |row: &Value, name: &str| {
        let part = row.get_attr(name);
        part.map(|part| part.to_string()).unwrap_or_default()
    };
    Block::rows(
        rows.iter()
            .map(|row| (part(row, "key"), part(row, "value"))),
    )
}

/// What happened to a matter, who did it in which post, and why.
pub(crate) fn history(visit: &Visit, events: &[Event]) -> Block {
    let row = |event: &Event| {
        vec![
            moment_in_words(event.act.at, &visit.console.zone),
            step_in_words(&event.step),
            by(visit, event),
            event.act.reason.clone().unwrap_or_default(),
        ]
    };
    Block::table(
        &[("When", 20), ("What", 18), ("By", 30), ("Why", 32)],
        events.iter().map(row).collect(),
    )
}

fn by(visit: &Visit, event: &Event) -> String {
    let image = visit.image();
    let actor = actor_in_words(&image, &event.act.actor);
    let Some(authority) = &event.authority else {
        return actor;
    };
    let post = words::post(&visit.console.people, authority.post.as_str());
    match &authority.delegation {
        None => format!("{actor}, {post}"),
        Some(written) => format!(
            "{actor}, for {} ({post}), delegation {written}",
            name_of(&image, &authority.holder)
        ),
    }
}

impl Visit {
    /// A document of the council's, for whoever asks.
    pub(crate) fn document(
        &self,
        title: String,
        reference: Option<String>,
        blocks: Vec<Block>,
    ) -> Document {
        let image = self.image();
        let viewer = image.people().person(&self.viewer.person);
        let format = viewer.and_then(|person| person.format.as_deref());
        Document {
            language: LANGUAGE.to_owned(),
            council: image.pack().settings().council.clone(),
            title,
            reference,
            size: match format {
                Some("large-print") => Size::Large,
                _ => Size::Usual,
            },
            blocks,
        }
    }

    /// Answers with a document as a file. `name` is ours, not typed by anybody.
    pub(crate) async fn print(&self, name: &str, document: Document) -> Answer {
        let printed = tokio::task::spawn_blocking(move || paper::pdf(&document)).await;
        let bytes = printed.map_err(Failure::broken)?.map_err(Failure::broken)?;
        let headers = [
            (CONTENT_TYPE, "application/pdf".to_owned()),
            (
                CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}.pdf\""),
            ),
        ];
        Ok((headers, bytes).into_response())
    }
}
