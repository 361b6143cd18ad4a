//! A slighting remark about the council, its members, a manager or a colleague, in the
//! writer's own voice.
//!
//! Fault found with work or a process is not slighting, and a complaint that states facts is
//! not; neither is reporting what someone else said. The target and the slight must stand close
//! together in one sentence.

use super::phrases::Cues;
use super::reading::{Met, Reading, rule};
use super::signs::Sign::*;
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        CouncilTarget,
        &[
            "{this|our|the} {council|authority}",
            "this place",
            "{councillors|our councillors|the members|its councillors}",
            "{the|our|senior} management",
            "{the|our} {chief executive|directors|leadership|bosses|managers|mayor|councillors|leader}",
            "the {planning|housing|highways|finance|payroll|hr|it|legal|benefits|parking|licensing} {team|department|lot|people}",
        ],
    ),
    (
        PersonTarget,
        &[
            "{my|our|your} {manager|boss|line manager|supervisor|director|team leader|head of service|colleague|chief}",
            "in {payroll|hr|finance|planning|housing|legal|accounts}",
        ],
    ),
    (
        Slight,
        &[
            "{useless|incompetent|clueless|pathetic|spineless|two faced|brainless|idiotic|moronic}",
            "{a |}{complete|total|utter|absolute|bloody} {joke|disgrace|shambles|idiot|fool|moron|waste}",
            "{a joke|a shambles|a disgrace|a nightmare|an idiot|a fool|a moron|a clown|a bully|a liar}",
            "{hasn't|haven't|without} {got |}a clue",
            "waste of space",
            "bunch of {clowns|idiots|fools|crooks|liars|cowboys}",
            "only in it for {themselves|the money}",
            "couldn't {organise|organize|run|care less}",
            "{idiots|clowns|morons|cretins}",
            "{is|are} {so |very |bone |}{lazy|stupid|thick|rude to everyone}",
            "thick as",
            "{don't|doesn't|do not} care",
        ],
    ),
    (
        OwnDisgust,
        &[
            "sick of working for",
            "{sick|tired} of {this|our|the} {council|management|place|lot}",
            "i {can't stand|hate|despise|loathe} {working for|my boss|my manager|this council|this place|our}",
            "i {can't stand|despise|loathe}",
            "useless council",
            "{idiot|useless|incompetent|stupid|clueless|pathetic} {councillors|managers|management|directors}",
        ],
    ),
    (
        Reported,
        &[
            "{said|says|claimed|claims|alleged|alleges|stated|states|told|called|described|accused|complained|complains|reported} {that|the|me|us|him|her|our|it|officers|staff|my|of}",
            "according to",
            "the report",
            "{survey|feedback|quote|unquote|allegation|allegations|complaint}",
            "{not|never|isn't|aren't} {a |}{useless|incompetent|clueless|pathetic|an idiot|a joke|a shambles|lazy|stupid}",
            "is not useless",
            "do not accept",
            "{feel|feels|felt|think|thinks} that",
            "{he|she|they|resident|caller|customer} {said|called|says}",
            "would be",
        ],
    ),
];

/// Words between a target and its slight, at most.
const GAP: usize = 8;

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    let rule = rule!("slights the council or a colleague");
    let own = reading
        .first(OwnDisgust)
        .filter(|&own| !reading.beside(own, &[Reported]));
    let pair = if reading.has(Slight) {
        close(reading)
    } else {
        None
    };
    match (own, pair) {
        (own, Some((target, slight))) => {
            let grave = own.is_some()
                || target.sign == PersonTarget
                || reading
                    .all(&[Slight])
                    .filter(|met| !reading.in_subject(*met))
                    .count()
                    >= 2
                || !reading.in_subject(slight) && short(reading);
            let confidence = if grave {
                Confidence::High
            } else {
                Confidence::Low
            };
            let because: Vec<_> = [target, slight].into_iter().chain(own).collect();
            reading.hit(Label::NegativeComment, confidence, rule, &because)
        }
        (Some(own), None) => {
            let targets = reading.beside(own, &[CouncilTarget, PersonTarget, Slight]);
            let confidence = if targets {
                Confidence::High
            } else {
                Confidence::Low
            };
            targets.then(|| reading.hit(Label::NegativeComment, confidence, rule, &[own]))?
        }
        _ => None,
    }
}

/// A remark rather than a letter with much else to say.
fn short(reading: &Reading<'_>) -> bool {
    reading.n_words() < 60
}

fn close(reading: &Reading<'_>) -> Option<(Met, Met)> {
    let (target, slight) = reading.followed(&[CouncilTarget, PersonTarget], &[Slight], GAP)?;
    (!reading.beside(slight, &[Reported])).then_some((target, slight))
}
