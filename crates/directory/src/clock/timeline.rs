//! What stands of a person's clockings, and whether they were at work at a moment.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::clock::{Clocking, State};

/// Whoever came in this long ago and never went out forgot to clock out: from then on nobody knows.
const LONGEST_SHIFT: SignedDuration = SignedDuration::from_hours(16);

/// What stands of the clockings of one person, in the order in which they were received: an event
/// of the same source and name supersedes the earlier one, and a void one takes it away. In order of
/// time.
pub fn standing(received: &[Clocking]) -> Vec<&Clocking> {
    let mut named: HashMap<(&str, &str), usize> = HashMap::new();
    let mut kept: Vec<Option<&Clocking>> = Vec::with_capacity(received.len());
    for clocking in received {
        if let Some(event) = &clocking.event {
            let earlier = named.insert((&clocking.source, event), kept.len());
            if let Some(earlier) = earlier {
                kept[earlier] = None;
            }
        }
        kept.push(Some(clocking));
    }
    let kept = kept.into_iter().flatten();
    let mut standing: Vec<_> = kept
        .filter(|clocking| clocking.state != State::Void)
        .collect();
    standing.sort_by_key(|clocking| clocking.at);
    standing
}

/// The moments at which it changes whether a person is at work, with what holds from then on, in
/// order: what [`state_at`] says, for whoever keeps it rather than asks.
pub fn turns(standing: &[&Clocking]) -> Vec<(Timestamp, State)> {
    let forgotten = |clocking: &&&Clocking| {
        let end = clocking.at.checked_add(LONGEST_SHIFT).ok()?;
        end.checked_add(SignedDuration::from_nanos(1)).ok()
    };
    let mut moments: Vec<_> = standing
        .iter()
        .flat_map(|clocking| [clocking.at, clocking.at_latest])
        .chain(standing.iter().filter_map(|clocking| forgotten(&clocking)))
        .collect();
    moments.sort_unstable();
    moments.dedup();
    let mut turns: Vec<_> = moments
        .into_iter()
        .map(|moment| (moment, state_at(standing, moment)))
        .collect();
    turns.dedup_by_key(|(_, state)| *state);
    turns
}

/// Whether a person was at work at a moment: in, out, or unknown.
///
/// Unknown before the first event, after an *in* nobody followed up within a shift, and while a
/// local time may mean either of two moments.
pub fn state_at(standing: &[&Clocking], at: Timestamp) -> State {
    let doubtful = |clocking: &&Clocking| clocking.at <= at && at < clocking.at_latest;
    if standing.iter().any(doubtful) {
        return State::Unknown;
    }
    match standing.iter().rfind(|clocking| clocking.at_latest <= at) {
        Some(last) if last.state == State::In && at.duration_since(last.at) > LONGEST_SHIFT => {
            State::Unknown
        }
        Some(last) => last.state,
        None => State::Unknown,
    }
}
