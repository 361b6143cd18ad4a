//! Clock events as JSON: a list of `{person, time, state, source, site?, event?}`.

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use crate::cell::{self, LONGEST_TEXT, Wrong};
use crate::clock::{Clocking, State, moment};
use crate::quarantine::Quarantined;

/// Most events in one request.
pub const MOST_EVENTS: usize = 1000;

/// Why a body cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// Not JSON, or not a list.
    #[error("the body is not a list of events in JSON")]
    NotAList(#[from] serde_json::Error),
    /// Too many at once.
    #[error("{0} events are too many at once; send at most {MOST_EVENTS}")]
    TooMany(usize),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    person: String,
    time: String,
    state: String,
    source: String,
    #[serde(default)]
    site: Option<String>,
    #[serde(default)]
    event: Option<String>,
}

/// Reads a body. One event that cannot be read does not stop the others.
pub fn read(body: &[u8], zone: &TimeZone) -> Result<Vec<Result<Clocking, Quarantined>>, BodyError> {
    let events: Vec<Value> = serde_json::from_slice(body)?;
    if events.len() > MOST_EVENTS {
        return Err(BodyError::TooMany(events.len()));
    }
    let numbered = (1u64..).zip(events);
    Ok(numbered
        .map(|(row, event)| read_one(row, event, zone))
        .collect())
}

fn read_one(row: u64, event: Value, zone: &TimeZone) -> Result<Clocking, Quarantined> {
    let event: Event = serde_json::from_value(event).map_err(|error| {
        let hint = "an event has person, time, state, source and, if there are, site and event";
        Quarantined::row(row, "event", cell::clipped(&error.to_string()), hint)
    })?;
    let at = |field: &'static str| {
        move |wrong: Wrong| Quarantined::row(row, field, wrong.reason, wrong.hint)
    };
    let person = cell::key(&event.person).map_err(at("person"))?.to_owned();
    if person.is_empty() {
        let hint = "give the employee number or the account";
        return Err(Quarantined::row(row, "person", "is missing", hint));
    }
    let moment = moment::read(&event.time, zone, None).map_err(at("time"))?;
    let state = State::read(&event.state).ok_or_else(|| {
        let reason = format!("`{}` is no state of a clock", cell::clipped(&event.state));
        Quarantined::row(row, "state", reason, "write in, out, unknown or void")
    })?;
    let text = |field, value: Option<String>| -> Result<Option<String>, Quarantined> {
        let value = value.filter(|value| !value.trim().is_empty());
        let read = value.map(|value| cell::text(&value, LONGEST_TEXT).map(str::to_owned));
        read.transpose().map_err(at(field))
    };
    let (site, name) = (text("site", event.site)?, text("event", event.event)?);
    if state == State::Void && name.is_none() {
        let hint = "name the event that did not happen";
        return Err(Quarantined::row(row, "event", "is missing", hint));
    }
    Ok(Clocking {
        row,
        person,
        at: moment.earliest,
        at_latest: moment.latest,
        state,
        site,
        source: text("source", Some(event.source))?.unwrap_or_else(|| "clock".to_owned()),
        event: name,
    })
}
