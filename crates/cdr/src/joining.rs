//! Legs into calls.
//!
//! Exchanges write rows about one call near one another, when it ends. So legs wait in a window of
//! calls for others with the same id, and the oldest call leaves when the window is full: memory
//! stays flat however many rows there are. Ids are not to be trusted for ever (they begin anew when
//! an exchange does), so legs that began more than a day apart are never one call.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::call::Call;
use crate::leg::Leg;

/// Calls that wait for further legs, unless told otherwise.
pub const WINDOW: usize = 4096;
/// Legs one call may have; a further one begins another call.
pub(crate) const MOST_LEGS: usize = 256;
/// Seconds between two legs of one call, at most.
const A_DAY: i64 = 24 * 3600;

/// Legs that wait for others of their call.
#[derive(Debug)]
pub struct Joiner {
    window: usize,
    /// Number of the first call in `waiting`.
    first: u64,
    /// Calls in the order they began to wait; nothing where one was found to be part of another.
    waiting: VecDeque<Option<Call>>,
    by_id: HashMap<Arc<str>, u64>,
}

impl Default for Joiner {
    fn default() -> Self {
        Self::within(WINDOW)
    }
}

impl Joiner {
    /// A joiner that keeps as many calls waiting.
    pub fn within(window: usize) -> Self {
        Self {
            window,
            first: 0,
            waiting: VecDeque::new(),
            by_id: HashMap::new(),
        }
    }

    /// Takes in a leg; gives a call that has waited long enough, if one has.
    pub fn add(&mut self, leg: Leg) -> Option<Call> {
        if leg.ids.iter().all(Option::is_none) {
            return Some(Call::of(leg));
        }
        let [one, other] = leg
            .ids
            .each_ref()
            .map(|id| self.joinable(id.as_ref()?, &leg));
        let number = match (one, other) {
            (Some(one), Some(other)) if one != other => self.merge(one.min(other), one.max(other)),
            (Some(number), _) | (None, Some(number)) => number,
            (None, None) => {
                let number = self.first + self.waiting.len() as u64;
                self.remember(&leg, number);
                self.waiting.push_back(Some(Call::of(leg)));
                return self.leave(self.window);
            }
        };
        self.remember(&leg, number);
        if let Some(call) = self.call(number) {
            call.take(leg);
        }
        None
    }

    /// The calls that still wait, oldest first.
    pub fn finish(&mut self) -> impl Iterator<Item = Call> + '_ {
        std::iter::from_fn(|| {
            while !self.waiting.is_empty() {
                if let Some(call) = self.leave(0) {
                    return Some(call);
                }
            }
            None
        })
    }

    fn call(&mut self, number: u64) -> Option<&mut Call> {
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.waiting.get_mut(place)?.as_mut()
    }

    /// The call with this id, if the leg can be part of it.
    fn joinable(&mut self, id: &Arc<str>, leg: &Leg) -> Option<u64> {
        let number = *self.by_id.get(id)?;
        let call = self.call(number)?;
        let apart = call.first().began.at.as_second() - leg.began.at.as_second();
        (apart.abs() <= A_DAY && call.legs().len() < MOST_LEGS).then_some(number)
    }

    /// Makes one call of two that a leg has joined.
    fn merge(&mut self, to: u64, from: u64) -> u64 {
        let place = usize::try_from(from - self.first).unwrap_or(usize::MAX);
        let Some(call) = self.waiting.get_mut(place).and_then(Option::take) else {
            return to;
        };
        let copies = call.copies;
        for leg in call.into_legs() {
            self.remember(&leg, to);
            if let Some(call) = self.call(to) {
                call.take(leg);
            }
        }
        if let Some(call) = self.call(to) {
            call.copies = call.copies.saturating_add(copies);
        }
        to
    }

    fn remember(&mut self, leg: &Leg, number: u64) {
        for id in leg.ids.iter().flatten() {
            self.by_id.insert(id.clone(), number);
        }
    }

    /// Lets the oldest go where more wait than may.
    fn leave(&mut self, most: usize) -> Option<Call> {
        if self.waiting.len() <= most {
            return None;
        }
        let call = self.waiting.pop_front()?;
        let number = self.first;
        self.first += 1;
        let call = call?;
        for id in call.legs().iter().flat_map(|leg| leg.ids.iter().flatten()) {
            // Another call may have taken the id over since.
            if self.by_id.get(id) == Some(&number) {
                self.by_id.remove(id);
            }
        }
        Some(call)
    }
}
