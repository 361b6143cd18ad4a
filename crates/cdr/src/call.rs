//! One call, whatever wrote it down.

use serde::{Serialize, Serializer};

use crate::leg::{Direction, Leg, Mark, Outcome, Voicemail};
use crate::money::{Cost, Money};
use crate::number::Party;
use crate::when::When;

/// A call: one leg, or the several that were written down about it, earliest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    legs: Vec<Leg>,
    /// Rows that said again what another row had said.
    pub copies: u32,
}

impl Call {
    /// A call of one leg.
    pub(crate) fn of(leg: Leg) -> Self {
        Self {
            legs: vec![leg],
            copies: 0,
        }
    }

    /// Takes in a leg, unless a row said it already.
    pub(crate) fn take(&mut self, leg: Leg) {
        if self.legs.iter().any(|known| known.is_copy_of(&leg)) {
            self.copies = self.copies.saturating_add(1);
            return;
        }
        let after = |known: &Leg| (known.began.at, known.row) <= (leg.began.at, leg.row);
        let place = self.legs.partition_point(after);
        self.legs.insert(place, leg);
    }

    /// Its legs, earliest first; there is at least one.
    pub fn legs(&self) -> &[Leg] {
        &self.legs
    }

    pub(crate) fn into_legs(self) -> Vec<Leg> {
        self.legs
    }

    /// The leg it began with. Invariant: `legs` is never empty.
    pub fn first(&self) -> &Leg {
        &self.legs[0]
    }

    /// The leg that was answered, or else the one it began with.
    pub fn decisive(&self) -> &Leg {
        let answered = |leg: &&Leg| leg.outcome == Outcome::Answered;
        self.legs.iter().find(answered).unwrap_or(self.first())
    }

    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        self.decisive().outcome
    }

    /// Our extension in it.
    pub fn extension(&self) -> Option<&str> {
        let others = self.legs.iter().filter_map(|leg| leg.extension.as_deref());
        self.decisive().extension.as_deref().or(others.min())
    }

    /// What may name the person.
    pub fn person(&self) -> Option<&str> {
        let others = self.legs.iter().find_map(|leg| leg.person.as_deref());
        self.decisive().person.as_deref().or(others)
    }

    /// Seconds from the first leg's beginning to the last one's end, as far as legs say.
    pub fn duration_seconds(&self) -> Option<u32> {
        if let [leg] = &self.legs[..] {
            return leg.duration_seconds;
        }
        let end = |leg: &Leg| Some(leg.began.at.as_second() + i64::from(leg.duration_seconds?));
        let end = self.legs.iter().filter_map(end).max()?;
        u32::try_from(end - self.first().began.at.as_second()).ok()
    }

    /// Seconds people could speak. What two legs say about the same second counts once.
    pub fn answered_seconds(&self) -> Option<u32> {
        if let [leg] = &self.legs[..] {
            return leg.answered_seconds;
        }
        let known = self.legs.iter().any(|leg| leg.answered_seconds.is_some());
        let mut spans: Vec<_> = self.legs.iter().filter_map(Leg::spoke).collect();
        spans.sort_unstable();
        let (mut total, mut until) = (0, i64::MIN);
        for (from, to) in spans {
            total += (to - from.max(until)).max(0);
            until = until.max(to);
        }
        known.then(|| u32::try_from(total).unwrap_or(u32::MAX))
    }

    /// Seconds it rang until somebody, or voicemail, answered; nothing where the feed does not say both.
    pub fn seconds_to_answer(&self) -> Option<u32> {
        let first = self.first();
        // Bills and Teams give no more than the talk: where it rang is not known.
        let told = |leg: &&Leg| leg.duration_seconds.is_some();
        let answered = self.legs.iter().filter(told).filter_map(Leg::spoke);
        let (answered_at, _) = answered.min()?;
        u32::try_from(answered_at - first.began.at.as_second()).ok()
    }

    /// What a voicemail system did in it. One that was rung while somebody else answered took nothing.
    pub fn voicemail(&self) -> Option<Voicemail> {
        let by_somebody = |leg: &Leg| {
            leg.voicemail.is_none() && leg.outcome == Outcome::Answered && leg.spoke().is_some()
        };
        let done = self.legs.iter().find_map(|leg| leg.voicemail)?;
        let taken_back = done == Voicemail::Took && self.legs.iter().any(by_somebody);
        (!taken_back).then_some(done)
    }

    /// What tells this call from every other, the same each time its rows are read: the feed's own id and
    /// the second it began, as ids are used again; or, where the feed has none, all that it says.
    pub fn identity(&self, format: &str) -> String {
        let first = self.first();
        let began = first.began.at.as_second();
        match self
            .legs
            .iter()
            .flat_map(|leg| leg.ids.iter().flatten())
            .min()
        {
            Some(id) => format!("{format}\n{began}\n{id}"),
            None => format!(
                "{format}\n{began}\n\n{}\n{}\n{:?}\n{:?}\n{:?}",
                first.from.given,
                first.to.given,
                first.duration_seconds,
                first.answered_seconds,
                first.person,
            ),
        }
    }

    /// What it cost: the sum of its legs, or nothing where they are in different currencies.
    pub fn cost(&self) -> Option<Cost> {
        let mut costs = self.legs.iter().filter_map(|leg| leg.cost.as_ref());
        let first = costs.next()?.clone();
        costs.try_fold(first, |sum, cost| {
            let millionths = sum.amount.millionths.checked_add(cost.amount.millionths)?;
            let amount = Money { millionths };
            (sum.currency == cost.currency).then_some(Cost { amount, ..sum })
        })
    }

    /// What was said about it, each thing once.
    pub fn marks(&self) -> Vec<&Mark> {
        let mut marks: Vec<_> = self.legs.iter().flat_map(|leg| &leg.marks).collect();
        marks.sort_unstable();
        marks.dedup();
        marks
    }
}

impl Serialize for Call {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        /// A call as one value.
        #[derive(Serialize)]
        struct Whole<'a> {
            source: &'a str,
            row: u64,
            #[serde(flatten)]
            began: When,
            duration_seconds: Option<u32>,
            answered_seconds: Option<u32>,
            direction: Direction,
            from: &'a Party,
            to: &'a Party,
            outcome: Outcome,
            #[serde(skip_serializing_if = "Option::is_none")]
            extension: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            person: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            cost: Option<Cost>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            marks: Vec<&'a Mark>,
            #[serde(skip_serializing_if = "Option::is_none")]
            voicemail: Option<Voicemail>,
            copies: u32,
            legs: &'a [Leg],
        }
        let first = self.first();
        let whole = Whole {
            source: &first.source,
            row: first.row,
            began: first.began,
            duration_seconds: self.duration_seconds(),
            answered_seconds: self.answered_seconds(),
            direction: first.direction,
            from: &first.from,
            to: &first.to,
            outcome: self.outcome(),
            extension: self.extension(),
            person: self.person(),
            cost: self.cost(),
            marks: self.marks(),
            voicemail: self.voicemail(),
            copies: self.copies,
            legs: &self.legs,
        };
        whole.serialize(to)
    }
}
