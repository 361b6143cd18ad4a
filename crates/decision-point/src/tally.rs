//! How many decisions were taken since the start, with which outcome, and how long they took: what
//! whoever looks after the gates has to see. There is no person, address or site in it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use policy::decision::Outcome;
use policy::request::Action;

/// Longest times of the steps in which durations are counted, seconds. Pages take microseconds, mail waits for
/// the disk, and a permission is asked for over the network.
pub const STEPS: [f64; 9] = [
    0.000_025, 0.000_1, 0.000_25, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5,
];

/// The outcomes, in the order they are counted.
pub const OUTCOMES: [Outcome; 4] = [
    Outcome::Permit,
    Outcome::Warn,
    Outcome::Hold,
    Outcome::Refuse,
];

const ACTIONS: usize = Action::ALL.len();

/// Counts since the start, for all gates of one process.
#[derive(Debug, Default)]
pub struct Tally {
    actions: [Counts; ACTIONS],
}

#[derive(Debug, Default)]
struct Counts {
    outcomes: [AtomicU64; OUTCOMES.len()],
    unevaluated: AtomicU64,
    unrecorded: AtomicU64,
    /// By step; the last for what took longer than all of them.
    took: [AtomicU64; STEPS.len() + 1],
    nanoseconds: AtomicU64,
}

/// What was counted of one action.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// Which.
    pub action: Action,
    /// Decisions by outcome, in the order of [`OUTCOMES`].
    pub outcomes: [u64; OUTCOMES.len()],
    /// Of these, decisions for which some rule could not be evaluated.
    pub unevaluated: u64,
    /// Decisions that could not be recorded and were not acted on.
    pub unrecorded: u64,
    /// Decisions by how long they took, in the order of [`STEPS`]; the last are those beyond all of them.
    pub took: [u64; STEPS.len() + 1],
    /// All of them together.
    pub seconds: f64,
}

impl Tally {
    /// Counts a recorded decision: from the question to the entry.
    pub(crate) fn decided(
        &self,
        action: Action,
        outcome: Outcome,
        is_unevaluated: bool,
        took: Duration,
    ) {
        let counts = &self.actions[action as usize];
        let add = |count: &AtomicU64, number| {
            count.fetch_add(number, Ordering::Relaxed);
        };
        add(&counts.outcomes[outcome as usize], 1);
        if is_unevaluated {
            add(&counts.unevaluated, 1);
        }
        let seconds = took.as_secs_f64();
        add(
            &counts.took[STEPS.partition_point(|step| *step < seconds)],
            1,
        );
        // Five hundred years of decisions.
        add(
            &counts.nanoseconds,
            u64::try_from(took.as_nanos()).unwrap_or(u64::MAX),
        );
    }

    /// Counts a decision that could not be recorded.
    pub(crate) fn unrecorded(&self, action: Action) {
        self.actions[action as usize]
            .unrecorded
            .fetch_add(1, Ordering::Relaxed);
    }

    /// What was counted so far. Gates go on meanwhile, so that sums may differ by what is under way.
    pub fn read(&self) -> Vec<Counted> {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Action::ALL
            .into_iter()
            .zip(&self.actions)
            .map(|(action, counts)| Counted {
                action,
                outcomes: counts.outcomes.each_ref().map(load),
                unevaluated: load(&counts.unevaluated),
                unrecorded: load(&counts.unrecorded),
                took: counts.took.each_ref().map(load),
                seconds: Duration::from_nanos(load(&counts.nanoseconds)).as_secs_f64(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told_apart() {
        let tally = Tally::default();
        let quick = Duration::from_micros(25);
        tally.decided(Action::Visit, Outcome::Permit, false, quick);
        tally.decided(Action::Visit, Outcome::Refuse, true, Duration::from_secs(9));
        tally.unrecorded(Action::Send);
        let counted = tally.read();
        assert_eq!(counted.len(), ACTIONS);
        let of = |action| counted.iter().find(|one| one.action == action);
        let visits = of(Action::Visit).map(|one| (one.outcomes, one.unevaluated, one.took));
        assert_eq!(
            visits,
            Some(([1, 0, 0, 1], 1, [1, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
            "a duration belongs to the step it ends"
        );
        let seconds = of(Action::Visit).map_or(0.0, |one| one.seconds);
        assert!((seconds - 9.000_025).abs() < 1e-9, "{seconds}");
        assert_eq!(of(Action::Send).map(|one| one.unrecorded), Some(1));
        assert_eq!(of(Action::Send).map(|one| one.outcomes), Some([0; 4]));
    }
}
