//! Requests for recorded information: freedom of information, environmental, one's own data.
//!
//! The law does not ask a requester to name it, so there are two ways in: a regime is named
//! beside words that ask, or a public body is asked for what it has on record and several signs
//! agree. It is tuned to find requests rather than to be sure of them: a person confirms. An
//! answer, an acknowledgement or guidance about requests is not one.

mod cues;

pub(super) use cues::CUES;

use super::reading::{Met, Reading, Rule, rule};
use super::signs::Sign::{self, *};
use crate::finding::{Confidence, Hit, Label};

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    named(reading).or_else(|| unnamed(reading))
}

fn named(reading: &Reading<'_>) -> Option<Hit> {
    const RULE: Rule = rule!("names a regime");
    let regime = reading
        .first(Regime)
        .or_else(|| reading.first(RegimeClaim))?;
    let claim = reading.first(RegimeClaim);
    let because =
        |also: Option<Met>| -> Vec<Met> { claim.into_iter().chain([regime]).chain(also).collect() };
    let ask = reading.first(Ask).or_else(|| reading.first(AskAlso));
    let hit = |confidence| reading.hit(Label::InformationRequest, confidence, RULE, &because(ask));
    if reading.letter().is_reply {
        return claim
            .and(hit(Confidence::Low))
            .filter(|_| !reading.has(Answering));
    }
    let about = [Answering, AboutRequests, Teaching]
        .iter()
        .map(|&sign| reading.times(sign))
        .sum::<usize>();
    match (claim, ask) {
        (Some(_), _) if about == 0 => hit(Confidence::High),
        (Some(_), _) if !reading.has(Answering) => hit(Confidence::High),
        (None, Some(_)) if about == 0 => hit(Confidence::High),
        (None, Some(_)) if about == 1 && !reading.has(Answering) && outsider(reading) => {
            hit(Confidence::Low)
        }
        (None, None) if about == 0 && reading.has(RegimeTitle) => hit(Confidence::Low),
        _ => None,
    }
}

/// Signs that a stranger writes to the council rather than a colleague to another.
fn outsider(reading: &Reading<'_>) -> bool {
    !reading.has(Inside) && reading.any(&[PublicBody, WhoAsks, Split])
}

/// Points that make an un-named request a suspicion and a finding. Chosen on ordinary office
/// mail, of which fewer than five in a thousand may be suspected.
const SUSPICION: usize = 3;
const FINDING: usize = 4;
/// Points that are enough to suspect where the letter speaks of a council's own matters.
const OF_A_COUNCIL: usize = 2;

fn unnamed(reading: &Reading<'_>) -> Option<Hit> {
    if reading.letter().is_reply || reading.any(&[Answering, AboutRequests]) {
        return None;
    }
    let asks = reading
        .first(Ask)
        .or_else(|| reading.first(AskFormal))
        .or_else(|| {
            let is_question = reading.letter().text.contains('?');
            reading.first(AskAlso).filter(|_| is_question)
        })?;
    let recorded = [RecordedPaper, Recorded, AskAlso]
        .into_iter()
        .find_map(|sign| reading.first(sign))?;
    const ONCE: [Sign; 4] = [AskAlso, AskFormal, WhoAsks, Recorded];
    const TWICE: [Sign; 4] = [RecordedPaper, Split, PublicBody, CouncilMatter];
    let twice: usize = TWICE.iter().map(|&sign| reading.times(sign).min(2)).sum();
    let points = reading.different(&ONCE) + twice + usize::from(reading.has(RecordedPaper));
    let against = 2 * (reading.times(Inside) + reading.times(Service))
        + reading.times(Teaching).min(2)
        + reading.n_words() / 250;
    let confidence = match points.saturating_sub(against) {
        FINDING.. => Confidence::High,
        SUSPICION.. => Confidence::Low,
        OF_A_COUNCIL.. if reading.any(&[PublicBody, CouncilMatter, WhoAsks]) => Confidence::Low,
        _ => return None,
    };
    let mut because = vec![recorded, asks];
    because.extend(reading.firsts(&[AskFormal, WhoAsks, Split, PublicBody, CouncilMatter]));
    reading.hit(
        Label::InformationRequest,
        confidence,
        rule!("asks a public body for recorded information"),
        &because,
    )
}
