//! Who is clocked on, as far as clocks have said: the last day and a half, kept up to date.

use std::collections::HashMap;

use directory::clock::timeline::{standing, turns};
use directory::clock::{Clocking, State};
use jiff::{SignedDuration, Timestamp};
use matters::id::PersonId;
use policy::request::Clock;
use register::document;
use register_store::{Store, StoreError};

/// How far back clockings matter: a shift and the night after it.
const KEPT: SignedDuration = SignedDuration::from_hours(36);

/// What clocks said lately, in the order of receiving.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    seen: u64,
    of: HashMap<PersonId, Vec<Clocking>>,
}

impl Clocks {
    /// Takes in what was received since, and says whether there was anything.
    pub(super) async fn refresh(
        &mut self,
        store: &Store,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let from = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
        let mut any = false;
        loop {
            let received = store.clockings_after(self.seen, from).await?;
            if received.is_empty() {
                break;
            }
            any = true;
            for (seq, person, body) in received {
                self.seen = seq;
                // A later release's clocking, which this one cannot read, says nothing here.
                if let Ok(clocking) = serde_json::from_value(body) {
                    self.of.entry(person).or_default().push(clocking);
                }
            }
        }
        if any {
            self.of.retain(|_, said| {
                said.retain(|clocking| clocking.at >= from);
                !said.is_empty()
            });
        }
        Ok(any)
    }

    /// A person's clock as gates read it.
    pub(super) fn of(&self, person: &str) -> Vec<document::Clocking> {
        let Some(said) = self.of.get(&PersonId::from(person)) else {
            return Vec::new();
        };
        let turns = turns(&standing(said)).into_iter();
        let clock = turns.map(|(at, state)| document::Clocking {
            at,
            state: match state {
                State::In => Clock::On,
                State::Out => Clock::Off,
                State::Unknown | State::Void => Clock::Unknown,
            },
        });
        clock.collect()
    }
}
