//! The decision point: decide, record, and hand out only what is recorded.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use clamd::{Answer, Clamd};
use content::contents::Contents;
use jiff::Timestamp;
use journal::{CannotRecord, Journal, ReadError, Reader, Recorded};
use ledger::EntryIndex;
use policy::clause::ClauseId;
use policy::decision::Outcome;
use sha2::{Digest, Sha256};

use crate::call::{CallEvent, CallVerdict, SetUpEvent};
use crate::desk::printed::{JobDecided, Jobs, PrintedEntry};
use crate::desk::session::SessionEntry;
use crate::desk::{
    self, Confidence, DeskActivity, DeskEvent, DeskVerdict, Joined, Printed, Session,
};
use crate::entry::{
    self, AcknowledgedEntry, CarriedOut, CarriedOutEntry, Entry, MatterEntry, StartedEntry,
    TakenUpEntry, UnreadMailEntry, What, cut,
};
use crate::information::InformationPoint;
use crate::mail::{MailEvent, MailVerdict};
use crate::tally::Tally;
use crate::uses::{NobodyCounts, Taken, Uses};
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

/// A call that could not be judged yet.
#[derive(Debug, thiserror::Error)]
pub enum NotJudged {
    /// It cannot be recorded.
    #[error("a call cannot be recorded")]
    Unrecorded(#[from] CannotRecord),
    /// Whether the person had leave then cannot be told now, and it is not held against anybody that
    /// nobody knows.
    #[error("what its caller was permitted cannot be looked up now")]
    LeaveUnknown,
}

/// Gathers, decides and records for all gates of one process.
pub struct DecisionPoint {
    information: InformationPoint,
    journal: Journal,
    web_durability: WebDurability,
    uses: Arc<dyn Uses>,
    scanner: Option<Clamd>,
    tally: Tally,
    jobs: Jobs,
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
            uses: Arc::new(NobodyCounts),
            scanner: None,
            tally: Tally::default(),
            jobs: Jobs::default(),
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

    /// Names whoever counts the uses of permissions; nobody does before.
    pub fn count_uses_with(&mut self, uses: Arc<dyn Uses>) {
        self.uses = uses;
    }

    /// Names a virus scanner that looks at messages and bodies too.
    pub fn scan_with(&mut self, scanner: Clamd) {
        self.scanner = Some(scanner);
    }

    /// Adds what the virus scanner finds, if there is one. Where it does not answer, nobody has
    /// looked: what then happens is for the pack to say.
    pub async fn scan(&self, contents: &mut Contents, bytes: &[u8]) {
        let Some(scanner) = &self.scanner else {
            return;
        };
        match scanner.ask(bytes).await {
            Ok(Answer::Clean) => (),
            Ok(Answer::Found(name)) => contents.add_malware(&name),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the virus scanner did not look"
                );
                contents.unscanned = true;
            }
        }
    }

    /// Judges until every use a verdict rests on has been taken: one that cannot be is left out, and the
    /// verdict made anew without it. `uses` takes them out of a verdict.
    async fn settled<V>(
        &self,
        activity: impl Fn() -> String,
        at: Timestamp,
        uses: impl Fn(&mut V) -> BTreeSet<String>,
        judge: impl Fn(&BTreeSet<String>) -> V,
    ) -> V {
        let mut without = BTreeSet::new();
        loop {
            let mut verdict = judge(&without);
            let uses = uses(&mut verdict);
            // Ends: a person holds so many permissions, and each round leaves one out.
            if uses.is_empty() || self.take(uses, &activity(), at, &mut without).await {
                return verdict;
            }
        }
    }

    /// Takes the uses that a verdict rests on, and whether that went well. What cannot be taken is added to
    /// `without`, and the verdict is then not to be relied on.
    async fn take(
        &self,
        uses: BTreeSet<String>,
        activity: &str,
        at: Timestamp,
        without: &mut BTreeSet<String>,
    ) -> bool {
        let known = without.len();
        for reference in uses {
            if self.uses.take(&reference, activity, at).await != Taken::Yes {
                without.insert(reference);
            }
        }
        without.len() == known
    }

    /// What is known at this moment.
    pub fn information(&self) -> &InformationPoint {
        &self.information
    }

    /// The journal everything is recorded in.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What was decided since the start, in numbers.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Decides a message. Resolves once the decision is on the disk; an error means that nothing
    /// may be answered but "try again later".
    pub async fn decide_mail(
        &self,
        event: &MailEvent<'_>,
    ) -> Result<Recorded<MailVerdict>, CannotRecord> {
        let began = Instant::now();
        let judge = |without: &_| self.information.consider_mail(event, without);
        let activity = || event.queue_id.to_owned();
        let verdict = self
            .settled(activity, event.at, |verdict| verdict.uses(), judge)
            .await;
        let sha256 = Sha256::digest(event.message)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let entry = bytes(&Entry::mail(event, &verdict, sha256));
        let action = verdict.action();
        let recorded = self.journal.append_synced(verdict, &entry).await;
        let recorded = recorded.inspect_err(|_| self.tally.unrecorded(action))?;
        let (outcome, unevaluated) = (recorded.strictest(), recorded.is_unevaluated());
        self.tally
            .decided(action, outcome, unevaluated, began.elapsed());
        // What was put off comes again, and what was stopped did not go out: neither counts.
        if outcome < Outcome::Hold && !unevaluated {
            self.information.count_mail(event);
        }
        self.information.remember_mail(event, &recorded);
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
        let began = Instant::now();
        let judge = |without: &_| self.information.consider_web(event, without);
        let activity = || format!("{}{}", event.host, event.path);
        let uses = |verdict: &mut WebVerdict| std::mem::take(&mut verdict.uses);
        let verdict = self.settled(activity, event.at, uses, judge).await;
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
        match recorded {
            Ok(recorded) => {
                let decision = &recorded.decision;
                let unevaluated = !decision.unevaluated.is_empty();
                self.tally
                    .decided(event.action, decision.outcome, unevaluated, began.elapsed());
                Ok(recorded)
            }
            Err(source) => {
                self.tally.unrecorded(event.action);
                Err(Unrecorded {
                    may_pass: may_pass(),
                    source,
                })
            }
        }
    }

    /// Decides what a tool asks. Resolves once the decision is on the disk; an error means that what was
    /// asked about is not to go on.
    pub async fn decide_desk(
        &self,
        event: &DeskEvent<'_>,
    ) -> Result<Recorded<DeskVerdict>, CannotRecord> {
        let began = Instant::now();
        let activity = || match &event.what {
            // Two lines are two uses, whatever they are called.
            DeskActivity::Chat(line) => format!("{} {} {}", event.tool, line.id, event.at),
            // A job that is asked about again, because its answer was lost, is given the same use.
            DeskActivity::Print(job) => format!("{} {} {}", event.tool, job.printer, job.job),
            DeskActivity::Join(joining) => format!("{} {}", event.tool, joining.device),
        };
        let judge = |without: &_| self.information.consider_desk(event, without);
        let uses = |verdict: &mut DeskVerdict| std::mem::take(&mut verdict.uses);
        let verdict = self.settled(activity, event.at, uses, judge).await;
        let entry = desk::entry::decided(event, &verdict);
        let action = verdict.request.what.action();
        let recorded = self.journal.append_synced(verdict, &entry).await;
        let recorded = recorded.inspect_err(|_| self.tally.unrecorded(action))?;
        let unevaluated = recorded.is_unevaluated();
        self.tally.decided(
            action,
            recorded.decision.outcome,
            unevaluated,
            began.elapsed(),
        );
        if let DeskActivity::Print(job) = &event.what {
            let decided = JobDecided {
                entry: recorded.entry().0,
                let_through: recorded.decision.outcome < Outcome::Hold
                    && !recorded.is_unevaluated(),
                signed_in: job.signed_in,
                permissions: recorded.permissions.clone(),
            };
            self.jobs.note(job.printer, job.job, decided);
        }
        Ok(recorded)
    }

    /// Records pages that came out of printers, in order. Returns once all are on the disk; after an
    /// error those before the failed one may be there all the same.
    pub fn note_printed(&self, printed: &[Printed<'_>]) -> Result<(), CannotRecord> {
        let register = self.information.register();
        for (n, one) in printed.iter().enumerate() {
            let person = register.person_by_account(one.user);
            let decided = self.jobs.decided(one.printer, one.job);
            let person = person.map(|person| &*person.id);
            let what = What::Printed(PrintedEntry::new(one, person, decided));
            let entry = bytes(&Entry::new(one.at, what));
            // A sync covers everything before.
            let _recorded = match n + 1 == printed.len() {
                false => self.journal.append((), &entry)?,
                true => self.journal.append_synced_blocking((), &entry)?,
            };
        }
        Ok(())
    }

    /// Reads the joining of a device from the record; none if that entry is of something else. Blocks
    /// while the disk is read.
    pub fn joined(&self, entry: u64) -> Result<Option<Joined>, ReadError> {
        let bytes = Reader::entry(self.journal.dir(), EntryIndex(entry))?;
        Ok(bytes.and_then(|bytes| Joined::read(entry, &bytes)))
    }

    /// Records what is told of a session on the network. Resolves once that is on the disk.
    pub async fn note_session(
        &self,
        session: &Session<'_>,
        joined: Option<&Joined>,
    ) -> Result<Recorded<Confidence>, CannotRecord> {
        let bound = self.information.bind(session, joined);
        let what = What::Session(SessionEntry::new(session, &bound));
        let entry = bytes(&Entry::new(session.at, what));
        self.journal.append_synced(bound.confidence, &entry).await
    }

    /// Judges a call that is over. Its entry is written when this resolves; sync the journal after many.
    pub async fn decide_call(
        &self,
        event: &CallEvent<'_>,
    ) -> Result<Recorded<CallVerdict>, NotJudged> {
        let activity = event.id.to_string();
        let (mut then, mut without) = (None, BTreeSet::new());
        let verdict = loop {
            let held = then.as_deref().unwrap_or_default();
            let mut verdict = self.information.consider_call(event, held, &without);
            // A use may have been taken already, when the call was put through.
            let hangs_on_leave =
                verdict.decision.outcome > Outcome::Permit || !verdict.uses.is_empty();
            if let Some(person) = &verdict.person
                && hangs_on_leave
                && then.is_none()
            {
                let held = self.uses.held_then(person, &activity, event.at()).await;
                then = Some(held.ok_or(NotJudged::LeaveUnknown)?);
                continue;
            }
            let uses = std::mem::take(&mut verdict.uses);
            if self.take(uses, &activity, event.at(), &mut without).await {
                break verdict;
            }
        };
        let entry = entry::call::over(event, &verdict);
        let recorded = self.journal.append(verdict, &entry)?;
        self.information.count_call(event.at(), &recorded);
        Ok(recorded)
    }

    /// Decides whether a call is put through. Resolves once the decision is on the disk.
    pub async fn decide_set_up(
        &self,
        event: &SetUpEvent<'_>,
    ) -> Result<Recorded<CallVerdict>, CannotRecord> {
        let began = Instant::now();
        let judge = |without: &_| self.information.consider_set_up(event, without);
        let activity = || event.id.to_owned();
        let uses = |verdict: &mut CallVerdict| std::mem::take(&mut verdict.uses);
        let verdict = self.settled(activity, event.at, uses, judge).await;
        let entry = entry::call::set_up(event, &verdict);
        let action = verdict.action;
        let recorded = self.journal.append_synced(verdict, &entry).await;
        // What no rule was asked about, emergencies above all, is counted nowhere.
        let Some(action) = action else {
            return recorded;
        };
        let recorded = recorded.inspect_err(|_| self.tally.unrecorded(action))?;
        let decision = &recorded.decision;
        let is_unevaluated = !decision.unevaluated.is_empty();
        self.tally
            .decided(action, decision.outcome, is_unevaluated, began.elapsed());
        Ok(recorded)
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

    /// Records steps taken in processes between people, in order. Resolves once all are on the disk;
    /// after an error those before the failed one may be there all the same.
    pub async fn matters(
        &self,
        steps: &[MatterEntry<'_>],
        at: Timestamp,
    ) -> Result<Option<Recorded<()>>, CannotRecord> {
        let Some((last, before)) = steps.split_last() else {
            return Ok(None);
        };
        for step in before {
            let entry = bytes(&Entry::new(at, What::Matter(*step)));
            let _recorded = self.journal.append((), &entry)?;
        }
        let entry = bytes(&Entry::new(at, What::Matter(*last)));
        // A sync covers everything before.
        self.journal.append_synced((), &entry).await.map(Some)
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

fn bytes(entry: &Entry<'_>) -> Vec<u8> {
    entry.bytes()
}
