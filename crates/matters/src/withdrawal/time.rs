//! Time, and whoever is reminded.

use jiff::Timestamp;

use super::{Stage, Step, Withdrawal};
use crate::follows::Follows;
use crate::guard;
use crate::waiting::{Word, days};
use crate::world::World;

/// Two days for a second source: HR answers within a week, with a word to whoever is above.
const VERIFY_DAYS: u32 = 2;
/// Two weeks for handing over, as long as a usual notice period leaves.
const HANDOVER_DAYS: u32 = 14;
/// Four weeks, after which somebody looks whether a withdrawal without a last day is still needed.
const REVIEW_DAYS: u32 = 28;

impl Withdrawal {
    pub(super) fn next_in_time(&self, _world: &World<'_>) -> Option<(Timestamp, Step)> {
        let word = |every| {
            self.waiting.next(days(every)).map(|(at, word)| match word {
                Word::Remind => (at, Step::Remind),
                Word::Escalate => (at, Step::Escalate),
            })
        };
        let disable = self.begins_at().map(|at| (at, Step::Disable));
        let next = match self.stage {
            Stage::Notified => [disable, word(VERIFY_DAYS)],
            Stage::Verified | Stage::Scheduled => [disable, None],
            Stage::Disabled if self.is_unverified() => [word(VERIFY_DAYS), None],
            Stage::Disabled if self.is_for_good() => [word(HANDOVER_DAYS), None],
            Stage::Disabled => match self.until {
                Some(until) => [Some((until, Step::Restore)), None],
                None => [word(REVIEW_DAYS), None],
            },
            Stage::Handover => [word(HANDOVER_DAYS), None],
            Stage::Archived | Stage::Disposed | Stage::Rejected | Stage::Restored => [None, None],
        };
        // Of two at one moment the withdrawal comes before the reminder.
        next.into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    pub(super) fn say(&mut self, step: &Step, world: &World<'_>) -> Follows {
        let awaited = self.awaited(world);
        let effects = if *step == Step::Escalate {
            self.waiting.say(Word::Escalate);
            guard::tell(&guard::above(&awaited, world), "withdrawal-escalated")
        } else {
            self.waiting.say(Word::Remind);
            guard::tell(&awaited, "withdrawal-reminder")
        };
        Follows::default().then(effects)
    }

    /// Posts it waits for.
    fn awaited(&self, world: &World<'_>) -> Vec<String> {
        if self.is_unverified() || !self.is_for_good() {
            self.deciders(world).unwrap_or_default()
        } else {
            self.line(world)
        }
    }
}
