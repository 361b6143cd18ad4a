//! Who is clocked on, as far as clocks have said: the last day and a half, kept up to date.

use std::collections::HashMap;

use directory::clock::timeline::standing;
use directory::clock::{Clocking, State};
use jiff::{SignedDuration, Timestamp};
use matters::id::PersonId;
use policy::request::Clock;
use register::document;
use register_store::{Store, StoreError};

/// How far back clockings matter: a shift and the night after it.
const KEPT: SignedDuration = SignedDuration::from_hours(36);

/// Whoever came in this long ago and never went out forgot to clock out: then nobody knows.
const LONGEST_SHIFT: SignedDuration = SignedDuration::from_hours(16);

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
        let unknown = |at| document::Clocking {
            at,
            state: Clock::Unknown,
        };
        let standing = standing(said);
        let mut clock = Vec::new();
        for (place, clocking) in standing.iter().enumerate() {
            if clocking.at < clocking.at_latest {
                clock.push(unknown(clocking.at));
            }
            let state = match clocking.state {
                State::In => Clock::On,
                State::Out => Clock::Off,
                State::Unknown | State::Void => Clock::Unknown,
            };
            clock.push(document::Clocking {
                at: clocking.at_latest,
                state,
            });
            let forgotten = clocking.at.checked_add(LONGEST_SHIFT).ok();
            let next = standing.get(place + 1).map(|next| next.at);
            if let Some(end) = forgotten.filter(|end| next.is_none_or(|next| *end < next))
                && state == Clock::On
            {
                clock.push(unknown(end));
            }
        }
        clock
    }
}
