//! Telephones that calls do not reach, as call records tell of them.

use std::collections::HashSet;

use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::machine::Machine as _;
use matters::unreached::{Opening, Step, Unreached};
use sqlx::Row as _;

use crate::change::Change;
use crate::error::StoreError;

/// Who acts when a call record tells of it.
const RECORDS: &str = "call-records";

/// What became of one call at somebody's telephone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its entry in the record.
    pub entry: u64,
    /// When it was.
    pub at: Timestamp,
    /// When the record heard of it: no step is dated before that.
    pub learned: Timestamp,
    /// Whose telephone it was.
    pub person: PersonId,
    /// Which.
    pub extension: String,
    /// What became of it.
    pub what: What,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It was answered there.
    Answered,
    /// It was made from there.
    Made,
    /// Nobody answered.
    Unanswered,
    /// It was sent outside, to this kind of number.
    Diverted(String),
}

impl What {
    /// Whether it may begin something.
    pub fn is_missed(&self) -> bool {
        matches!(self, Self::Unanswered | Self::Diverted(_))
    }
}

impl Change<'_> {
    /// Draws the consequences of calls, in order.
    pub(crate) async fn telephones_told(
        &mut self,
        record: &str,
        told: &[Told],
    ) -> Result<(), StoreError> {
        let Some(rules) = self.image.pack().people().unreached.clone() else {
            return Ok(());
        };
        if told.is_empty() {
            return Ok(());
        }
        // Most calls are answered, and most people are waited for by nobody.
        let mut watched: HashSet<PersonId> =
            sqlx::query("SELECT subject FROM matters WHERE kind = $1 AND is_over = 0")
                .bind(Unreached::KIND)
                .fetch_all(self.sql())
                .await?
                .into_iter()
                .map(|row| row.try_get::<String, _>(0).map(PersonId::new))
                .collect::<Result<_, _>>()?;
        for told in told {
            let is_proper = |kind: &String| rules.proper_diverts.contains(kind);
            let diverted = match &told.what {
                What::Diverted(kind) if is_proper(kind) => continue,
                what => matches!(what, What::Diverted(_)),
            };
            // Somebody may be gone since.
            let is_known = self.image.people().person(&told.person).is_some();
            let is_watched = watched.contains(&told.person);
            if !is_known || !(is_watched || told.what.is_missed()) {
                continue;
            }
            let mut act = Act::of(Actor::Rule(RECORDS.to_owned()), told.learned);
            act.evidence.push(format!("{record}/{}", told.entry));
            let at = told.at;
            let step = match &told.what {
                What::Answered => Step::Reach { reached_at: at },
                What::Made => Step::Use { used_at: at },
                What::Unanswered | What::Diverted(_) => Step::Miss {
                    missed_at: at,
                    diverted,
                },
            };
            match self.watched(&told.person).await? {
                Some(id) => {
                    self.take::<Unreached>(&id, None, step, &act).await?;
                }
                None => {
                    let opening = Opening {
                        person: told.person.clone(),
                        extension: told.extension.clone(),
                        missed_at: at,
                        diverted,
                    };
                    self.open_matter::<Unreached>(opening, &act).await?;
                }
            }
            match self.watched(&told.person).await? {
                Some(_) => watched.insert(told.person.clone()),
                None => watched.remove(&told.person),
            };
        }
        Ok(())
    }

    async fn watched(&mut self, person: &PersonId) -> Result<Option<MatterId>, StoreError> {
        let row = sqlx::query(
            "SELECT id FROM matters WHERE kind = $1 AND subject = $2 AND is_over = 0 LIMIT 1",
        )
        .bind(Unreached::KIND)
        .bind(person.as_str())
        .fetch_optional(self.sql())
        .await?;
        let id = row.map(|row| row.try_get::<String, _>(0)).transpose()?;
        Ok(id.map(MatterId::new))
    }
}
