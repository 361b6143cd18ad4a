//! From the record to what waits for somebody: mail that went through the gates, followed thread by thread, so
//! that whoever manages a shared mailbox sees what nobody has answered; voicemail nobody listened to; and
//! telephones that calls do not reach.
//!
//! The record is read from where it was left; how far is kept with what came of it. Where nobody ever
//! looked it begins with what comes now: old mail would all seem late.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cdr::leg::{Direction, Outcome as CallOutcome, Voicemail};
use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use journal::Reader;
use ledger::EntryIndex;
use matters::id::PersonId;
use memchr::memmem::Finder;
use policy::decision::{Decision, Outcome};
use policy::obligation::Obligation;
use policy::request::{Clock, Mail, Request};
use register_store::enquiries::{Calls, Passed, Recipient};
use register_store::{Store, StoreError};
use register_store::{unreached, voicemail};
use serde::Deserialize;

/// How often the record is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Messages handed to the database in one change.
const MOST_AT_ONCE: usize = 200;

/// Entries read in one go.
const MOST_READ: usize = 20_000;

/// How many entries may lie between what was read and what is kept of it: what a start reads again.
const KEPT_EVERY: u64 = 100_000;

/// What every entry of a message has in it.
const MAIL: &[u8] = br#""kind":"mail""#;

/// What every entry of a call has in it.
const CALL: &[u8] = br#""kind":"call""#;

/// Findings that say that somebody asks for recorded information.
const ASKS: &str = "information-request";

/// Why the record is not followed for now.
#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error("the people's database cannot be asked about enquiries")]
    Store(#[from] StoreError),
    #[error("the record cannot be read")]
    Read(#[from] journal::ReadError),
    #[error("reading the record ended badly")]
    Ended(#[from] tokio::task::JoinError),
}

/// How far the record was read.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The next entry to be looked at.
    next: u64,
    /// The same, as it is kept.
    kept: u64,
}

/// Follows the record until dropped.
pub(crate) async fn follow(store: &Store, point: &DecisionPoint, record: &str) {
    let mut place = None;
    loop {
        match once(store, point, record, place).await {
            Ok(now) => place = Some(now),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "enquiries to shared mailboxes wait"
                );
                place = None;
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Reads on to the present end.
async fn once(
    store: &Store,
    point: &DecisionPoint,
    record: &str,
    place: Option<Place>,
) -> Result<Place, FollowError> {
    let mut place = match place {
        Some(place) => place,
        None => begin(store, point, record).await?,
    };
    while place.next < point.journal().written().0 {
        let (folder, from) = (point.journal().dir().to_owned(), place.next);
        let read = tokio::task::spawn_blocking(move || read(&folder, from)).await??;
        if !read.is_empty() || read.next - place.kept >= KEPT_EVERY {
            let (mails, calls) = (&read.mails, &read.calls);
            store.follow_record(record, mails, calls, read.next).await?;
            place.kept = read.next;
        }
        if read.next == place.next {
            break;
        }
        place.next = read.next;
    }
    Ok(place)
}

async fn begin(store: &Store, point: &DecisionPoint, record: &str) -> Result<Place, FollowError> {
    let kept = store.record_read(record).await?;
    let next = match kept {
        Some(next) => next,
        None => {
            let next = point.journal().written().0;
            let nothing = Calls::default();
            store.follow_record(record, &[], &nothing, next).await?;
            next
        }
    };
    Ok(Place { next, kept: next })
}

/// A part of the record.
#[derive(Debug)]
struct Part {
    /// Messages that may belong to a thread.
    mails: Vec<Passed>,
    /// Calls that may have consequences.
    calls: Calls,
    /// The entry after the last that was read.
    next: u64,
}

impl Part {
    fn is_empty(&self) -> bool {
        self.mails.is_empty() && self.calls == Calls::default()
    }
}

fn read(folder: &Path, from: u64) -> Result<Part, journal::ReadError> {
    let (is_mail, is_call) = (Finder::new(MAIL), Finder::new(CALL));
    let mut n_missed = 0;
    let mut part = Part {
        mails: Vec::new(),
        calls: Calls::default(),
        next: from,
    };
    let mut reader = Reader::from(PathBuf::from(folder), EntryIndex(from))?;
    for _ in 0..MOST_READ {
        let Some(entry) = reader.next_entry()? else {
            break;
        };
        part.next = entry.index.0 + 1;
        // Most entries are pages; only those that may be ours are read whole.
        if is_mail.find(entry.payload).is_some()
            && let Ok(told) = serde_json::from_slice::<Told>(entry.payload)
            && told.kind == "mail"
            && told.concerns_a_mailbox()
        {
            part.mails.push(told.passed(entry.index.0));
        }
        if is_call.find(entry.payload).is_some()
            && let Ok(call) = serde_json::from_slice::<Call>(entry.payload)
            && call.kind == "call"
        {
            let telephone = call.telephone(entry.index.0);
            // Those that were answered end something, where there is something.
            n_missed += usize::from(telephone.iter().any(|told| told.what.is_missed()));
            part.calls.telephones.extend(telephone);
            part.calls.voicemail.extend(call.voicemail(entry.index.0));
        }
        if part.mails.len() + part.calls.voicemail.len() + n_missed >= MOST_AT_ONCE {
            break;
        }
    }
    Ok(part)
}

/// What is asked of the entry of a call.
#[derive(Debug, Deserialize)]
struct Call {
    kind: String,
    at: Timestamp,
    learned: Timestamp,
    direction: Direction,
    person: Option<PersonId>,
    extension: Option<String>,
    outcome: CallOutcome,
    voicemail: Option<Voicemail>,
    diverted_to: Option<String>,
    request: Option<Request>,
}

impl Call {
    /// What it tells of somebody's voicemail, where it is anybody's.
    fn voicemail(&self, entry: u64) -> Option<voicemail::Told> {
        Some(voicemail::Told {
            entry,
            at: self.at,
            learned: self.learned,
            person: self.person.clone()?,
            extension: self.extension.clone()?,
            is_listening: self.voicemail? == Voicemail::Listened,
        })
    }

    /// What it tells of somebody's telephone. Of calls between two of ours the record names who called.
    fn telephone(&self, entry: u64) -> Option<unreached::Told> {
        // Of what voicemail took others take care.
        if self.voicemail.is_some() {
            return None;
        }
        let what = match (self.direction, &self.diverted_to, self.outcome) {
            (Direction::Outgoing | Direction::Internal, ..) => unreached::What::Made,
            (Direction::Incoming, Some(kind), _) => unreached::What::Diverted(kind.clone()),
            (Direction::Incoming, None, CallOutcome::Answered) => unreached::What::Answered,
            (Direction::Incoming, None, CallOutcome::NoAnswer | CallOutcome::Failed)
                if self.is_in_work_time() =>
            {
                unreached::What::Unanswered
            }
            // Engaged, or nobody was to be there.
            _ => return None,
        };
        Some(unreached::Told {
            entry,
            at: self.at,
            learned: self.learned,
            person: self.person.clone()?,
            extension: self.extension.clone()?,
            what,
        })
    }

    fn is_in_work_time(&self) -> bool {
        let request = self.request.as_ref();
        request.is_some_and(|request| request.when.clock == Clock::On)
    }
}

/// What is asked of an entry.
#[derive(Debug, Deserialize)]
struct Told {
    kind: String,
    at: Timestamp,
    #[serde(default)]
    sender: Option<String>,
    #[serde(default)]
    mail_from: String,
    #[serde(default)]
    message_id: Option<String>,
    #[serde(default)]
    in_reply_to: Option<String>,
    #[serde(default)]
    automatic: bool,
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
struct Group {
    #[serde(default)]
    recipients: Vec<String>,
    request: Request,
    decision: Decision,
}

impl Group {
    fn mail(&self) -> Option<&Mail> {
        self.request.what.mail()
    }

    /// Whether it went where it was to go.
    fn went_through(&self) -> bool {
        let redirect = Obligation::RedirectToSpamDesk;
        self.decision.outcome < Outcome::Hold && !self.decision.obligations.contains(&redirect)
    }

    fn recipients(&self) -> impl Iterator<Item = Recipient> {
        let mail = self.mail().filter(|_| self.went_through());
        mail.into_iter().flat_map(|mail| {
            let is_outside = !mail.recipient.contains("internal");
            self.recipients.iter().map(move |address| Recipient {
                address: address.clone(),
                is_outside,
            })
        })
    }
}

impl Told {
    fn mails(&self) -> impl Iterator<Item = &Mail> {
        self.groups.iter().filter_map(Group::mail)
    }

    /// To or from a shared mailbox, or an answer of one of the council's people, who may run one.
    fn concerns_a_mailbox(&self) -> bool {
        let shared = "generic-mailbox";
        (self.sender.is_some() && self.in_reply_to.is_some())
            || self
                .mails()
                .any(|mail| mail.sender.contains(shared) || mail.recipient.contains(shared))
    }

    fn passed(self, entry: u64) -> Passed {
        let any = |holds: fn(&Mail) -> bool| self.mails().any(holds);
        Passed {
            entry,
            at: self.at,
            is_automatic: self.automatic,
            is_circular: any(|mail| mail.marks.contains("bulk") || mail.marks.contains("spam")),
            asks_for_information: any(|mail| {
                mail.findings.contains(ASKS) || mail.suspicions.contains(ASKS)
            }),
            recipients: self.groups.iter().flat_map(Group::recipients).collect(),
            sender: self.sender.map(PersonId::new),
            message_id: self.message_id,
            in_reply_to: self.in_reply_to,
            mail_from: self.mail_from,
        }
    }
}

#[cfg(test)]
mod tests;
