//! Requests that name no law: a public body is asked for what it has on record.
//!
//! The core is one sentence that asks and says what for: a paper, a figure, something that was
//! done, or what is held about the writer. What stands around it gives points: a stranger's
//! wording, a range of time, the body that is addressed, its business, who asks. Words of
//! colleagues, customers and suppliers, who ask for papers and figures all day, take points away.

mod around;
mod cues;
mod list;

pub(in crate::purpose) use around::CUES as AROUND_CUES;
pub(in crate::purpose) use cues::CUES;

use super::greeting;
use crate::finding::{Confidence, Hit, Label};
use crate::purpose::reading::{Met, Reading, rule};
use crate::purpose::signs::Sign::{self, *};

/// Points that make a request a suspicion and a finding. Chosen on ordinary office mail, of
/// which fewer than five in a thousand may be suspected.
const SUSPICION: usize = 3;
const FINDING: usize = 5;

/// Words between what asks and what is asked for, at most: a sentence with a clause in between.
const REACH: usize = 40;

/// Things of a kind that are looked at in a sentence, which may be a letter of one long list.
const MOST: usize = 20;

/// Sentences around the core in which its subject is looked for.
const AROUND: usize = 2;

/// Words of a letter for which a point is taken: what is met by chance grows with the length.
const WORDS_A_POINT: usize = 150;

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    if reading.letter().is_reply || reading.has(Answering) {
        return None;
    }
    let cores = cores(reading);
    let several = usize::from(cores.len() > 1);
    let core = cores.into_iter().max_by_key(|core| core.points)?;
    let around = [(Span, 2), (Matter, 2)].map(|(sign, most)| near(reading, &core, sign).min(most));
    let anywhere = reading.different(&[Body, WhoAsks]);
    let points = core.points + several + around.iter().sum::<usize>() + anywhere;
    if points < SUSPICION {
        return None;
    }
    let against = 2 * reading.times(AboutRequests)
        + 2 * reading.times(Inside)
        + 3 * reading.times(Service)
        + 2 * usize::from(greeting::is_to_a_colleague(reading.letter().text))
        + reading.n_words() / WORDS_A_POINT;
    let confidence = match points.saturating_sub(against) {
        FINDING.. => Confidence::High,
        SUSPICION.. => Confidence::Low,
        _ => return None,
    };
    let mut because = vec![core.thing, core.asks];
    because.extend(reading.firsts(&[Formal, WhoAsks, Span, Body, Matter]));
    reading.hit(
        Label::InformationRequest,
        confidence,
        rule!("asks a public body for recorded information"),
        &because,
    )
}

/// What is asked for, and its points, the weightiest first: what is held about the writer, a paper
/// few offices ask for, a figure, any paper, an answer.
const THINGS: [(Sign, usize); 5] = [
    (OwnData, 3),
    (RarePaper, 2),
    (Figure, 1),
    (Paper, 1),
    (Question, 1),
];

/// A sentence that asks, and what for.
struct Core {
    asks: Met,
    thing: Met,
    points: usize,
}

/// How many different places of a sign stand near the core.
fn near(reading: &Reading<'_>, core: &Core, sign: Sign) -> usize {
    let mut places: Vec<usize> = reading
        .all(&[sign])
        .filter(|met| met.sentence.abs_diff(core.thing.sentence) <= AROUND)
        .map(|met| met.start)
        .collect();
    places.sort_unstable();
    places.dedup();
    places.len()
}

/// The signs a core is made of.
const CORE: [Sign; 13] = [
    Ask, Wishes, Formal, ForIt, Lists, Question, Happened, Paper, RarePaper, Figure, OwnData,
    Mends, Holdings,
];

/// Every sentence that is a core. A list of questions or papers is one sentence, whose asking
/// words stand at its head.
fn cores(reading: &Reading<'_>) -> Vec<Core> {
    if !reading.any(&THINGS.map(|(sign, _)| sign)) && !reading.has(Mends) {
        return Vec::new();
    }
    let mut sentences: Vec<Vec<Met>> = Vec::new();
    let mut in_a_list = list::is_one(reading.letter().text);
    for met in reading.all(&CORE) {
        let goes_on = |sentence: &&mut Vec<Met>| {
            in_a_list
                || sentence
                    .first()
                    .is_some_and(|first| first.sentence == met.sentence)
        };
        match sentences.last_mut().filter(goes_on) {
            Some(sentence) => sentence.push(met),
            None => sentences.push(vec![met]),
        }
        in_a_list |= met.sign == Lists;
    }
    let alone = sentences
        .iter()
        .filter_map(|sentence| core(reading, sentence));
    alone
        .chain(asked_for_afterwards(reading, &sentences))
        .collect()
}

/// `A study was made of it. Can I have that?`: a sentence that asks for what the one before names.
fn asked_for_afterwards(reading: &Reading<'_>, sentences: &[Vec<Met>]) -> Option<Core> {
    sentences.windows(2).find_map(|pair| {
        let [named, asks] = pair else { return None };
        let adjoin = asks.first()?.sentence.checked_sub(named.last()?.sentence)? <= AROUND;
        let for_it = asks.iter().any(|met| met.sign == ForIt);
        (adjoin && for_it).then(|| core(reading, &[named.as_slice(), asks].concat()))?
    })
}

fn core(reading: &Reading<'_>, sentence: &[Met]) -> Option<Core> {
    let has = |sign: Sign| sentence.iter().any(|met| met.sign == sign);
    let mends = sentence.iter().find(|met| met.sign == Mends);
    if let Some(&asks) = mends
        && reading.any(&[Holdings, OwnData])
    {
        return Some(Core {
            asks,
            thing: asks,
            points: SUSPICION,
        });
    }
    let (weight, asks, thing) = THINGS.into_iter().find_map(|(sign, weight)| {
        let things = sentence.iter().filter(|met| met.sign == sign).take(MOST);
        let pair = things
            .copied()
            .find_map(|thing| Some((asked_for(reading, sentence, thing)?, thing)));
        pair.map(|(asks, thing)| (weight, asks, thing))
    })?;
    let counts = has(Question) || has(Figure);
    let of_what_is_written = has(Figure) || has(Paper) || has(RarePaper);
    let also = [
        has(Formal),
        asks_twice(reading, sentence),
        has(Happened) && (counts || of_what_is_written),
        has(Question) && of_what_is_written,
    ];
    Some(Core {
        asks,
        thing,
        points: weight + also.into_iter().filter(|&also| also).count(),
    })
}

/// Whether a sentence asks two things or more: `how many were fined, and how much was paid`.
fn asks_twice(reading: &Reading<'_>, sentence: &[Met]) -> bool {
    let mut questions = sentence.iter().filter(|met| met.sign == Question);
    let Some(first) = questions.next() else {
        return false;
    };
    questions.any(|other| reading.words_apart(*first, *other) > 1)
}

/// What in a sentence asks for a thing in it. A question asks by itself where there is its mark, or
/// where it heads a sentence: not all who ask write marks.
fn asked_for(reading: &Reading<'_>, sentence: &[Met], thing: Met) -> Option<Met> {
    let is_marked = reading.letter().text.contains('?');
    let is_question = |met: &Met| met.sign == Question && (is_marked || reading.heads(*met));
    sentence
        .iter()
        .filter(|met| [Ask, Wishes, Formal].contains(&met.sign) || is_question(met))
        .find(|met| reading.words_apart(**met, thing) <= REACH)
        .copied()
}
