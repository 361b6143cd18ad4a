//! Requests for recorded information: freedom of information, environmental, one's own data.
//!
//! The law does not ask a requester to name it, so there are two ways in: a regime is named
//! beside words that ask, or a public body is asked for what it has on record and several signs
//! agree. It is tuned to find requests rather than to be sure of them: a person confirms. An
//! answer, an acknowledgement or guidance about requests is not one.

mod cues;
mod greeting;
mod recorded;

pub(super) use cues::{CUES, OFTEN_MISSPELT};
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
const SUSPICION: usize = 3;
const FINDING: usize = 5;

/// Places of a kind that are looked at.
const MOST: usize = 50;

/// Words between what invokes a law, or makes a request under it, and its name, at most: `under
/// the provisions of the Freedom of Information Act`.
const GAP: usize = 10;

/// How a letter names a law, and the points of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    /// In passing, or as what is talked about.
    Mentioned = 0,
    /// As what the writer relies on: `under FOI`.
    Invoked = 1,
    /// At the head of what is asked: `EIR: …`.
    Heads = 2,
    /// As what the letter is: `I make a subject access request`.
    Made = 4,
}

fn named(reading: &Reading<'_>) -> Option<Hit> {
    const RULE: Rule = rule!("names a regime");
    let named: Vec<(Named, Met)> = reading
        .all(&[Regime, DataLaw, RegimeClaim])
        // `Subject: Access …` heads many a quoted message.
        .filter(|met| !reading.words(*met).contains(':'))
        .take(MOST)
        .filter_map(|met| Some((how(reading, met)?, met)))
        .collect();
    let weightiest = |(how, met): &&(Named, Met)| (*how, Reverse(met.start));
    let &(how, regime) = named.iter().max_by_key(weightiest)?;
    let asking = [Ask, Wishes, Formal, Question, Mends];
    let apart = |ask: &Met| {
        let apart = |(_, regime): &(Named, Met)| regime.sentence.abs_diff(ask.sentence);
        named.iter().map(apart).min()
    };
    let length = |ask: &Met| reading.words(*ask).len();
    let ask = reading
        .all(&asking)
        .min_by_key(|ask| (apart(ask), Reverse(length(ask))));
    let because: Vec<Met> = [regime].into_iter().chain(ask).collect();
    let hit = |confidence| reading.hit(Label::InformationRequest, confidence, RULE, &because);
    if reading.letter().is_reply {
        let is_new = how == Named::Made && !reading.has(Answering);
        return is_new.then(|| hit(Confidence::Low))?;
    }
    let asked = match ask.as_ref().and_then(apart) {
        Some(0 | 1) => 2,
        Some(_) => 1,
        None => usize::from(reading.letter().text.contains('?')),
    };
    let says_what = reading.any(&[Figure, RarePaper, Paper, Question, OwnData, Mends]);
    let points = how as usize
        + asked
        + usize::from(how == Named::Heads && reading.in_subject(regime))
        + usize::from(says_what)
        + usize::from(reading.has(Formal))
        + usize::from(reading.any(&[Body, WhoAsks, Span, Matter]));
    let relies = how > Named::Mentioned;
    let is_enough = asked == 2 || says_what && (relies || ask.is_some());
    let made = how == Named::Made;
    let by_a_colleague = greeting::is_to_a_colleague(reading.letter().text);
    let against = 4 * reading.times(Answering)
        + 2 * reading.times(AboutRequests)
        + reading.times(Inside).min(1)
        + 2 * usize::from(!made && reading.has(Teaching))
        + (if made { 1 } else { 2 }) * usize::from(by_a_colleague);
    match points.saturating_sub(against) {
        // Nothing speaks against it, and it asks where it relies on the law.
        _ if against == 0 && asked == 2 && relies => hit(Confidence::High),
        FINDING.. => hit(Confidence::High),
        SUSPICION.. => hit(Confidence::Low),
        _ if against == 0 && is_enough => hit(Confidence::Low),
        _ => None,
    }
}

/// How a law is named; `None` if the words there name none, or one that nobody relies on.
///
/// Everybody speaks of data protection, so such a law counts only beside words about what is held
/// of the writer, or where the article is one of a person's rights.
fn how(reading: &Reading<'_>, law: Met) -> Option<Named> {
    let after = |sign, gap| reading.is_after(law, sign, gap);
    let next = |words, gap| reading.word_behind(law, words, gap).is_some();
    let last = |words| reading.word_before(law, words, 0);
    let at_the_head = |sign, gap| {
        let mut leads = reading.all_before(law, sign, gap);
        leads.any(|lead| reading.heads(lead))
    };
    if next(cues::DESKS, 0) {
        return (after(ToDesk, 0) || last(cues::TO).is_some()).then_some(Named::Heads);
    }
    if next(cues::OFFICE, 0) || after(InPassing, GAP) || last(cues::YOURS).is_some() {
        return None;
    }
    let is_head = |words| last(words).is_some_and(|at| reading.is_head(law, at));
    let heads = !next(&["requests"], 0) && (reading.heads(law) || is_head(cues::ARTICLES));
    let is_made = law.sign == RegimeClaim
        || after(Makes, GAP)
        || law.sign != DataLaw && (after(Calls, 0) || last(cues::CALLS).is_some())
        || next(cues::ASKS, 0) && (heads || reading.follows_a_colon(law));
    if is_made {
        return Some(Named::Made);
    }
    let is_a_right = law.sign == DataLaw && is_a_right(reading.words(law));
    if law.sign == DataLaw && !is_a_right && !is_about_the_writer(reading, law) {
        return None;
    }
    let leads = at_the_head(ToDesk, 0) || is_head(cues::TO) || at_the_head(Invokes, 3);
    Some(if heads || is_a_right || leads || reading.titles(law) {
        Named::Heads
    } else if after(Invokes, GAP) || next(cues::OBLIGES, 3) {
        Named::Invoked
    } else {
        Named::Mentioned
    })
}

/// Whether what is held of the writer, or of whom the writer speaks for, is spoken of beside a law.
fn is_about_the_writer(reading: &Reading<'_>, law: Met) -> bool {
    let about = reading.all(&[OwnData, Mends, AboutMe, Kept]);
    about
        .filter(|met| met.sentence.abs_diff(law.sentence) <= 2)
        .take(MOST)
        .any(|met| met.sign != Kept || reading.word_before(met, cues::MINE, 3).is_some())
}

/// Whether an article is one of those that give a person rights: 15 to 22 of the UK GDPR.
fn is_a_right(article: &str) -> bool {
    let mut numbers = article.split(|c: char| !c.is_ascii_digit());
    numbers.any(|number| matches!(number.parse(), Ok(15..=22)))
}
