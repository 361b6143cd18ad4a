//! Figures about calls, added up.

use std::collections::BTreeMap;

use cdr::money::Money;
use serde::Serialize;

use super::told::{Side, Way};

/// Figures about calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Figures {
    /// Calls that came in.
    pub(crate) calls_in: u64,
    /// Calls that went out.
    pub(crate) calls_out: u64,
    /// Of those in, those that somebody answered.
    pub(crate) answered: u64,
    /// Of those in, those that voicemail took.
    pub(crate) voicemail: u64,
    /// Of those in, those that nobody and nothing answered.
    pub(crate) missed: u64,
    /// Seconds it rang until somebody answered, all together.
    #[serde(skip)]
    pub(crate) ringing: u64,
    /// Calls of which that is known.
    #[serde(skip)]
    pub(crate) rung: u64,
    /// Seconds people spoke, in and out.
    pub(crate) seconds: u64,
    /// What calls cost, by currency; empty where the feed did not say which.
    pub(crate) cost: BTreeMap<String, Money>,
    /// Calls out without a price.
    pub(crate) unpriced: u64,
    /// Calls in while the person was clocked on.
    #[serde(skip)]
    pub(crate) in_work_time: u64,
    /// Of these, those that voicemail took.
    #[serde(skip)]
    pub(crate) voicemail_in_work_time: u64,
}

impl Figures {
    /// Adds a call.
    pub(super) fn add(&mut self, side: &Side) {
        match side.way {
            Way::Out => self.calls_out += 1,
            Way::In => {
                self.calls_in += 1;
                self.answered += u64::from(side.answered);
                self.voicemail += u64::from(side.took_message);
                self.missed += u64::from(!side.answered && !side.took_message);
                self.in_work_time += u64::from(side.in_work_time);
                self.voicemail_in_work_time += u64::from(side.in_work_time && side.took_message);
            }
        }
        if let Some(seconds) = side.seconds_to_answer {
            self.ringing += u64::from(seconds);
            self.rung += 1;
        }
        self.seconds += u64::from(side.seconds);
        self.unpriced += u64::from(side.unpriced);
        if let Some(cost) = &side.cost {
            let currency = cost.currency.as_deref().unwrap_or_default();
            let none = Money { millionths: 0 };
            let sum = self.cost.entry(currency.to_owned()).or_insert(none);
            sum.millionths = sum.millionths.saturating_add(cost.amount.millionths);
        }
    }

    /// Seconds it rang until somebody answered, on average and rounded.
    pub(crate) fn seconds_to_answer(&self) -> Option<u64> {
        (self.ringing + self.rung / 2).checked_div(self.rung)
    }

    /// Of a hundred calls that came in while the person was clocked on, those that voicemail took; nothing
    /// where there were too few to say.
    pub(crate) fn voicemail_share(&self, fewest: u64) -> Option<u64> {
        (self.in_work_time >= fewest.max(1))
            .then(|| self.voicemail_in_work_time * 100 / self.in_work_time)
    }

    /// What calls cost, as people read it.
    pub(crate) fn cost_text(&self) -> String {
        let parts = self.cost.iter().map(|(currency, sum)| {
            let pence = (sum.millionths + 5_000).div_euclid(10_000);
            format!("{}.{:02} {currency}", pence / 100, pence % 100)
        });
        parts.collect::<Vec<_>>().join(" + ").trim_end().to_owned()
    }
}
