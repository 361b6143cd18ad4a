//! What HR's word that somebody leaves does to their withdrawal.

use std::collections::HashMap;

use jiff::Timestamp;
use matters::event::Act;
use matters::id::{MatterId, PersonId};
use matters::machine::Machine as _;
use matters::withdrawal::{Kind, Opening, Stage, Step, Withdrawal};
use sqlx::Row as _;

use crate::change::Change;
use crate::error::StoreError;
use crate::kind::Outcome;
use crate::load;
use crate::store::Store;

/// The reason a withdrawal for another day is rejected with.
const ANOTHER_DAY: &str = "HR gives another last working day";

impl Store {
    /// For everybody with a withdrawal because they leave, its latest first moment without services:
    /// rejected ones too where no other stands, so that a feed does not insist on what people found
    /// mistaken.
    pub async fn leavers(&self) -> Result<HashMap<PersonId, Timestamp>, StoreError> {
        let rows =
            sqlx::query("SELECT id, body FROM matters WHERE kind = $1 ORDER BY opened_at, id")
                .bind(Withdrawal::KIND)
                .fetch_all(self.inner.db.readers())
                .await?;
        let mut leaving = Vec::new();
        for row in &rows {
            let id: String = row.try_get("id")?;
            let withdrawal: Withdrawal = load::parse(&id, &row.try_get::<String, _>("body")?)?;
            if withdrawal.kind == Kind::Leaving {
                leaving.push(withdrawal);
            }
        }
        // One that stands outranks any that was rejected.
        leaving.sort_by_key(|withdrawal| withdrawal.stage != Stage::Rejected);
        let first_moments = leaving
            .into_iter()
            .map(|withdrawal| (withdrawal.person, withdrawal.effective_at));
        Ok(first_moments.collect())
    }
}

impl Change<'_> {
    /// Sees to it that a person is withdrawn at a moment: confirms or moves the withdrawal there
    /// is, or opens one. Said again, it changes nothing.
    pub(crate) async fn leaves(
        &mut self,
        person: &PersonId,
        from: Timestamp,
        act: &Act,
    ) -> Result<(), StoreError> {
        for id in self.withdrawals(person).await? {
            let row = self.row(&id, Withdrawal::KIND).await?;
            let known: Withdrawal = load::parse(id.as_str(), &row.body)?;
            let is_ahead = matches!(
                known.stage,
                Stage::Notified | Stage::Verified | Stage::Scheduled
            );
            if known.kind != Kind::Leaving || !(is_ahead || known.effective_at == from) {
                continue;
            }
            if known.by != act.actor && known.verified.is_none() {
                self.step_of(&id, Step::Verify, act).await?;
            }
            if known.effective_at == from || !is_ahead {
                return Ok(());
            }
            let row = self.row(&id, Withdrawal::KIND).await?;
            let known: Withdrawal = load::parse(id.as_str(), &row.body)?;
            if matches!(known.stage, Stage::Verified | Stage::Scheduled) {
                let step = Step::Schedule { effective_at: from };
                return self.step_of(&id, step, act).await;
            }
            // A notice nobody has confirmed cannot be moved, so a new one takes its place.
            let act = act.clone().because(ANOTHER_DAY);
            self.step_of(&id, Step::Reject, &act).await?;
        }
        let opening = Opening {
            person: person.clone(),
            kind: Kind::Leaving,
            effective_at: from,
            until: None,
        };
        let world = self.image.world();
        let taken = Withdrawal::open(opening, act, &world)?;
        let outcome =
            Outcome::of(taken, &world).map_err(StoreError::unreadable(Withdrawal::KIND))?;
        self.open(Withdrawal::PREFIX, outcome, act).await.map(drop)
    }

    async fn withdrawals(&mut self, person: &PersonId) -> Result<Vec<MatterId>, StoreError> {
        let rows = sqlx::query(
            "SELECT id FROM matters WHERE subject = $1 AND kind = $2 AND is_over = 0 \
             ORDER BY opened_at, id",
        )
        .bind(person.as_str())
        .bind(Withdrawal::KIND)
        .fetch_all(self.sql())
        .await?;
        let ids = rows
            .iter()
            .map(|row| row.try_get::<String, _>("id").map(MatterId::new));
        Ok(ids.collect::<Result<_, _>>()?)
    }

    async fn step_of(&mut self, id: &MatterId, step: Step, act: &Act) -> Result<(), StoreError> {
        let row = self.row(id, Withdrawal::KIND).await?;
        let known: Withdrawal = load::parse(id.as_str(), &row.body)?;
        let world = self.image.world();
        let taken = known.take(step, act, &world)?;
        let outcome = Outcome::of(taken, &world).map_err(StoreError::unreadable(id.as_str()))?;
        self.step(&row, outcome, act).await
    }
}
