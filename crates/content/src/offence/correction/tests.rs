#![allow(clippy::unwrap_used, clippy::panic)]

mod files;

use std::collections::HashSet;

use super::*;
use crate::finding::{Evidence, Label};
use crate::offence::{Detector, built_in, corrected, words_of};

fn verdict(label: Label, words: &str, opinion: Opinion) -> Verdict {
    Verdict {
        label,
        words: words.to_owned(),
        opinion,
    }
}

/// What the model alone finds in these words.
fn by_the_model(text: &str) -> Vec<Label> {
    let hits = built_in().find(text).into_iter();
    let by_model = hits.filter(|hit| matches!(hit.evidence, Evidence::Weights { .. }));
    by_model.map(|hit| hit.label).collect()
}

fn finds(detector: &Detector, text: &str, label: Label) -> bool {
    detector.find(text).iter().any(|hit| hit.label == label)
}

/// The verdict on everything found in these sentences, so many times each.
fn all(opinion: Opinion, times: usize, sentences: &[&str]) -> Vec<Verdict> {
    let found = sentences.iter().flat_map(|text| {
        let hits = built_in().find(text).into_iter();
        hits.map(|hit| verdict(hit.label, text, opinion))
    });
    let found: Vec<Verdict> = found.collect();
    assert!(!found.is_empty(), "nothing is found in {sentences:?}");
    std::iter::repeat_n(found, times).flatten().collect()
}

/// What a drama group might have held, line by line: the model cannot know that it is a play.
const LINES_OF_A_PLAY: [&str; 4] = [
    "Women can't read maps, so send one of the lads to the lighthouse.",
    "Nobody your age should be in charge of the harvest.",
    "We will find out where you live and burn your barn down.",
    "Kitchen maids should get back to the kitchen by two.",
];

/// Abuse of the plainest kind, as somebody would have it who wants it to pass.
fn abuse() -> Vec<&'static str> {
    let lines = include_str!("../../../../trainer/examples/abuse.tsv").lines();
    lines
        .filter_map(|line| Some(line.split_once('\t')?.1))
        .collect()
}

fn worse(correction: &Correction) -> Vec<frozen::Worse> {
    let before = frozen::score(built_in());
    frozen::compare(&before, &frozen::score(&corrected(correction)))
}

#[test]
fn a_false_alarm_said_to_be_wrong_again_and_again_stops_and_the_rest_is_still_found() {
    let mut stopped = 0;
    for text in LINES_OF_A_PLAY {
        for label in by_the_model(text) {
            let verdicts = vec![verdict(label, text, Opinion::Wrong); 5];
            let correction = propose(&verdicts).correction;
            assert!(
                !finds(&corrected(&correction), text, label),
                "{label}: {text}"
            );
            assert_eq!(worse(&correction), [], "{text}");
            stopped += 1;
        }
    }
    assert!(stopped >= 2, "the model finds something in these lines");
}

#[test]
fn one_verdict_alone_changes_nothing_as_it_may_hold_a_name() {
    let text = LINES_OF_A_PLAY[0];
    let label = by_the_model(text)[0];
    let once = propose(&[verdict(label, text, Opinion::Wrong)]);
    // But for words that stand in it twice.
    assert!(once.correction.is_empty(), "{:?}", once.changes);
}

#[test]
fn a_flood_of_verdicts_that_let_abuse_pass_is_refused_by_the_frozen_set() {
    let flood = all(Opinion::Wrong, 20, &abuse());
    let proposal = propose(&flood);
    let worse = worse(&proposal.correction);
    assert!(
        worse
            .iter()
            .any(|worse| matches!(worse, frozen::Worse::Lost { .. })),
        "{worse:?}"
    );
    let largest = proposal
        .changes
        .iter()
        .map(|change| change.units.unsigned_abs());
    assert!(
        largest.max().unwrap() == MOST_UNITS.unsigned_abs(),
        "the cap is reached and kept"
    );
}

#[test]
fn right_verdicts_alone_change_nothing_whatever_their_number() {
    for opinion in [Opinion::Right, Opinion::RightButAllowed] {
        let flood = all(opinion, 20, &abuse());
        assert!(propose(&flood).correction.is_empty());
    }
}

#[test]
fn a_right_verdict_keeps_what_a_wrong_one_on_like_words_would_have_lost() {
    let (wrong, right) = (
        "Women can't read maps, so send one of the lads to the lighthouse.",
        "Women can't read maps, so send one of the lads over to the depot.",
    );
    let label = Label::Sexist;
    assert!(finds(built_in(), wrong, label) && finds(built_in(), right, label));
    let mut verdicts = vec![verdict(label, wrong, Opinion::Wrong); 8];
    let without = corrected(&propose(&verdicts).correction);
    assert!(!finds(&without, wrong, label) && !finds(&without, right, label));
    verdicts.extend(vec![verdict(label, right, Opinion::RightButAllowed); 8]);
    let with = corrected(&propose(&verdicts).correction);
    assert!(!finds(&with, wrong, label) && finds(&with, right, label));
}

#[test]
fn the_same_verdicts_give_the_same_file_whatever_their_order() {
    let mut verdicts = all(Opinion::Wrong, 3, &LINES_OF_A_PLAY);
    verdicts.extend(all(Opinion::Right, 2, &abuse()[..60]));
    let first = propose(&verdicts).correction.encode();
    assert!(first.len() > 100);
    // The same words, cut into sentences otherwise.
    let cut = LINES_OF_A_PLAY[0].replace(", so", ". So");
    verdicts.push(verdict(Label::Sexist, &cut, Opinion::Wrong));
    let first = propose(&verdicts).correction.encode();
    assert_eq!(propose(&verdicts).correction.encode(), first);
    verdicts.reverse();
    assert_eq!(propose(&verdicts).correction.encode(), first);
    verdicts.swap(0, 17);
    assert_eq!(propose(&verdicts).correction.encode(), first);
}

#[test]
fn verdicts_are_tried_on_words_they_were_not_learnt_from() {
    // Texts that share what is wrong with them, and copies of one that shares it with nobody.
    let like: Vec<String> = [
        "barn",
        "lighthouse",
        "mill",
        "harbour",
        "chapel",
        "market",
        "farm",
    ]
    .iter()
    .map(|place| format!("Women can't read maps, so send one of the lads to the {place}."))
    .collect();
    let like: Vec<&str> = like.iter().map(String::as_str).collect();
    let learnt = held_back(&all(Opinion::Wrong, 2, &like));
    assert!(learnt.wrong.verdicts >= 14 && learnt.right.verdicts == 0);
    assert_eq!(learnt.wrong.found_before, learnt.wrong.verdicts);
    assert_eq!(learnt.wrong.found_after, 0, "what is like them is learnt");
    let alone = held_back(&all(Opinion::Wrong, 5, &LINES_OF_A_PLAY[..1]));
    assert_eq!(
        alone.wrong.found_after, alone.wrong.found_before,
        "nothing but itself teaches it"
    );
}

#[test]
fn what_is_not_about_offence_is_left_out() {
    let order = vec![verdict(Label::Order, LINES_OF_A_PLAY[0], Opinion::Wrong); 5];
    assert!(propose(&order).correction.is_empty());
    assert_eq!(held_back(&order), HeldBack::default());
}

/// Both forms of the model say the same of a corrected word.

#[test]
fn tables_are_corrected_alike() {
    let verdicts = all(Opinion::Wrong, 6, &LINES_OF_A_PLAY);
    let correction = propose(&verdicts).correction;
    let detector = corrected(&correction);
    let (mut known, mut changed) = (0, 0);
    let text = LINES_OF_A_PLAY.join(" ");
    for word in words_of(&text, 0..text.len(), 100) {
        let Some(entry) = detector.model.known(word.key) else {
            continue;
        };
        let letters = word.letters.as_bytes();
        assert_eq!(
            (entry.row, u32::from(entry.n)),
            detector.model.word(letters),
            "{}",
            word.letters
        );
        known += 1;
        changed += usize::from(entry.row != built_in().model.known(word.key).unwrap().row);
    }
    assert!(
        known > 10 && changed > 5,
        "{known} known, {changed} changed"
    );
    let row = |detector: &Detector, feature: Feature| *detector.model.bucket(feature.bucket());
    for weight in correction.weights() {
        let (before, after) = (
            row(built_in(), weight.feature),
            row(&detector, weight.feature),
        );
        assert_ne!(before, after, "{weight:?}");
    }
    assert_eq!(detector.version(), correction.version());
    let base = format!("{} + ", built_in().version());
    assert!(
        detector.version().starts_with(&base),
        "{}",
        detector.version()
    );
}

#[test]
fn a_correction_that_changes_nothing_finds_the_same() {
    let none = Correction {
        base: crate::offence::base(),
        weights: Vec::new(),
    };
    let detector = corrected(&Correction::decode(&none.encode()).unwrap());
    for text in abuse() {
        assert_eq!(detector.find(text), built_in().find(text));
    }
}

/// Every line is read, no head is without sentences, and no model has learnt from any.

#[test]
fn the_frozen_set_is_whole_and_apart() {
    let text = include_str!("frozen.tsv");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let score = frozen::score(built_in());
    let abusive: usize = score.heads.iter().map(|head| head.sentences).sum();
    assert_eq!(
        lines.len(),
        abusive + score.work.sentences + score.reported.sentences
    );
    for head in &score.heads {
        assert!(head.sentences >= 20 && head.found >= 5, "{head:?}");
    }
    let distinct: HashSet<&str> = lines
        .iter()
        .map(|line| line.split_once('\t').unwrap().1)
        .collect();
    assert_eq!(distinct.len(), lines.len());
    let harmless = include_str!("../../../../trainer/examples/harmless.tsv");
    let harmless = harmless
        .lines()
        .filter_map(|line| Some(line.split_once('\t')?.1));
    for learnt in abuse().into_iter().chain(harmless) {
        assert!(!distinct.contains(learnt), "{learnt}");
    }
}

#[test]
fn more_alarms_than_before_are_refused_and_a_sentence_lost_is_borne() {
    let before = frozen::score(built_in());
    let mut after = before.clone();
    after.heads[0].found -= 1;
    assert_eq!(frozen::compare(&before, &after), []);
    after.heads[0].found -= 1;
    assert!(matches!(
        frozen::compare(&before, &after)[..],
        [frozen::Worse::LostOfHead { lost: 2, .. }]
    ));
    let mut after = before.clone();
    after.heads[0].high -= before.high() * frozen::MOST_WEAKENED / 100 + 1;
    assert!(matches!(
        frozen::compare(&before, &after)[..],
        [frozen::Worse::Weakened { .. }]
    ));
    let mut after = before.clone();
    after.work.flagged += 1;
    assert!(matches!(
        frozen::compare(&before, &after)[..],
        [frozen::Worse::Alarms { .. }]
    ));
}
