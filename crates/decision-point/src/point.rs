//! The decision point: decide, record, and hand out only what is recorded.

use jiff::Timestamp;
use journal::{CannotRecord, Journal, Recorded};
use policy::clause::ClauseId;
use policy::decision::Outcome;
use sha2::{Digest, Sha256};

use crate::entry::{
    self, AcknowledgedEntry, CarriedOut, CarriedOutEntry, Entry, StartedEntry, TakenUpEntry,
    UnreadMailEntry, What, cut,
};
use crate::information::InformationPoint;
use crate::mail::{MailEvent, MailVerdict};
use crate::web::{WebEvent, WebVerdict};

/// How long a web decision may be in the kernel's memory only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WebDurability {
    /// It survives the death of the process at once, and a power cut within the journal's window.
    #[default]
    Written,
    /// It survives a power cut before the page is answered.
    Synced,
}

/// A page request that could not be recorded.
#[derive(Debug, thiserror::Error)]
#[error("a page request cannot be recorded")]
pub struct Unrecorded {
    /// Whether the pack lets this kind of site pass meanwhile.
    pub may_pass: bool,
    /// Why.
    #[source]
    pub source: CannotRecord,
}

/// Gathers, decides and records for all gates of one process.
pub struct DecisionPoint {
    information: InformationPoint,
    journal: Journal,
    web_durability: WebDurability,
}

impl DecisionPoint {
    /// Joins what is known to where it is recorded, and records the start.
    pub fn new(
        information: InformationPoint,
        journal: Journal,
        web_durability: WebDurability,
        at: Timestamp,
    ) -> Result<Self, CannotRecord> {
        let point = Self {
            information,
            journal,
            web_durability,
        };
        let adopted = point.information.adopted();
        let started = StartedEntry {
            program: env!("CARGO_PKG_VERSION"),
            pack: &adopted.pack().settings().name,
            pack_hash: adopted.pack().hash(),
        };
        let entry = bytes(&Entry::new(at, What::Started(started)));
        let _recorded = point.journal.append_synced_blocking((), &entry)?;
        Ok(point)
    }

    /// What is known at this moment.
    pub fn information(&self) -> &InformationPoint {
        &self.information
    }

    /// The journal everything is recorded in.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Decides a message. Resolves once the decision is on the disk; an error means that nothing
    /// may be answered but "try again later".
    pub async fn decide_mail(
        &self,
        event: &MailEvent<'_>,
    ) -> Result<Recorded<MailVerdict>, CannotRecord> {
        let verdict = self.information.consider_mail(event);
        let sha256 = Sha256::digest(event.message)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let entry = bytes(&Entry::mail(event, &verdict, sha256));
        let recorded = self.journal.append_synced(verdict, &entry).await?;
        // What was put off comes again, and what was stopped did not go out: neither counts.
        if recorded.strictest() < Outcome::Hold && !recorded.is_unevaluated() {
            self.information.count_mail(event);
        }
        Ok(recorded)
    }

    /// Records that a message is refused without being read. Resolves once that is on the disk.
    pub async fn refuse_unread_mail(
        &self,
        unread: UnreadMailEntry<'_>,
        at: Timestamp,
    ) -> Result<Recorded<()>, CannotRecord> {
        let what = UnreadMailEntry {
            queue_id: cut(unread.queue_id),
            client: cut(unread.client),
            authenticated: unread.authenticated.map(cut),
            mail_from: cut(unread.mail_from),
            ..unread
        };
        let entry = bytes(&Entry::new(at, What::UnreadMail(what)));
        self.journal.append_synced((), &entry).await
    }

    /// Decides a page request. The entry is in the kernel, or on the disk, before this resolves.
    pub async fn decide_web(
        &self,
        event: &WebEvent<'_>,
    ) -> Result<Recorded<WebVerdict>, Unrecorded> {
        let verdict = self.information.consider_web(event);
        let entry = entry::web(event, &verdict);
        let may_pass = || {
            let web = &self.information.adopted().pack().settings().web;
            let lists = self.information.lists().map(|lists| lists.current());
            lists.is_some_and(|lists| match lists.lookup(event.host, event.path) {
                site_categories::Match::Found(found) => found.categories().any(|category| {
                    web.pass_when_unrecorded
                        .iter()
                        .any(|known| known == category)
                }),
                site_categories::Match::Unknown => false,
            })
        };
        let recorded = match self.web_durability {
            WebDurability::Written => self.journal.append(verdict, &entry),
            WebDurability::Synced => self.journal.append_synced(verdict, &entry).await,
        };
        recorded.map_err(|source| Unrecorded {
            may_pass: may_pass(),
            source,
        })
    }

    /// Records that somebody has read these clauses and goes on, and remembers it.
    pub async fn acknowledge(
        &self,
        who: &str,
        clauses: &[ClauseId],
        host: &str,
        reason: &str,
        at: Timestamp,
    ) -> Result<(), CannotRecord> {
        let minutes = self
            .information
            .adopted()
            .pack()
            .settings()
            .web
            .coach_minutes;
        let until = at
            .checked_add(jiff::SignedDuration::from_mins(i64::from(minutes)))
            .unwrap_or(Timestamp::MAX);
        let what = AcknowledgedEntry {
            who: cut(who),
            clauses,
            host: cut(host),
            reason: cut(reason),
            until,
        };
        let entry = bytes(&Entry::new(at, What::Acknowledged(what)));
        let _recorded = self.journal.append_synced((), &entry).await?;
        for clause in clauses {
            self.information.acknowledged().note(who, clause, until);
        }
        Ok(())
    }

    /// Records that decisions rest on a new register or on new site lists from here on.
    pub fn taken_up(&self, what: &str, version: &str, at: Timestamp) -> Result<(), CannotRecord> {
        let taken_up = What::TakenUp(TakenUpEntry { what, version });
        self.journal
            .append((), &bytes(&Entry::new(at, taken_up)))
            .map(drop)
    }

    /// Records what came of the obligations of an entry. Written, not waited for: losing it in a
    /// power cut leaves the outcome "not known", which is what it then is.
    pub fn carried_out<T>(
        &self,
        of: &Recorded<T>,
        obligations: &[CarriedOut],
        at: Timestamp,
    ) -> Result<(), CannotRecord> {
        let what = CarriedOutEntry {
            of: of.entry().0,
            obligations,
        };
        self.journal
            .append((), &bytes(&Entry::new(at, What::CarriedOut(what))))
            .map(drop)
    }
}

/// Entries are made of strings, numbers and lists, which always serialise.
fn bytes(entry: &Entry<'_>) -> Vec<u8> {
    serde_json::to_vec(entry).unwrap_or_default()
}
