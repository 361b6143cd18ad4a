//! What comes with a step that is taken, beside the matter as it stands then.

use crate::authority::Authority;
use crate::machine::{Effect, Taken};

/// Authority, clauses and effects of one step.
#[derive(Debug, Default)]
pub(crate) struct Follows {
    pub(crate) authority: Option<Authority>,
    /// The clauses that were cited; those of the whole process where none were.
    pub(crate) cited: Option<Vec<String>>,
    pub(crate) effects: Vec<Effect>,
}

impl Follows {
    /// A step taken on this authority, if it takes any.
    pub(crate) fn by(authority: impl Into<Option<Authority>>) -> Self {
        Self {
            authority: authority.into(),
            ..Self::default()
        }
    }

    /// The same, with what follows for others.
    pub(crate) fn then(mut self, effects: impl IntoIterator<Item = Effect>) -> Self {
        self.effects.extend(effects);
        self
    }

    /// The same, resting on these clauses alone.
    pub(crate) fn citing(mut self, clauses: Vec<String>) -> Self {
        self.cited = Some(clauses);
        self
    }

    /// The step, once the matter stands as it does after it.
    pub(crate) fn taken<M>(
        self,
        matter: M,
        step: &'static str,
        clauses: impl FnOnce() -> Vec<String>,
    ) -> Taken<M> {
        Taken {
            matter,
            step,
            authority: self.authority,
            clauses: self.cited.unwrap_or_else(clauses),
            effects: self.effects,
        }
    }
}
