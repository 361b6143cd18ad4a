//! What each person used, for their own eyes and nobody else's: figures by month, and their latest calls
//! and print jobs, of which they may declare that one was personal.
//!
//! It is told from a gate's record, each entry once: how far the record was read is kept in the same
//! transaction. Both tables are bounded by time and can be made from the record again.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use matters::event::{Act, Event};
use matters::id::{MatterId, PersonId};
use matters::machine::Refused;
use policy::people::PersonalUseRules;
use reports::entry::{Channel, Volume};
use reports::month::Month;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use crate::change::{Change, instant};
use crate::error::StoreError;
use crate::store::Store;

/// Months of figures that are kept beside the present one: a year to look back on.
pub const MONTHS: i32 = 12;

/// How long calls and jobs are listed: this month and the last, whichever day it is.
pub const LISTED: SignedDuration = SignedDuration::from_hours(62 * 24);

/// The kind of event a declaration is.
const PERSONAL_USE: &str = "personal-use";

/// What a job is that comes out of no printer.
const SCAN: &str = "scan";

/// Longest list of parts of one job, in characters: what goes with one event as evidence.
const LONGEST_PARTS: i64 = 100;

/// What figures are kept by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// Whose.
    pub person: PersonId,
    /// When.
    pub month: Month,
    /// By what.
    pub channel: Channel,
    /// What was done, as reports call it; empty for what is in no report.
    pub action: String,
}

/// A call or a print job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAct {
    /// Its entry on the record.
    pub entry: u64,
    /// Whose.
    pub person: PersonId,
    /// When it began.
    pub at: Timestamp,
    /// A call or a print job.
    pub channel: Channel,
    /// What was done, as reports call it.
    pub action: String,
    /// The other number or the printer, as far as the record has it.
    pub other: String,
    /// How much.
    pub volume: Volume,
    /// It was printed or copied in colour.
    pub is_colour: bool,
    /// It was said to be private when it was made.
    pub is_private: bool,
    /// It tells more of the job of this entry.
    pub part_of: Option<u64>,
}

/// What a personal page costs, in millionths of a pound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PagePrices {
    /// One in black and white, or of which nobody knows.
    pub mono: u64,
    /// One in colour.
    pub colour: u64,
}

impl PagePrices {
    /// As a policy has them; nothing where it charges for nothing.
    pub fn of(rules: Option<&PersonalUseRules>) -> Self {
        let price = |pence: u32| u64::from(pence) * 10_000;
        rules.map_or_else(Self::default, |rules| Self {
            mono: price(rules.mono_page_pence),
            colour: price(rules.colour_page_pence),
        })
    }

    fn cost(self, pages: u64, is_colour: bool) -> u64 {
        let price = if is_colour { self.colour } else { self.mono };
        pages.saturating_mul(price)
    }
}

/// What was read of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used {
    /// Sums.
    pub figures: BTreeMap<Kind, Volume>,
    /// Calls and jobs, in order.
    pub acts: Vec<OwnAct>,
}

/// One line of somebody's own figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFigure {
    /// When.
    pub month: Month,
    /// By what.
    pub channel: Channel,
    /// What was done; empty for what is in no report.
    pub action: String,
    /// How much.
    pub volume: Volume,
}

/// A call or job as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The record it is on.
    pub record: String,
    /// What the record tells of it.
    pub act: OwnAct,
    /// When its person declared that it was personal.
    pub declared_at: Option<Timestamp>,
    /// Further entries of it.
    parts: String,
}

impl Listed {
    /// What it is called in an address: `records.council.example/4711`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.record, self.act.entry)
    }

    /// What it costs, in millionths of a pound: a call, or the pages of a personal job. A scan uses none.
    pub fn millionths(&self, prices: PagePrices) -> u64 {
        let act = &self.act;
        let pages = match self.is_personal() && act.action != SCAN {
            true => act.volume.pages,
            false => 0,
        };
        let paper = prices.cost(pages, act.is_colour);
        act.volume.millionths.saturating_add(paper)
    }

    /// Whether it is its person's own business, whoever said so and when.
    pub fn is_personal(&self) -> bool {
        self.act.is_private || self.declared_at.is_some()
    }
}

/// The question for calls and jobs, of which the answer is read by [`listed`].
macro_rules! list {
    ($which:literal) => {
        concat!(
            "SELECT record, entry, person, at, channel, action, other, seconds, pages, millionths, \
             is_private, declared_at, parts, is_colour FROM own_acts ",
            $which
        )
    };
}

impl Store {
    /// The first entry of a record that was not looked at for people's own figures.
    pub async fn own_use_read(&self, record: &str) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT entry FROM own_use_read WHERE record = $1")
            .bind(record)
            .fetch_optional(self.inner.db.readers())
            .await?;
        let entry = row.map(|row| row.try_get::<i64, _>(0)).transpose()?;
        Ok(entry.map_or(0, i64::cast_unsigned))
    }

    /// Adds what was read of a record up to `next`, and forgets what is too old at a moment of a month.
    pub async fn follow_own_use(
        &self,
        record: &str,
        used: &Used,
        next: u64,
        (now, month): (Timestamp, Month),
    ) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        let oldest = month.plus(-MONTHS);
        let since = now.saturating_sub(LISTED).unwrap_or(now);
        for (kind, volume) in &used.figures {
            if kind.month >= oldest {
                change.add_own_figure(kind, volume).await?;
            }
        }
        for act in used.acts.iter().filter(|act| act.at >= since) {
            change.add_own_act(record, act).await?;
        }
        sqlx::query("DELETE FROM own_figures WHERE month < $1")
            .bind(oldest.to_string())
            .execute(change.sql())
            .await?;
        sqlx::query("DELETE FROM own_acts WHERE at < $1")
            .bind(since.as_microsecond())
            .execute(change.sql())
            .await?;
        sqlx::query(
            "INSERT INTO own_use_read (record, entry) VALUES ($1, $2) \
             ON CONFLICT (record) DO UPDATE SET entry = excluded.entry",
        )
        .bind(record)
        .bind(next.cast_signed())
        .execute(change.sql())
        .await?;
        change.commit().await
    }

    /// Somebody's own figures, the latest month first.
    pub async fn own_figures(&self, person: &PersonId) -> Result<Vec<OwnFigure>, StoreError> {
        let rows = sqlx::query(
            "SELECT month, channel, action, n, bytes, seconds, pages, millionths FROM own_figures \
             WHERE person = $1 ORDER BY month DESC, channel, action",
        )
        .bind(person.as_str())
        .fetch_all(self.inner.db.readers())
        .await?;
        let figure = |row: &AnyRow| -> Result<OwnFigure, StoreError> {
            let month: String = row.try_get(0)?;
            Ok(OwnFigure {
                month: month.parse().map_err(decode)?,
                channel: channel(&row.try_get::<String, _>(1)?)?,
                action: row.try_get(2)?,
                volume: Volume {
                    count: number(row, 3)?,
                    bytes: number(row, 4)?,
                    seconds: number(row, 5)?,
                    pages: number(row, 6)?,
                    millionths: number(row, 7)?,
                },
            })
        };
        rows.iter().map(figure).collect()
    }

    /// Somebody's own calls and jobs of a stretch of time, the latest first: so many, after so many.
    pub async fn own_acts(
        &self,
        person: &PersonId,
        (from, until): (Timestamp, Timestamp),
        (skip, most): (u32, u32),
    ) -> Result<Vec<Listed>, StoreError> {
        let rows = sqlx::query(list!(
            "WHERE person = $1 AND at >= $2 AND at < $3 ORDER BY at DESC, entry DESC LIMIT $4 OFFSET $5"
        ))
        .bind(person.as_str())
        .bind(from.as_microsecond())
        .bind(until.as_microsecond())
        .bind(i64::from(most))
        .bind(i64::from(skip))
        .fetch_all(self.inner.db.readers())
        .await?;
        rows.iter().map(listed).collect()
    }

    /// What somebody's personal calls and printing cost in a stretch of time, in millionths of a pound.
    pub async fn own_recharge(
        &self,
        person: &PersonId,
        (from, until): (Timestamp, Timestamp),
        prices: PagePrices,
    ) -> Result<u64, StoreError> {
        let rows = sqlx::query(
            "SELECT is_colour, CAST(SUM(millionths) AS BIGINT), \
             CAST(SUM(CASE WHEN action = $4 THEN 0 ELSE pages END) AS BIGINT) FROM own_acts \
             WHERE person = $1 AND at >= $2 AND at < $3 \
             AND (is_private = 1 OR declared_at IS NOT NULL) GROUP BY is_colour",
        )
        .bind(person.as_str())
        .bind(from.as_microsecond())
        .bind(until.as_microsecond())
        .bind(SCAN)
        .fetch_all(self.inner.db.readers())
        .await?;
        let mut total = 0u64;
        for row in &rows {
            let paper = prices.cost(number(row, 2)?, row.try_get::<i64, _>(0)? == 1);
            total = total.saturating_add(number(row, 1)?).saturating_add(paper);
        }
        Ok(total)
    }

    /// One call or job of somebody's own, by its reference; nothing where it is not theirs.
    pub async fn own_act(
        &self,
        person: &PersonId,
        reference: &str,
    ) -> Result<Option<Listed>, StoreError> {
        let mut sql = self.inner.db.readers().acquire().await?;
        one(person, reference, &mut sql).await
    }

    /// Somebody declares that a call or job of their own was personal. It is on the record, and reports
    /// that are still to be made leave it out.
    pub async fn declare_personal(&self, reference: &str, act: &Act) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        let Some(person) = act.actor.person().cloned() else {
            return Err(StoreError::Missing(MatterId::from(reference)));
        };
        let Some(listed) = one(&person, reference, change.sql()).await? else {
            return Err(StoreError::Missing(MatterId::from(reference)));
        };
        let rules = change.image.pack().people().personal_use.clone();
        let Some(rules) = rules else {
            return Err(refused(
                "this council's policy knows no declared personal use",
                Vec::new(),
            ));
        };
        if listed.is_personal() {
            return Err(refused("this counts as personal already", rules.clauses));
        }
        let days = SignedDuration::from_hours(24 * i64::from(rules.declared_within_days));
        if act.at.duration_since(listed.act.at) > days {
            let problem = format!(
                "this can be declared within {} days only",
                rules.declared_within_days
            );
            return Err(refused(problem, rules.clauses));
        }
        sqlx::query("UPDATE own_acts SET declared_at = $3 WHERE record = $1 AND entry = $2")
            .bind(listed.record.as_str())
            .bind(listed.act.entry.cast_signed())
            .bind(act.at.as_microsecond())
            .execute(change.sql())
            .await?;
        let mut act = act.clone();
        act.evidence = std::iter::once(listed.reference())
            .chain(
                listed
                    .parts
                    .split_whitespace()
                    .map(|part| format!("{}/{part}", listed.record)),
            )
            .collect();
        let event = Event {
            matter: MatterId::new(format!("personal use {}", listed.reference())),
            kind: PERSONAL_USE.to_owned(),
            subject: person,
            step: "declare".to_owned(),
            from: None,
            to: "declared".to_owned(),
            act,
            authority: None,
            policy_version: change.policy_version(),
            clauses: rules.clauses,
        };
        change.record(event, None).await?;
        change.commit().await
    }
}

async fn one(
    person: &PersonId,
    reference: &str,
    sql: &mut AnyConnection,
) -> Result<Option<Listed>, StoreError> {
    let parsed = reference
        .rsplit_once('/')
        .and_then(|(record, entry)| Some((record, entry.parse::<i64>().ok()?)));
    let Some((record, entry)) = parsed else {
        return Ok(None);
    };
    let row = sqlx::query(list!("WHERE record = $1 AND entry = $2 AND person = $3"))
        .bind(record)
        .bind(entry)
        .bind(person.as_str())
        .fetch_optional(sql)
        .await?;
    row.as_ref().map(listed).transpose()
}

fn listed(row: &AnyRow) -> Result<Listed, StoreError> {
    let declared: Option<i64> = row.try_get(11)?;
    Ok(Listed {
        record: row.try_get(0)?,
        act: OwnAct {
            entry: number(row, 1)?,
            person: PersonId::new(row.try_get::<String, _>(2)?),
            at: instant(row.try_get(3)?)?,
            channel: channel(&row.try_get::<String, _>(4)?)?,
            action: row.try_get(5)?,
            other: row.try_get(6)?,
            volume: Volume {
                count: 1,
                seconds: number(row, 7)?,
                pages: number(row, 8)?,
                millionths: number(row, 9)?,
                ..Volume::default()
            },
            is_private: row.try_get::<i64, _>(10)? == 1,
            is_colour: row.try_get::<i64, _>(13)? == 1,
            part_of: None,
        },
        declared_at: declared.map(instant).transpose()?,
        parts: row.try_get(12)?,
    })
}

fn number(row: &AnyRow, column: usize) -> Result<u64, StoreError> {
    Ok(row.try_get::<i64, _>(column)?.cast_unsigned())
}

fn channel(name: &str) -> Result<Channel, StoreError> {
    let known = Channel::ALL
        .into_iter()
        .find(|channel| channel.name() == name);
    known.ok_or_else(|| decode(format!("`{name}` is no channel")))
}

fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    sqlx::Error::Decode(error.into()).into()
}

fn refused(problem: impl Into<String>, clauses: Vec<String>) -> StoreError {
    let problem = problem.into();
    Refused::Rule { problem, clauses }.into()
}

/// As tables hold it: what does not fit is as much as fits.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Change<'_> {
    async fn add_own_figure(&mut self, kind: &Kind, volume: &Volume) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO own_figures \
             (person, month, channel, action, n, bytes, seconds, pages, millionths) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (person, month, channel, action) DO UPDATE SET \
             n = own_figures.n + excluded.n, bytes = own_figures.bytes + excluded.bytes, \
             seconds = own_figures.seconds + excluded.seconds, \
             pages = own_figures.pages + excluded.pages, \
             millionths = own_figures.millionths + excluded.millionths",
        )
        .bind(kind.person.as_str())
        .bind(kind.month.to_string())
        .bind(kind.channel.name())
        .bind(kind.action.as_str())
        .bind(whole(volume.count))
        .bind(whole(volume.bytes))
        .bind(whole(volume.seconds))
        .bind(whole(volume.pages))
        .bind(whole(volume.millionths))
        .execute(self.sql())
        .await?;
        Ok(())
    }

    async fn add_own_act(&mut self, record: &str, act: &OwnAct) -> Result<(), StoreError> {
        if let Some(job) = act.part_of {
            let done = sqlx::query(
                "UPDATE own_acts SET pages = pages + $4, \
                 parts = CASE WHEN LENGTH(parts) < $5 THEN parts || ' ' || $6 ELSE parts END \
                 WHERE record = $1 AND entry = $2 AND person = $3",
            )
            .bind(record)
            .bind(job.cast_signed())
            .bind(act.person.as_str())
            .bind(whole(act.volume.pages))
            .bind(LONGEST_PARTS)
            .bind(act.entry.to_string())
            .execute(self.sql())
            .await?;
            if done.rows_affected() == 1 {
                return Ok(());
            }
        }
        sqlx::query(
            "INSERT INTO own_acts (record, entry, person, at, channel, action, other, seconds, pages, \
             millionths, is_private, is_colour, declared_at, parts) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, '') \
             ON CONFLICT (record, entry) DO NOTHING",
        )
        .bind(record)
        .bind(act.entry.cast_signed())
        .bind(act.person.as_str())
        .bind(act.at.as_microsecond())
        .bind(act.channel.name())
        .bind(act.action.as_str())
        .bind(act.other.as_str())
        .bind(whole(act.volume.seconds))
        .bind(whole(act.volume.pages))
        .bind(whole(act.volume.millionths))
        .bind(i64::from(act.is_private))
        .bind(i64::from(act.is_colour))
        .execute(self.sql())
        .await?;
        Ok(())
    }
}
