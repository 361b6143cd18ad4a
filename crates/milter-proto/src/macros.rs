//! The macros of a connection, kept by stage within a bound.

use crate::command::{Macros, bare_name};
use crate::stage::Stage;

/// The MTA's named facts, by the stage they were sent for.
///
/// One buffer for each stage, reused from message to message, so that a busy
/// connection does not allocate for each recipient.
#[derive(Debug)]
pub struct MacroStore {
    stages: [Kept; Stage::ALL.len()],
    max_bytes: usize,
}

#[derive(Debug, Default)]
struct Kept {
    /// Names and values as the wire carries them, each closed by NUL.
    wire: Vec<u8>,
    /// The command they were sent for has come.
    spent: bool,
}

impl MacroStore {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self {
            stages: Default::default(),
            max_bytes,
        }
    }

    /// The value of a macro, from the latest stage that has one. Braces around
    /// the name make no difference.
    pub fn value(&self, name: &[u8]) -> Option<&[u8]> {
        Stage::ALL
            .into_iter()
            .rev()
            .find_map(|stage| self.value_at(stage, name))
    }

    /// The value of a macro as it was sent for `stage`. When a name was sent
    /// twice the later one counts.
    pub fn value_at(&self, stage: Stage, name: &[u8]) -> Option<&[u8]> {
        let name = bare_name(name);
        self.at(stage)
            .filter(|(found, _)| *found == name)
            .last()
            .map(|(_, value)| value)
    }

    /// All macros sent for `stage`, in the order they came.
    pub fn at(&self, stage: Stage) -> Macros<'_> {
        Macros::of(stage, &self.stages[stage as usize].wire)
    }

    /// Replaces the macros of a stage. `Err` with the bytes needed when all
    /// stages together would exceed the bound; the store is then unchanged.
    pub(crate) fn keep(&mut self, macros: &Macros<'_>) -> Result<(), usize> {
        let stage = macros.stage as usize;
        let others: usize = self
            .stages
            .iter()
            .map(|kept| kept.wire.len())
            .sum::<usize>()
            - self.stages[stage].wire.len();
        let bytes = others + macros.as_wire().len();
        if bytes > self.max_bytes {
            return Err(bytes);
        }
        let kept = &mut self.stages[stage];
        kept.wire.clear();
        kept.wire.extend_from_slice(macros.as_wire());
        kept.spent = false;
        Ok(())
    }

    /// Notes that the command of `stage` has come. Macros that an earlier one
    /// used up are dropped: one recipient's facts are not the next one's.
    /// Headers and chunks share theirs, as MTAs send them once.
    pub(crate) fn spend(&mut self, stage: Stage) {
        let kept = &mut self.stages[stage as usize];
        if kept.spent && !matches!(stage, Stage::Header | Stage::Body) {
            kept.wire.clear();
        }
        kept.spent = true;
    }

    /// Drops the macros of the stages for which `which` holds.
    pub(crate) fn forget(&mut self, which: impl Fn(Stage) -> bool) {
        for stage in Stage::ALL.into_iter().filter(|&stage| which(stage)) {
            let kept = &mut self.stages[stage as usize];
            kept.wire.clear();
            kept.spent = false;
        }
    }
}
