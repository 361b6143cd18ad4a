//! Mail with shared mailboxes, thread by thread: what waits for an answer, and since when.
//!
//! What is told here comes from a gate's record, each message once: how far the record was read is
//! kept in the transaction that draws the consequences, so a kill neither loses nor doubles one.

use std::collections::HashMap;

use jiff::Timestamp;
use matters::enquiry::{Enquiry, Opening, State, Step};
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::machine::Machine as _;
use ring::digest;
use sqlx::{AnyConnection, Row as _};

use crate::change::{Change, instant};
use crate::error::StoreError;
use crate::kind::Mailbox;
use crate::load;
use crate::store::Store;
use crate::{unreached, voicemail};

/// Who acts when a message is told of.
const GATE: &str = "gate";

/// Enquiries of one mailbox that may wait at a time. Beyond it messages begin no others: a flood is
/// not to fill the register, and nobody works through a longer list.
pub const MOST_WAITING: u32 = 1_000;

/// A message that went through a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Its entry in the record.
    pub entry: u64,
    /// When it was decided.
    pub at: Timestamp,
    /// Its own Message-ID.
    pub message_id: Option<String>,
    /// The Message-ID it answers.
    pub in_reply_to: Option<String>,
    /// Envelope sender; empty for a report.
    pub mail_from: String,
    /// Who sent it, where that is one of the council's people.
    pub sender: Option<PersonId>,
    /// Written by a program, such as a notice of absence: neither asks nor answers.
    pub is_automatic: bool,
    /// To a great many, or unwanted: no enquiry.
    pub is_circular: bool,
    /// Whether it seems to ask for recorded information.
    pub asks_for_information: bool,
    /// Whom it was let through to.
    pub recipients: Vec<Recipient>,
}

/// Somebody a message was let through to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Address.
    pub address: String,
    /// Whether that is outside the council.
    pub is_outside: bool,
}

/// How enquiries to one mailbox stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Those nobody has answered.
    pub waiting: u64,
    /// When the oldest of them came.
    pub oldest: Option<Timestamp>,
}

/// Calls that may have consequences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calls {
    /// Those in which a voicemail system did something.
    pub voicemail: Vec<voicemail::Told>,
    /// Those that reached a telephone, or did not.
    pub telephones: Vec<unreached::Told>,
}

impl Store {
    /// The first entry of a record nobody has looked at for enquiries; none if nobody ever has.
    pub async fn record_read(&self, record: &str) -> Result<Option<u64>, StoreError> {
        let row = sqlx::query("SELECT entry FROM records_read WHERE record = $1")
            .bind(record)
            .fetch_optional(self.inner.db.readers())
            .await?;
        let entry = row.map(|row| row.try_get::<i64, _>(0)).transpose()?;
        Ok(entry.map(i64::cast_unsigned))
    }

    /// Draws the consequences of messages and of calls, in order, and keeps that the record was read up
    /// to `next`.
    pub async fn follow_record(
        &self,
        record: &str,
        mails: &[Passed],
        calls: &Calls,
        next: u64,
    ) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        let mailboxes: HashMap<String, Mailbox> = change
            .image
            .mailboxes()
            .map(|(_, mailbox)| (mailbox.address.to_lowercase(), mailbox.clone()))
            .collect();
        if !mailboxes.is_empty() {
            for mail in mails {
                change.mail_passed(record, mail, &mailboxes).await?;
            }
        }
        if change.image.pack().people().voicemail.is_some() {
            for told in &calls.voicemail {
                change.voicemail_told(record, told).await?;
            }
        }
        change.telephones_told(record, &calls.telephones).await?;
        sqlx::query(
            "INSERT INTO records_read (record, entry) VALUES ($1, $2) \
             ON CONFLICT (record) DO UPDATE SET entry = excluded.entry",
        )
        .bind(record)
        .bind(next.cast_signed())
        .execute(change.sql())
        .await?;
        change.commit().await
    }

    /// How enquiries to a mailbox stand.
    pub async fn enquiries_of(&self, mailbox: &str) -> Result<Standing, StoreError> {
        let mut sql = self.inner.db.readers().acquire().await?;
        standing(mailbox, &mut sql).await
    }
}

impl Mailbox {
    fn is_run_by(&self, person: &PersonId) -> bool {
        let mut administrators = self.administrators.iter();
        self.manager == *person || administrators.any(|(who, _)| who == person)
    }
}

impl Change<'_> {
    async fn mail_passed(
        &mut self,
        record: &str,
        mail: &Passed,
        mailboxes: &HashMap<String, Mailbox>,
    ) -> Result<(), StoreError> {
        let mut act = Act::of(Actor::Rule(GATE.to_owned()), mail.at);
        act.evidence.push(format!("{record}/{}", mail.entry));
        let from = mail.mail_from.to_lowercase();
        let runs = |mailbox: &Mailbox| {
            let sender = mail.sender.as_ref();
            mailbox.address.eq_ignore_ascii_case(&from)
                || sender.is_some_and(|who| mailbox.is_run_by(who))
        };
        let to = mail.recipients.iter();
        for mailbox in to.filter_map(|to| mailboxes.get(&to.address.to_lowercase())) {
            if !runs(mailbox) {
                self.came_in(mail, &from, mailbox, &act).await?;
            }
        }
        if mail.sender.is_some() || mailboxes.contains_key(&from) {
            for mailbox in mailboxes.values().filter(|mailbox| runs(mailbox)) {
                let is_its_own = mailbox.address.eq_ignore_ascii_case(&from);
                self.went_out(mail, mailbox, is_its_own, &act).await?;
            }
        }
        Ok(())
    }

    /// Somebody wrote to a mailbox they do not run.
    async fn came_in(
        &mut self,
        mail: &Passed,
        from: &str,
        mailbox: &Mailbox,
        act: &Act,
    ) -> Result<(), StoreError> {
        let is_none = mail.is_automatic || mail.is_circular || from.is_empty();
        if is_none || self.is_known(mailbox, mail).await? {
            return Ok(());
        }
        if let Some((id, enquiry)) = self.thread(mailbox, mail).await? {
            if enquiry.state == State::Answered {
                self.step_enquiry(&id, &enquiry, Step::Receive, act).await?;
            }
            return self.remember(mailbox, mail, &id).await;
        }
        if standing(&mailbox.address, self.sql()).await?.waiting >= u64::from(MOST_WAITING) {
            return Ok(());
        }
        let opening = Opening {
            mailbox: mailbox.address.clone(),
            manager: mailbox.manager.clone(),
            from: from.to_owned(),
            asks_for_information: mail.asks_for_information,
        };
        let id = self.begin_matter::<Enquiry>(opening, act).await?;
        self.remember(mailbox, mail, &id).await
    }

    /// A mailbox wrote, or somebody who runs it.
    async fn went_out(
        &mut self,
        mail: &Passed,
        mailbox: &Mailbox,
        is_its_own: bool,
        act: &Act,
    ) -> Result<(), StoreError> {
        let is_to = |address: &str| {
            let mut to = mail.recipients.iter();
            to.any(|to| to.address.eq_ignore_ascii_case(address))
        };
        if let Some((id, enquiry)) = self.thread(mailbox, mail).await? {
            // Passing it on to a colleague is no answer. Somebody outside may be answered at another
            // address than they wrote from.
            let goes_out = mail.recipients.iter().any(|to| to.is_outside);
            let is_answer = is_to(&enquiry.from) || goes_out;
            if is_answer && !mail.is_automatic && enquiry.state == State::Waiting {
                self.step_enquiry(&id, &enquiry, Step::Answer, act).await?;
            }
            return self.remember(mailbox, mail, &id).await;
        }
        if !is_its_own || mail.is_automatic || mail.is_circular {
            return Ok(());
        }
        // A fresh message to somebody who waits: not every program says what it answers.
        for (id, enquiry) in self.waiting_from(mailbox, mail).await? {
            self.step_enquiry(&id, &enquiry, Step::Answer, act).await?;
            self.remember(mailbox, mail, &id).await?;
        }
        Ok(())
    }

    /// Whether it came before: a message sent twice is one, and nobody takes over another's id.
    async fn is_known(&mut self, mailbox: &Mailbox, mail: &Passed) -> Result<bool, StoreError> {
        let Some(own) = &mail.message_id else {
            return Ok(false);
        };
        let row =
            sqlx::query("SELECT enquiry FROM enquiry_messages WHERE mailbox = $1 AND message = $2")
                .bind(mailbox.address.as_str())
                .bind(known_by(own))
                .fetch_optional(self.sql())
                .await?;
        Ok(row.is_some())
    }

    /// The enquiry a message belongs to, unless it is over.
    async fn thread(
        &mut self,
        mailbox: &Mailbox,
        mail: &Passed,
    ) -> Result<Option<(MatterId, Enquiry)>, StoreError> {
        let Some(parent) = &mail.in_reply_to else {
            return Ok(None);
        };
        let row = sqlx::query(
            "SELECT id, body FROM matters WHERE is_over = 0 AND id = (\
             SELECT enquiry FROM enquiry_messages WHERE mailbox = $1 AND message = $2)",
        )
        .bind(mailbox.address.as_str())
        .bind(known_by(parent))
        .fetch_optional(self.sql())
        .await?;
        row.map(|row| read(&row)).transpose()
    }

    /// Enquiries to a mailbox that wait, of somebody this message goes to.
    async fn waiting_from(
        &mut self,
        mailbox: &Mailbox,
        mail: &Passed,
    ) -> Result<Vec<(MatterId, Enquiry)>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, body FROM matters WHERE kind = $1 AND about = $2 AND state = $3 \
             ORDER BY opened_at, id LIMIT $4",
        )
        .bind(Enquiry::KIND)
        .bind(mailbox.address.as_str())
        .bind(State::Waiting.name())
        .bind(i64::from(MOST_WAITING))
        .fetch_all(self.sql())
        .await?;
        let mut waiting = Vec::new();
        for row in &rows {
            let (id, enquiry) = read(row)?;
            let mut to = mail.recipients.iter();
            if to.any(|to| to.address.eq_ignore_ascii_case(&enquiry.from)) {
                waiting.push((id, enquiry));
            }
        }
        Ok(waiting)
    }

    /// Enquiries that are not over go with their mailbox to another manager.
    pub(crate) async fn hand_on_enquiries(
        &mut self,
        mailbox: &str,
        manager: &PersonId,
        act: &Act,
    ) -> Result<(), StoreError> {
        let rows = sqlx::query(
            "SELECT id, body FROM matters \
             WHERE kind = $1 AND about = $2 AND is_over = 0 AND subject <> $3",
        )
        .bind(Enquiry::KIND)
        .bind(mailbox)
        .bind(manager.as_str())
        .fetch_all(self.sql())
        .await?;
        for row in &rows {
            let (id, enquiry) = read(row)?;
            let manager = manager.clone();
            let step = Step::HandOn { manager };
            self.step_enquiry(&id, &enquiry, step, act).await?;
        }
        Ok(())
    }

    async fn step_enquiry(
        &mut self,
        id: &MatterId,
        enquiry: &Enquiry,
        step: Step,
        act: &Act,
    ) -> Result<(), StoreError> {
        let row = self.row(id, Enquiry::KIND).await?;
        self.advance(&row, enquiry, step, act).await
    }

    /// Keeps which thread a message is of.
    async fn remember(
        &mut self,
        mailbox: &Mailbox,
        mail: &Passed,
        id: &MatterId,
    ) -> Result<(), StoreError> {
        let Some(own) = &mail.message_id else {
            return Ok(());
        };
        sqlx::query(
            "INSERT INTO enquiry_messages (mailbox, message, enquiry) VALUES ($1, $2, $3) \
             ON CONFLICT (mailbox, message) DO NOTHING",
        )
        .bind(mailbox.address.as_str())
        .bind(known_by(own))
        .bind(id.as_str())
        .execute(self.sql())
        .await?;
        Ok(())
    }
}

async fn standing(mailbox: &str, sql: &mut AnyConnection) -> Result<Standing, StoreError> {
    let row = sqlx::query(
        "SELECT COUNT(*), MIN(opened_at) FROM matters \
         WHERE kind = $1 AND about = $2 AND state = $3",
    )
    .bind(Enquiry::KIND)
    .bind(mailbox)
    .bind(State::Waiting.name())
    .fetch_one(sql)
    .await?;
    let oldest: Option<i64> = row.try_get(1)?;
    Ok(Standing {
        waiting: row.try_get::<i64, _>(0)?.cast_unsigned(),
        oldest: oldest.map(instant).transpose()?,
    })
}

fn read(row: &sqlx::any::AnyRow) -> Result<(MatterId, Enquiry), StoreError> {
    let id = MatterId::new(row.try_get::<String, _>(0)?);
    let enquiry = load::parse(id.as_str(), row.try_get(1)?)?;
    Ok((id, enquiry))
}

fn known_by(message_id: &str) -> String {
    let digest = digest::digest(&digest::SHA256, message_id.as_bytes());
    data_encoding::HEXLOWER.encode(digest.as_ref())
}
