//! Notices by mail: which are still to be handed to a mail server, and what came of each.
//!
//! Every notice to somebody is due by mail from the transaction that writes it, so none is forgotten
//! by a crash. Whoever sends asks for those that are due, hands each over and says what came of it.
//! Killed between the two, it hands that one over again: receivers see by its Message-ID, which is
//! made of the notice's name, that they have it. One process at a time may do this.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use matters::id::{MatterId, PersonId, PostId};
use matters::withdrawal::{Kind, Withdrawal, Withdrawn};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::change::instant;
use crate::error::StoreError;
use crate::load;
use crate::matters_kept::Filter;
use crate::notices::NoticeId;
use crate::store::Store;

/// Most notices of one answer.
const MOST: usize = 500;

/// Withdrawals of one person that are looked at.
const WITHDRAWALS: usize = 50;

/// How long what was given up is shown.
const SHOWN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A notice that is to be sent by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToMail {
    /// Its name.
    pub id: NoticeId,
    /// Whom it is for.
    pub person: PersonId,
    /// As holder of which post, if not as themselves.
    pub post: Option<PostId>,
    /// Which: `access-request-refused`.
    pub notice: String,
    /// What it is about.
    pub matter: MatterId,
    /// When it was written.
    pub at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
}

/// What came of sending one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mailed {
    /// A server has taken it.
    Sent,
    /// It is not to be sent, and why.
    NotSent(String),
    /// It is to be tried again.
    Later {
        /// When.
        due: Timestamp,
        /// What the server said.
        why: String,
    },
    /// It will not be tried again.
    GivenUp(String),
}

/// One that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// Whom it was for.
    pub person: PersonId,
    /// When it was written.
    pub at: Timestamp,
    /// When it was given up.
    pub given_up_at: Timestamp,
    /// What the server said last, or what else was in the way.
    pub why: String,
}

/// How the sending goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailHealth {
    /// How many are to be sent.
    pub waiting: u64,
    /// When the oldest of them was written.
    pub waiting_since: Option<Timestamp>,
    /// When the last one was taken by a server.
    pub last_sent_at: Option<Timestamp>,
    /// How many were given up within 30 days.
    pub given_up: u64,
    /// The newest of those.
    pub latest_given_up: Vec<GivenUp>,
}

/// Which notices somebody wants by mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Choice {
    /// All of them.
    #[default]
    All,
    /// Those that carry legal effect, which everybody gets.
    Needed,
}

impl Choice {
    /// As it is kept.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Needed => "needed",
        }
    }

    /// By that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::All, Self::Needed]
            .into_iter()
            .find(|choice| choice.name() == name)
    }
}

fn to_mail(row: &AnyRow) -> Result<ToMail, sqlx::Error> {
    let post: String = row.try_get("post")?;
    Ok(ToMail {
        id: NoticeId {
            seq: load::number(row.try_get("seq")?),
            n: small(row.try_get("n")?),
        },
        person: PersonId::new(row.try_get::<String, _>("person")?),
        post: (!post.is_empty()).then(|| PostId::new(post)),
        notice: row.try_get("notice")?,
        matter: MatterId::new(row.try_get::<String, _>("matter")?),
        at: instant(row.try_get("at")?)?,
        tries: small(row.try_get("mail_tries")?),
    })
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

impl Store {
    /// Notices to be sent by now, the longest due first.
    pub async fn notices_to_mail(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<ToMail>, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, n, person, post, notice, matter, at, mail_tries FROM notices \
             WHERE mail_due_at <= $1 ORDER BY mail_due_at, seq, n LIMIT $2",
        )
        .bind(now.as_microsecond())
        .bind(limit.min(MOST) as i64)
        .fetch_all(self.inner.db.readers())
        .await?;
        Ok(rows.iter().map(to_mail).collect::<Result<_, _>>()?)
    }

    /// Says what came of sending a notice. What was sent stays so.
    pub async fn mailed(
        &self,
        notice: NoticeId,
        came: &Mailed,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (mail, due, why) = match came {
            Mailed::Sent => ("sent", None, ""),
            Mailed::NotSent(why) => ("none", None, why.as_str()),
            Mailed::Later { due, why } => ("", Some(due.as_microsecond()), why.as_str()),
            Mailed::GivenUp(why) => ("given-up", None, why.as_str()),
        };
        let mut tx = self.inner.db.begin().await?;
        sqlx::query(
            "UPDATE notices SET mail = $1, mail_due_at = $2, mail_why = $3, mail_at = $4, \
             mail_tries = mail_tries + 1 WHERE seq = $5 AND n = $6 AND mail <> 'sent'",
        )
        .bind(mail)
        .bind(due)
        .bind(why)
        .bind(at.as_microsecond())
        .bind(notice.seq.cast_signed())
        .bind(i64::from(notice.n))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// How the sending goes; at most `most` of those given up.
    pub async fn notice_mail_health(
        &self,
        now: Timestamp,
        most: usize,
    ) -> Result<MailHealth, StoreError> {
        let since = now.saturating_sub(SHOWN).unwrap_or(Timestamp::MIN);
        let readers = self.inner.db.readers();
        let waiting =
            sqlx::query("SELECT COUNT(*), MIN(at) FROM notices WHERE mail_due_at IS NOT NULL")
                .fetch_one(readers)
                .await?;
        let sent = sqlx::query(
            "SELECT mail_at FROM notices WHERE mail = 'sent' ORDER BY seq DESC, n DESC LIMIT 1",
        )
        .fetch_optional(readers)
        .await?;
        let given_up =
            sqlx::query("SELECT COUNT(*) FROM notices WHERE mail = 'given-up' AND mail_at >= $1")
                .bind(since.as_microsecond())
                .fetch_one(readers)
                .await?;
        let rows = sqlx::query(
            "SELECT person, at, mail_at, mail_why FROM notices \
             WHERE mail = 'given-up' AND mail_at >= $1 \
             ORDER BY mail_at DESC, seq DESC, n DESC LIMIT $2",
        )
        .bind(since.as_microsecond())
        .bind(most.min(MOST) as i64)
        .fetch_all(readers)
        .await?;
        let one = |row: &AnyRow| {
            Ok::<_, sqlx::Error>(GivenUp {
                person: PersonId::new(row.try_get::<String, _>("person")?),
                at: instant(row.try_get("at")?)?,
                given_up_at: instant(row.try_get("mail_at")?)?,
                why: row.try_get("mail_why")?,
            })
        };
        let moment = |at: Option<i64>| at.map(instant).transpose();
        let last_sent_at = match sent {
            Some(row) => moment(row.try_get(0)?)?,
            None => None,
        };
        Ok(MailHealth {
            waiting: load::number(waiting.try_get(0)?),
            waiting_since: moment(waiting.try_get(1)?)?,
            last_sent_at,
            given_up: load::number(given_up.try_get(0)?),
            latest_given_up: rows.iter().map(one).collect::<Result<_, _>>()?,
        })
    }

    /// Which notices a person wants by mail.
    pub async fn notice_choice(&self, person: &PersonId) -> Result<Choice, StoreError> {
        let row = sqlx::query("SELECT choice FROM notice_choices WHERE person = $1")
            .bind(person.as_str())
            .fetch_optional(self.inner.db.readers())
            .await?;
        let choice: Option<String> = row.map(|row| row.try_get(0)).transpose()?;
        Ok(choice
            .and_then(|choice| Choice::named(&choice))
            .unwrap_or_default())
    }

    /// Keeps which notices a person wants by mail.
    pub async fn choose_notices(
        &self,
        person: &PersonId,
        choice: Choice,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.inner.db.begin().await?;
        sqlx::query(
            "INSERT INTO notice_choices (person, choice, changed_at) VALUES ($1, $2, $3) \
             ON CONFLICT (person) DO UPDATE SET \
             choice = excluded.choice, changed_at = excluded.changed_at",
        )
        .bind(person.as_str())
        .bind(choice.name())
        .bind(at.as_microsecond())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Whether somebody is with the council no more: by their days of employment or office, or
    /// because they were withdrawn for good. Somebody who is without services for a time has not
    /// left.
    pub async fn has_left(&self, person: &PersonId, now: Timestamp) -> Result<bool, StoreError> {
        let image = self.image();
        let Some(known) = image.people().person(person) else {
            return Ok(true);
        };
        let zone = TimeZone::get(&image.pack().settings().zone).unwrap_or(TimeZone::UTC);
        let today = now.to_zoned(zone).date();
        let mut spells = known.employed.iter();
        let is_over = !known.employed.is_empty()
            && spells.all(|spell| spell.until.is_some_and(|until| until < today));
        if is_over {
            return Ok(true);
        }
        let filter = Filter {
            subject: Some(person.clone()),
            limit: WITHDRAWALS,
            ..Filter::default()
        };
        let page = self.matters::<Withdrawal>(&filter).await?;
        Ok(page.items.iter().any(|kept| {
            let withdrawal = &kept.matter;
            matches!(withdrawal.kind, Kind::Leaving | Kind::Permanent)
                && matches!(withdrawal.withdraws(now), Some(Withdrawn::All))
        }))
    }
}
