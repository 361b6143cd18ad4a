//! From the record to what each person sees of their own use: figures by month, and their latest calls
//! and print jobs. What counts for whom is what reports count (`reports::entry`), so that nobody is
//! shown something as their own that would not be held to be theirs.

use std::path::Path;
use std::time::Duration;

use cdr::leg::Direction;
use cdr::tariff::Tariff;
use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use journal::Reader;
use ledger::EntryIndex;
use matters::id::PersonId;
use register_store::own_use::{Kind, OwnAct, Used};
use register_store::{Store, StoreError};
use reports::entry::{self, Context, Whose};
use reports::month::Month;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// How often the record is looked at: somebody may look for the call they just made.
const EVERY: Duration = Duration::from_secs(5);

/// Entries read in one go.
const MOST_READ: u64 = 20_000;

/// Why the record is not followed for now.
#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error("the people's database cannot be asked about people's own use")]
    Store(#[from] StoreError),
    #[error("the record cannot be read")]
    Read(#[from] journal::ReadError),
    #[error("reading the record ended badly")]
    Ended(#[from] tokio::task::JoinError),
}

/// What has to be known beside the record.
#[derive(Debug, Clone)]
pub(crate) struct Knows {
    /// The record's name.
    pub(crate) record: String,
    /// Where months begin and end.
    pub(crate) zone: TimeZone,
    /// What calls cost where their entries do not say.
    pub(crate) tariff: Option<Tariff>,
}

/// Follows the record until dropped.
pub(crate) async fn follow(store: &Store, point: &DecisionPoint, knows: &Knows) {
    loop {
        if let Err(error) = once(store, point, knows).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "people's own figures wait"
            );
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Reads on to the present end.
async fn once(store: &Store, point: &DecisionPoint, knows: &Knows) -> Result<(), FollowError> {
    let mut next = store.own_use_read(&knows.record).await?;
    while next < point.journal().written().0 {
        let (folder, knows_too) = (point.journal().dir().to_owned(), knows.clone());
        let read = move || read(&folder, next, &knows_too);
        let (used, read_until) = tokio::task::spawn_blocking(read).await??;
        if read_until == next {
            break;
        }
        let now = Timestamp::now();
        let month = Month::of(now, &knows.zone);
        let record = &knows.record;
        store
            .follow_own_use(record, &used, read_until, (now, month))
            .await?;
        next = read_until;
    }
    Ok(())
}

/// What a part of the record tells, and the entry after it.
fn read(folder: &Path, from: u64, knows: &Knows) -> Result<(Used, u64), journal::ReadError> {
    let mut used = Used::default();
    let mut next = from;
    let mut reader = Reader::from(folder, EntryIndex(from))?;
    while next - from < MOST_READ {
        let Some(entry) = reader.next_entry()? else {
            break;
        };
        next = entry.index.0 + 1;
        add(&mut used, entry.index.0, entry.payload, knows);
    }
    Ok((used, next))
}

fn add(used: &mut Used, entry: u64, payload: &[u8], knows: &Knows) {
    let context = Context {
        domains: &[],
        tariff: knows.tariff.as_ref(),
        record: &knows.record,
    };
    let Ok(counted) = entry::count(payload, &context) else {
        return;
    };
    for act in counted.acts {
        let (Whose::Person(person), entry::Kind::Use { channel, detail }) = (act.whose, act.kind)
        else {
            continue;
        };
        let person = PersonId::new(person);
        let kind = Kind {
            person: person.clone(),
            month: Month::of(act.at, &knows.zone),
            channel,
            action: detail.map_or_else(String::new, |detail| detail.action),
        };
        *used.figures.entry(kind).or_default() += act.volume;
        if let Ok(told) = serde_json::from_slice::<Told>(payload)
            && let Some(action) = told.action()
        {
            used.acts.push(OwnAct {
                entry,
                person,
                at: act.at,
                channel,
                action: action.to_owned(),
                other: told.other(),
                volume: act.volume,
                is_colour: told.request.what.job.iter().any(|one| one == "colour"),
                is_private: told.is_private(),
                part_of: told.decided,
            });
        }
    }
}

/// What is listed of a call or a print job.
#[derive(Debug, Deserialize)]
struct Told {
    kind: String,
    #[serde(default)]
    direction: Option<Direction>,
    #[serde(default)]
    from: Option<Party>,
    #[serde(default)]
    to: Option<Party>,
    #[serde(default)]
    printer: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    done: String,
    /// The job's decision, of pages that came out.
    #[serde(default)]
    decided: Option<u64>,
    #[serde(default)]
    request: Request,
}

/// A telephone, or the address of somebody in a chat.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Party {
    Number {
        #[serde(default)]
        number: Option<String>,
        class: String,
    },
    Address(IgnoredAny),
}

#[derive(Debug, Default, Deserialize)]
struct Request {
    #[serde(default)]
    what: What,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct What {
    number: Vec<String>,
    manner: Vec<String>,
    job: Vec<String>,
}

impl Told {
    /// What was done, where it is listed at all.
    fn action(&self) -> Option<&str> {
        match (self.kind.as_str(), self.direction) {
            ("call", Some(Direction::Incoming)) => Some("call-in"),
            ("call", Some(Direction::Outgoing)) => Some("call-out"),
            ("call", Some(Direction::Internal)) => Some("call-inside"),
            ("call", _) => Some("call"),
            ("print", _) => Some(&self.done),
            ("printed", _) => Some("print"),
            _ => None,
        }
    }

    /// The other number, or what kind of number it is where it is nobody's business; the printer.
    fn other(&self) -> String {
        let other = match self.direction {
            Some(Direction::Incoming) => &self.from,
            _ => &self.to,
        };
        match other {
            Some(Party::Number { number, class }) => number.as_ref().unwrap_or(class).clone(),
            _ => self.printer.clone(),
        }
    }

    /// Whether its person said so when it was made.
    fn is_private(&self) -> bool {
        let what = &self.request.what;
        let said = |labels: &[String], label: &str| labels.iter().any(|one| one == label);
        self.purpose == "private"
            || said(&what.number, "own-private")
            || said(&what.manner, "declared-private")
            || said(&what.manner, "second-line")
    }
}

#[cfg(test)]
mod tests;
