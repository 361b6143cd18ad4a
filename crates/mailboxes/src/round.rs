//! One round over all mailboxes.
//!
//! For each: what is on an earlier list and whose time is over is removed, if it is still personal and need
//! not be kept; what is personal and on no list yet is listed. That something is to go is on the record
//! before it goes, so a round that is cut short is taken up where it stopped.

use std::collections::BTreeSet;
use std::time::Duration;

use data_encoding::HEXLOWER;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use matters::event::{Act, Actor};
use matters::id::PersonId;
use matters::people::Person;
use matters::personal_mail::{MOST, Opening, PersonalMail, State, Step};
use policy::people::PersonalMailRules;
use register_store::matters_kept::{Filter, Kept};
use register_store::{Store, StoreError};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::letter::{About, Line, written};
use crate::mailbox::Mailbox;
use crate::message::Message;
use crate::protected::Protected;
use crate::server::{NamedBy, Server, ServerError};

/// Who acts.
const RULE: &str = "personal-mail";

/// How long one mailbox may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Lists of one person that are open at the same time: more than a year of weekly ones.
const MOST_LISTS: usize = 100;

/// Why a round ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// The policy in force says nothing about personal mail.
    #[error("this council's policy has no [people.personal_mail]: nothing is listed or removed")]
    NoRules,
    /// The people's database is away.
    #[error("the people's database cannot be asked")]
    Store(#[from] StoreError),
    /// The server is away, or cannot be used at all.
    #[error("no mailbox can be opened")]
    Server(#[source] ServerError),
}

/// What came of one mailbox.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("the people's database cannot be asked")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("it takes longer than {} s", .0.as_secs())]
    Slow(Duration),
}

/// Whether anything is done, or only said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Lists are put into mailboxes, and messages removed.
    Do,
    /// Nothing changes.
    Say,
}

/// What came of a round, or would.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Mailboxes that were looked into.
    pub mailboxes: u64,
    /// People without one.
    pub without: u64,
    /// Mailboxes that could not be looked into; they are the next time.
    pub failed: u64,
    /// Messages that were listed for the first time.
    pub listed: u64,
    /// Lists that were put into mailboxes.
    pub lists: u64,
    /// Messages that were removed.
    pub removed: u64,
    /// Messages whose time is over and that have to be kept.
    pub kept: u64,
}

/// How far a round is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// People looked at.
    pub done: usize,
    /// People in all.
    pub of: usize,
}

/// Goes over every mailbox once.
pub async fn round(
    store: &Store,
    server: &Server,
    mode: Mode,
    now: Timestamp,
    mut follow: impl FnMut(Progress),
) -> Result<Tally, RoundError> {
    store.refresh().await?;
    let image = store.image();
    let settings = image.pack().settings();
    let rules = settings
        .people
        .personal_mail
        .as_ref()
        .ok_or(RoundError::NoRules)?;
    let mut people: Vec<_> = image.people().all().cloned().collect();
    people.sort_by(|one, other| one.id.cmp(&other.id));
    let round = Round {
        store,
        server,
        rules,
        zone: TimeZone::get(&settings.zone).unwrap_or(TimeZone::UTC),
        mode,
        now,
    };
    let (of, mut tally) = (people.len(), Tally::default());
    for (done, person) in people.iter().enumerate() {
        follow(Progress { done, of });
        let looked = tokio::time::timeout(PATIENCE, round.look(person, &mut tally));
        match looked.await.unwrap_or(Err(Failed::Slow(PATIENCE))) {
            Ok(()) => {}
            Err(Failed::Store(error)) => return Err(error.into()),
            // Nobody is there: nor will there be for the next.
            Err(Failed::Server(
                error @ (ServerError::Unreachable(_)
                | ServerError::Account
                | ServerError::NoUidPlus),
            )) => {
                return Err(RoundError::Server(error));
            }
            Err(error) => {
                tally.failed += 1;
                let error = &error as &dyn std::error::Error;
                tracing::warn!(person = %person.id, error, "a mailbox waits for the next round");
            }
        }
    }
    follow(Progress { done: of, of });
    Ok(tally)
}

struct Round<'a> {
    store: &'a Store,
    server: &'a Server,
    rules: &'a PersonalMailRules,
    zone: TimeZone,
    mode: Mode,
    now: Timestamp,
}

impl Round<'_> {
    async fn look(&self, person: &Person, tally: &mut Tally) -> Result<(), Failed> {
        let owner = match self.server.settings.named_by {
            NamedBy::Address => person.addresses.first(),
            NamedBy::Account => person.accounts.first(),
        };
        // Whoever has left reads no list.
        let Some(owner) = owner.filter(|_| !person.addresses.is_empty()) else {
            tally.without += 1;
            return Ok(());
        };
        if self.store.has_left(&person.id, self.now).await? {
            return Ok(());
        }
        let mut mailbox = match self.server.open(owner).await {
            Ok(mailbox) => mailbox,
            Err(ServerError::NoMailbox(why)) => {
                tracing::debug!(person = %person.id, why, "no mailbox");
                tally.without += 1;
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        tally.mailboxes += 1;
        let mut found = mailbox
            .personal(person.id.as_str(), &person.addresses, &self.zone)
            .await?;
        let lists = self.lists(&person.id).await?;
        let lists = self
            .remove(&mut mailbox, person, &mut found, lists, tally)
            .await?;
        self.list(&mut mailbox, person, &found, &lists, tally)
            .await?;
        mailbox.close().await;
        Ok(())
    }

    /// Their lists of which something is left to do, newest first.
    async fn lists(&self, person: &PersonId) -> Result<Vec<Kept<PersonalMail>>, StoreError> {
        let filter = Filter {
            subject: Some(person.clone()),
            is_over: Some(false),
            limit: MOST_LISTS,
            ..Filter::default()
        };
        Ok(self.store.matters::<PersonalMail>(&filter).await?.items)
    }

    /// Removes what is due, there and from what was found, and gives the lists of which something is left
    /// to do.
    async fn remove(
        &self,
        mailbox: &mut Mailbox,
        person: &Person,
        found: &mut Vec<Message>,
        lists: Vec<Kept<PersonalMail>>,
        tally: &mut Tally,
    ) -> Result<Vec<Kept<PersonalMail>>, Failed> {
        let image = self.store.image();
        let is_due = |list: &PersonalMail| {
            let from = list.removed_from(&image.world());
            list.state == State::Removing || from.is_some_and(|from| from <= self.now)
        };
        let (due, left): (Vec<_>, Vec<_>) =
            lists.into_iter().partition(|list| is_due(&list.matter));
        if due.is_empty() {
            return Ok(left);
        }
        let protected = Protected::of(self.store, &person.id).await?;
        let mut gone = BTreeSet::new();
        for list in due {
            let on_it = |message: &&Message| match list.matter.state {
                State::Removing => list.matter.removed.contains(&message.digest),
                _ => list.matter.messages.contains(&message.digest),
            };
            let (stay, go): (Vec<_>, Vec<_>) = found
                .iter()
                .filter(on_it)
                .partition(|message| protected.keeps(message));
            tally.removed += go.len() as u64;
            tally.kept += stay.len() as u64;
            gone.extend(go.iter().map(|message| message.digest.clone()));
            if self.mode == Mode::Say {
                continue;
            }
            let digests =
                |of: &[&Message]| of.iter().map(|message| message.digest.clone()).collect();
            let (begun, stayed) = if list.matter.state == State::Removing {
                (list, digests(&stay))
            } else {
                let step = Step::Begin {
                    messages: digests(&go),
                    kept: u32::try_from(stay.len()).unwrap_or(u32::MAX),
                };
                (self.take(&list, step).await?, BTreeSet::new())
            };
            if begun.matter.state == State::Removing {
                mailbox.remove(&go).await?;
                self.take(&begun, Step::Finish { stayed }).await?;
            }
        }
        found.retain(|message| !gone.contains(&message.digest));
        Ok(left)
    }

    /// Lists what is personal, where it is time for a list.
    async fn list(
        &self,
        mailbox: &mut Mailbox,
        person: &Person,
        found: &[Message],
        lists: &[Kept<PersonalMail>],
        tally: &mut Tally,
    ) -> Result<(), Failed> {
        let told = lists.iter().map(|list| list.matter.told_at).max();
        let told = told.max(self.last_list(&person.id).await?);
        let every = SignedDuration::from_hours(24 * i64::from(self.rules.listed_every_days));
        if told.is_some_and(|told| self.now.duration_since(told) < every) {
            return Ok(());
        }
        let on_list = |message: &Message| {
            lists
                .iter()
                .find(|list| list.matter.messages.contains(&message.digest))
        };
        let fresh = found.iter().filter(|message| on_list(message).is_none());
        let fresh: BTreeSet<_> = fresh
            .map(|message| message.digest.clone())
            .take(MOST)
            .collect();
        let listed = PersonalMail {
            person: person.id.clone(),
            messages: fresh.clone(),
            listed_at: self.now,
            told_at: self.now,
            removed: BTreeSet::new(),
            kept: 0,
            state: State::Listed,
        };
        let image = self.store.image();
        let day = |list: &PersonalMail| {
            let from = list.removed_from(&image.world())?;
            Some(from.to_zoned(self.zone.clone()).date())
        };
        let lines: Vec<_> = found
            .iter()
            .filter_map(|message| {
                let list = match on_list(message) {
                    Some(list) => &list.matter,
                    None => Some(&listed).filter(|_| fresh.contains(&message.digest))?,
                };
                let from = day(list);
                Some(Line { message, from })
            })
            .collect();
        if lines.is_empty() {
            return Ok(());
        }
        tally.lists += 1;
        tally.listed += fresh.len() as u64;
        if self.mode == Mode::Say {
            return Ok(());
        }
        self.put(mailbox, person, &lines).await?;
        let act = Act::of(Actor::Rule(RULE.to_owned()), self.now);
        if !fresh.is_empty() {
            let opening = Opening {
                person: person.id.clone(),
                messages: fresh,
            };
            self.store
                .open_matter::<PersonalMail>(opening, &act)
                .await?;
        } else if let Some(newest) = lists.first() {
            self.take(newest, Step::Remind).await?;
        }
        Ok(())
    }

    /// When their last list was put into the mailbox, also where nothing of it is left to do.
    async fn last_list(&self, person: &PersonId) -> Result<Option<Timestamp>, StoreError> {
        let filter = Filter {
            subject: Some(person.clone()),
            limit: 1,
            ..Filter::default()
        };
        let last = self.store.matters::<PersonalMail>(&filter).await?.items;
        Ok(last.first().map(|list| list.matter.told_at))
    }

    async fn put(
        &self,
        mailbox: &mut Mailbox,
        person: &Person,
        lines: &[Line<'_>],
    ) -> Result<(), ServerError> {
        let image = self.store.image();
        let settings = image.pack().settings();
        let at = self.now.to_zoned(self.zone.clone());
        let to = person.addresses.first().map_or("", String::as_str);
        let domain = to
            .rsplit_once('@')
            .map_or("localhost", |(_, domain)| domain);
        // The same for the same day: a round that was cut short does not list twice.
        let who = HEXLOWER.encode(&Sha256::digest(person.id.as_str())[..8]);
        let message_id = format!("personal-mail.{}.{who}@{domain}", at.date());
        let about = About {
            settings,
            clauses: &self.rules.clauses,
            folder: &self.server.settings.folder,
            to,
            message_id: &message_id,
            date: &jiff::fmt::rfc2822::to_string(&at).unwrap_or_default(),
        };
        mailbox.put(&message_id, &written(lines, &about)).await
    }

    async fn take(
        &self,
        list: &Kept<PersonalMail>,
        step: Step,
    ) -> Result<Kept<PersonalMail>, StoreError> {
        let act = Act::of(Actor::Rule(RULE.to_owned()), self.now);
        self.store
            .take(&list.id, Some(list.version), step, &act)
            .await
    }
}
