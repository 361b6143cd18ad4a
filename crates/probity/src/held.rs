//! Mail the gate keeps, joined to the people who decide about it: each copy becomes a matter, what is
//! released goes on, and what nobody keeps any more is disposed of.
//!
//! The folder is the gate's word and the database the people's; either may be ahead after a crash. A
//! copy is found again by its name, so it never becomes two matters. Killed between the mail server's
//! word and ours, a released message goes out twice.

mod showing;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use content::mail;
use decision_point::past::Released;
use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use mail_gate::quarantine::{Kept, Quarantine};
use mail_gate::submit::{Session, SubmitError, Whole};
use matters::event::{Act, Actor};
use matters::held_mail::{self, Found, GATE, HeldMail, Step};
use matters::id::{MatterId, PersonId};
use register_store::matters_kept::{self, Filter};
use register_store::waiting::Waiting;
use register_store::{Store, StoreError};
use sha2::{Digest, Sha256};

use crate::failure::Failure;

pub(crate) use showing::Showing;

/// How often copies and decisions are looked for.
const EVERY: Duration = Duration::from_secs(1);

/// Copies looked at in one go; the rest follows with the next.
const MOST_AT_ONCE: usize = 50;

/// The mail one gate keeps.
#[derive(Clone)]
pub(crate) struct Held {
    quarantine: Quarantine,
    /// The record's name: several gates may share one database of people.
    gate: String,
    /// The SMTP server, without a gate in front, that takes what is released.
    server: Option<SocketAddr>,
    /// Remembers what was released.
    point: Option<Arc<DecisionPoint>>,
}

/// Copies that were seen, with their matters; none for what is evidence only.
#[derive(Debug, Default)]
struct Known {
    matters: BTreeMap<String, Option<MatterId>>,
    /// The last that was looked at for disposal.
    last: String,
}

/// Why nothing goes on for now.
#[derive(Debug, thiserror::Error)]
enum HeldError {
    #[error("the people's database cannot be asked about held mail")]
    Store(#[from] StoreError),
    #[error("the folder of held mail cannot be read or changed")]
    Folder(#[from] std::io::Error),
    #[error("released mail waits for its mail server")]
    Server(#[from] SubmitError),
    #[error("mail is released and [mail.notices] names no server to hand it to")]
    NoServer,
}

impl Held {
    /// The mail in a folder.
    pub(crate) fn open(
        folder: &std::path::Path,
        gate: &str,
        server: Option<SocketAddr>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            quarantine: Quarantine::open(folder)?,
            gate: gate.to_owned(),
            server,
            point: None,
        })
    }

    /// The same, and what is released is remembered as mail that was wanted.
    pub(crate) fn remembered_by(mut self, point: Arc<DecisionPoint>) -> Self {
        self.point = Some(point);
        self
    }

    /// Shows what is kept, to those who decide.
    pub(crate) fn showing(&self) -> Showing {
        Showing(self.clone())
    }

    /// Keeps both sides together until dropped.
    pub(crate) async fn follow(&self, store: &Store) {
        let mut known = Known::default();
        let mut said = None;
        loop {
            let trouble = self.once(store, &mut known).await.err();
            let trouble = trouble.map(|error| match std::error::Error::source(&error) {
                Some(source) => format!("{error}: {source}"),
                None => error.to_string(),
            });
            if let Some(why) = trouble.as_ref().filter(|_| trouble != said) {
                tracing::warn!(why, "held mail waits");
            }
            said = trouble;
            tokio::time::sleep(EVERY).await;
        }
    }

    async fn once(&self, store: &Store, known: &mut Known) -> Result<(), HeldError> {
        let names = self.quarantine.names()?;
        let here: BTreeSet<&String> = names.iter().collect();
        known.matters.retain(|name, _| here.contains(name));
        let new = names
            .iter()
            .filter(|name| !known.matters.contains_key(*name));
        let new: Vec<&String> = new.take(MOST_AT_ONCE).collect();
        let mut trouble = Ok(());
        for name in new {
            match self.matter(store, name).await {
                Ok(matter) => drop(known.matters.insert(name.clone(), matter)),
                // One that cannot be read keeps no other waiting.
                Err(error @ HeldError::Folder(_)) => trouble = Err(error),
                Err(error) => return Err(error),
            }
        }
        self.dispose(store, known).await?;
        self.release(store).await.and(trouble)
    }

    /// What the matter of a copy says it is about.
    fn copy(&self, name: &str) -> String {
        format!("{}/{name}", self.gate)
    }

    /// The name of a copy of this gate's.
    fn name<'c>(&self, copy: &'c str) -> Option<&'c str> {
        copy.strip_prefix(&self.gate)?.strip_prefix('/')
    }

    /// The matter of a copy, which is begun if there is none; none for what is kept as evidence only.
    async fn matter(&self, store: &Store, name: &str) -> Result<Option<MatterId>, HeldError> {
        let filter = Filter {
            about: Some(self.copy(name)),
            limit: 1,
            ..Filter::default()
        };
        let page = store.matters::<HeldMail>(&filter).await?;
        if let Some(kept) = page.items.into_iter().next() {
            return Ok(Some(kept.id));
        }
        let note = self.quarantine.note(name)?;
        if !note.waits() {
            return Ok(None);
        }
        let message = self.quarantine.message(name)?;
        let opening = opening(&self.copy(name), note, &message);
        let opened = store.open_matter::<HeldMail>(opening, &act()).await?;
        Ok(Some(opened.id))
    }

    /// Takes away copies whose matter no longer needs them, a few at a time, round and round.
    async fn dispose(&self, store: &Store, known: &mut Known) -> Result<(), HeldError> {
        let after = (Bound::Excluded(known.last.as_str()), Bound::Unbounded);
        let part = known.matters.range::<str, _>(after).take(MOST_AT_ONCE);
        let part: Vec<_> = part.map(|(name, id)| (name.clone(), id.clone())).collect();
        let is_last = part.len() < MOST_AT_ONCE;
        for (name, id) in part {
            if let Some(id) = &id
                && !store.matter::<HeldMail>(id).await?.matter.keeps_message()
            {
                self.quarantine.remove(&name)?;
                known.matters.remove(&name);
            }
            known.last = name;
        }
        if is_last {
            known.last.clear();
        }
        Ok(())
    }

    /// Hands on what somebody released.
    async fn release(&self, store: &Store) -> Result<(), HeldError> {
        let released = store
            .waiting::<HeldMail>(&Waiting {
                states: &["released"],
                limit: MOST_AT_ONCE,
                ..Waiting::default()
            })
            .await?;
        let own = released.iter();
        let own: Vec<_> = own
            .filter_map(|kept| Some((kept, self.name(&kept.matter.copy)?)))
            .collect();
        if own.is_empty() {
            return Ok(());
        }
        let server = self.server.ok_or(HeldError::NoServer)?;
        let mut session = Session::open(server).await?;
        let mut trouble = Ok(());
        for (kept, name) in own {
            let refused = match self.hand_over(&mut session, kept, name).await {
                Ok(refused) => refused,
                // The next may go on all the same.
                Err(HeldError::Server(error)) if error.is_of_message() => {
                    trouble = Err(error.into());
                    continue;
                }
                Err(error @ HeldError::Folder(_)) => {
                    trouble = Err(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            // Whatever was done with it meanwhile: the mail server has it.
            let step = Step::HandOver { refused };
            store.take::<HeldMail>(&kept.id, None, step, &act()).await?;
            self.quarantine.remove(name)?;
        }
        session.close().await;
        trouble
    }

    /// Gives the recipients the server would not take it for.
    async fn hand_over(
        &self,
        session: &mut Session,
        kept: &matters_kept::Kept<HeldMail>,
        name: &str,
    ) -> Result<Vec<String>, HeldError> {
        let note = self.quarantine.note(name)?;
        let message = self.quarantine.goes_on(name)?;
        let to: Vec<&str> = note.recipients.iter().map(String::as_str).collect();
        let whole = Whole {
            from: &note.mail_from,
            to: &to,
            message: &message,
        };
        match session.relay(&whole).await {
            Ok(refused) => {
                self.remember(&note, &message);
                Ok(refused)
            }
            // It will be refused again; those it concerns are told so.
            Err(error) if error.is_permanent() => {
                let why = &error as &dyn std::error::Error;
                tracing::warn!(matter = %kept.id, why, "a released message was refused");
                Ok(note.recipients)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn remember(&self, note: &Kept, message: &[u8]) {
        if let Some(point) = &self.point {
            let reading = mail::read(message, None, &mail::Limits::default());
            point.information().remember_released(&Released {
                at: Timestamp::now(),
                sent: note.sent,
                mail_from: &note.mail_from,
                recipients: &note.recipients,
                reading: &reading,
            });
        }
    }
}

fn act() -> Act {
    Act::of(Actor::Rule(GATE.to_owned()), Timestamp::now())
}

fn opening(copy: &str, note: Kept, message: &[u8]) -> held_mail::Opening {
    let mut people = note.people.iter().map(|id| PersonId::from(id.as_str()));
    let found = |found: mail_gate::quarantine::KeptFinding| Found {
        label: found.label,
        confidence: found.confidence,
        words: found.words,
    };
    let sha256 = Sha256::digest(message);
    held_mail::Opening {
        copy: copy.to_owned(),
        entry: note.entry,
        at: note.at,
        sent: note.sent,
        person: people.next(),
        others: people.collect(),
        mail_from: note.mail_from,
        recipients: note.recipients,
        subject: note.subject,
        clauses: note.clauses.iter().map(ToString::to_string).collect(),
        findings: note.findings.into_iter().map(found).collect(),
        sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

#[cfg(test)]
mod tests;
