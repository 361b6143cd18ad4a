//! Requests for recorded information: freedom of information, environmental, one's own data.
//!
//! The law does not ask a requester to name it, so there are two ways in: a regime is named
//! beside words that ask, or a public body is asked for what it has on record and several signs
//! agree. It is tuned to find requests rather than to be sure of them: a person confirms. An
//! answer, an acknowledgement or guidance about requests is not one.

mod cues;
mod greeting;
mod recorded;

pub(super) use cues::CUES;
pub(super) use recorded::{AROUND_CUES, CUES as RECORDED_CUES};

use std::cmp::Reverse;

use super::reading::{Met, Reading, Rule, rule};
use super::signs::Sign::*;
use crate::finding::{Confidence, Hit, Label};

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    named(reading).or_else(|| recorded::judge(reading))
}

/// Points that make a request that names its law a suspicion and a finding.
const SUSPICION: usize = 2;
const FINDING: usize = 4;

/// Places where a law is named that are looked at.
const MOST: usize = 20;

fn named(reading: &Reading<'_>) -> Option<Hit> {
    const RULE: Rule = rule!("names a regime");
    // `Subject: Access …` heads many a quoted message.
    let regimes: Vec<Met> = reading
        .all(&[Regime, RegimeClaim])
        .filter(|met| !reading.words(*met).contains(':'))
        .take(MOST)
        .collect();
    let claim = regimes.iter().find(|met| met.sign == RegimeClaim).copied();
    let regime = regimes.first().copied()?;
    let asking = [Ask, Wishes, Formal, Question, Mends];
    let near = |ask: &Met| {
        let apart = |regime: &Met| regime.sentence.abs_diff(ask.sentence);
        regimes.iter().map(apart).min()
    };
    let length = |ask: &Met| reading.words(*ask).len();
    let ask = reading
        .all(&asking)
        .min_by_key(|ask| (near(ask), Reverse(length(ask))));
    let because: Vec<Met> = claim.into_iter().chain([regime]).chain(ask).collect();
    let hit = |confidence| reading.hit(Label::InformationRequest, confidence, RULE, &because);
    if reading.letter().is_reply {
        return claim
            .and(hit(Confidence::Low))
            .filter(|_| !reading.has(Answering));
    }
    let asked = match ask.as_ref().and_then(near) {
        Some(0 | 1) => 2,
        Some(_) => 1,
        None => 0,
    };
    let points = 3 * usize::from(claim.is_some())
        + asked
        + 2 * usize::from(
            reading
                .all(&[RegimeTitle])
                .any(|title| reading.opens(title)),
        )
        + usize::from(reading.any(&[Figure, RarePaper, Question, OwnData, Mends]))
        + usize::from(reading.has(Formal))
        + usize::from(reading.any(&[Body, WhoAsks, Span, Matter]));
    let against = 4 * reading.times(Answering)
        + 2 * (reading.times(AboutRequests) + reading.times(Teaching).min(2))
        + 2 * reading.times(Inside).min(1)
        + 3 * reading.times(Service)
        + 2 * usize::from(greeting::is_to_a_colleague(reading.letter().text));
    match points.saturating_sub(against) {
        // Nothing speaks against it, and it asks where it names the law.
        _ if against == 0 && asked == 2 => hit(Confidence::High),
        FINDING.. => hit(Confidence::High),
        SUSPICION.. => hit(Confidence::Low),
        _ => None,
    }
}
