//! Permissions that are good for a number of uses: each use is taken once.

use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::MatterId;
use matters::machine::Machine as _;
use matters::permission::{Permission, State, Step};

use crate::error::StoreError;
use crate::kind::Outcome;
use crate::load;
use crate::store::Store;

/// Who acts when a gate takes a use.
const GATE: &str = "gate";

/// What came of taking a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consumed {
    /// It was taken for this activity, now or when the activity asked before.
    Taken {
        /// How many are left. Any number where uses are not counted, and then nothing is recorded.
        left: Option<u32>,
    },
    /// Others took all there were.
    Exhausted,
    /// Its time is over.
    Expired,
    /// It was taken back or given up.
    Revoked,
    /// It has not begun, or was never granted.
    NotInForce,
    /// There is no such permission.
    Unknown,
}

impl Store {
    /// Takes one use of a permission for an activity, by the activity's own name. Exactly as many
    /// are taken as the permission is good for, however many ask at once, in this process or others.
    pub async fn consume(
        &self,
        id: &MatterId,
        at: Timestamp,
        what: &str,
    ) -> Result<Consumed, StoreError> {
        let mut change = self.change().await?;
        let row = match change.row(id, Permission::KIND).await {
            Err(StoreError::Missing(_)) => return Ok(Consumed::Unknown),
            row => row?,
        };
        let permission: Permission = load::parse(id.as_str(), &row.body)?;
        if let Some(answer) = without_taking(&permission, at, what) {
            return Ok(answer);
        }
        let act = Act::of(Actor::Rule(GATE.to_owned()), at);
        let world = change.image.world();
        let step = Step::Use {
            what: what.to_owned(),
        };
        let taken = permission.take(step, &act, &world)?;
        let left = taken.matter.uses_left();
        let outcome = Outcome::of(taken, &world).map_err(StoreError::unreadable(id.as_str()))?;
        change.step(&row, outcome, &act).await?;
        change.commit().await?;
        Ok(Consumed::Taken { left })
    }
}

/// The answer where there is nothing to take.
fn without_taking(permission: &Permission, at: Timestamp, what: &str) -> Option<Consumed> {
    if permission.was_used_for(what) {
        let left = permission.uses_left();
        return Some(Consumed::Taken { left });
    }
    match permission.state {
        State::Active if at >= permission.terms.until => Some(Consumed::Expired),
        State::Active if at < permission.terms.from => Some(Consumed::NotInForce),
        State::Active if permission.terms.uses.is_none() => Some(Consumed::Taken { left: None }),
        State::Active => None,
        State::Exhausted => Some(Consumed::Exhausted),
        State::Expired => Some(Consumed::Expired),
        State::Revoked => Some(Consumed::Revoked),
        State::Requested
        | State::Advised
        | State::Approved
        | State::Refused
        | State::Lapsed
        | State::Withdrawn => Some(Consumed::NotInForce),
    }
}
