//! Processes between people: which began under a clause, what somebody reported themselves, and what they
//! declared to be personal.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Act, Context, Counted, Declared, Kind, LONGEST, Reported, Volume, Whose};

/// What a declaration is called.
const PERSONAL_USE: &str = "personal-use";

/// What is counted under the clauses it rests on.
const PROCESSES: [&str; 3] = ["incident", "member-misuse", "withdrawal"];

/// Most clauses of one process that are counted.
const MOST_CLAUSES: usize = 16;

#[derive(Debug, Deserialize)]
struct Entry {
    at: Timestamp,
    event: Event,
}

#[derive(Debug, Deserialize)]
struct Event {
    kind: String,
    subject: String,
    #[serde(default)]
    from: Option<IgnoredAny>,
    #[serde(default)]
    clauses: Vec<String>,
    #[serde(default)]
    evidence: Vec<String>,
}

/// What a step counts as: the first of a process, once under each clause.
pub(super) fn count(payload: &[u8], context: &Context<'_>) -> Result<Counted, serde_json::Error> {
    let Entry { at, event } = serde_json::from_slice(payload)?;
    if event.kind == PERSONAL_USE {
        return Ok(declared(event, context));
    }
    let is_first = event.from.is_none();
    if !is_first || !PROCESSES.contains(&event.kind.as_str()) {
        return Ok(Counted::default());
    }
    let clauses = event.clauses.iter();
    let clauses = clauses.filter(|clause| clause.len() <= LONGEST);
    let acts = clauses.take(MOST_CLAUSES).map(|clause| Act {
        at,
        whose: Whose::Person(event.subject.clone()),
        kind: Kind::Case {
            clause: clause.clone(),
            process: event.kind.clone(),
        },
        volume: Volume {
            count: 1,
            ..Volume::default()
        },
    });
    Ok(Counted {
        acts: acts.collect(),
        reported: (event.kind == "incident").then(|| Reported {
            by: event.subject.clone(),
            at,
        }),
        declared: None,
    })
}

/// A declaration; of entries of another record it says nothing here.
fn declared(event: Event, context: &Context<'_>) -> Counted {
    let entries = event.evidence.iter().filter_map(|reference| {
        let (record, entry) = reference.rsplit_once('/')?;
        (record == context.record).then(|| entry.parse().ok())?
    });
    Counted {
        declared: Some(Declared {
            entries: entries.collect(),
            by: event.subject,
        }),
        ..Counted::default()
    }
}
