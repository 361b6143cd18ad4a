#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::lexicon::Force;
use super::model::{Head, Model};
use super::*;

/// Words of a text, folded.
fn folded(text: &str) -> Vec<String> {
    let words = words_of(text, 0..text.len(), 100);
    words.into_iter().map(|word| word.letters.into()).collect()
}

#[test]
fn words_are_folded() {
    let check = |text: &str, expected: &[&str]| assert_eq!(folded(text), expected, "{text}");
    check("Don't SHOUT!", &["dont", "shout"]);
    check("you\u{2019}re", &["youre"]);
    check("caf\u{e9} na\u{ef}ve", &["cafe", "naive"]);
    check("sh1t b@stard a$$hole", &["shit", "bastard", "asshole"]);
    check("nooooo wayyyy missss", &["no", "way", "miss"]);
    check("i\u{200b}di\u{ad}ot", &["idiot"]);
    check("\u{456}d\u{456}\u{43e}t", &["idiot"]);
    check("f**k *really* f***", &["f**k", "really", "f***"]);
    check("12 30th M25 2,000", &["0", "0", "0", "0", "0"]);
    check(
        "a@b.example joe.bloggs@council.example",
        &["aab", "example", "joe", "bloggs", "council", "example"],
    );
    check(
        "see https://council.example/a/b?c now",
        &["see", "https", "now"],
    );
    check("\u{4f60}\u{597d}", &["~~"]);
    check(&"x".repeat(50), &["x"]);
    check(&"xy".repeat(50), &[]);
    check("", &[]);
}

#[test]
fn sentences_end_where_they_should() {
    let check = |text: &str, expected: &[&str]| {
        let found: Vec<&str> = built_in()
            .sentences(text)
            .into_iter()
            .map(|span| &text[span])
            .collect();
        assert_eq!(found, expected);
    };
    check("One. Two! Three?", &["One", "Two", "Three"]);
    check("Dear all,\nThanks\n\nBye", &["Dear all", "Thanks", "Bye"]);
    check(
        "This line was wrapped at some width of about sixty\nand goes on. End",
        &[
            "This line was wrapped at some width of about sixty\nand goes on",
            "End",
        ],
    );
    check("version 1.2 is out", &["version 1.2 is out"]);
    let long = "word ".repeat(100);
    assert_eq!(built_in().sentences(&long).len(), 3);
}

/// The first stage loses nothing: what the table says of a word is what its n-grams say.
#[test]
fn the_table_of_words_agrees_with_the_model() {
    let model = Model::read(MODEL_FILE).unwrap();
    let text = "please find attached the minutes of our meeting on Monday and let me know what \
        you think about old new stupid women people council would should never always lunch";
    let mut known = 0;
    for word in words_of(text, 0..text.len(), 100) {
        if let Some(entry) = model.known(word.key) {
            let (row, n) = model.word(word.letters.as_bytes());
            assert_eq!(
                (entry.row, u32::from(entry.n)),
                (row, n),
                "{}",
                word.letters
            );
            known += 1;
        }
    }
    assert!(known > 15, "{known} of these words are common");
}

#[test]
fn an_altered_model_is_refused() {
    assert!(Model::read(&[]).is_none());
    assert!(Model::read(&MODEL_FILE[..MODEL_FILE.len() - 1]).is_none());
    let mut altered = MODEL_FILE.to_vec();
    let last = altered.len() - 1;
    altered[last] ^= 1;
    assert!(Model::read(&altered).is_none());
    // The lists still judge.
    assert!(
        !Detector::new(&altered)
            .find("You fucking idiot.")
            .is_empty()
    );
}

#[test]
fn thresholds_are_in_order() {
    for head in Head::ALL {
        let scale = built_in().scale(head);
        assert!(scale.low <= scale.high, "{}", head.name());
    }
}

#[test]
fn allowed_words_weigh_nothing() {
    for word in ["scunthorpe", "penistone", "breastfeeding", "erection"] {
        let known = built_in()
            .model
            .known(features::key(word.as_bytes()))
            .unwrap();
        assert_eq!((known.row, known.n), (Default::default(), 0), "{word}");
    }
}

/// Work per byte stays bounded where every sentence is suspect.
#[test]
fn hostile_texts_take_linear_time() {
    for part in [
        "you are a cunt. ",
        "kill you ",
        "f* ",
        "f u c k ",
        "\u{301}'",
        "\n \n",
    ] {
        let hits = find(&part.repeat(20_000));
        assert!(hits.len() <= 12, "{part}");
    }
}

#[test]
fn the_first_stage_passes_over_no_term_of_the_lists() {
    let detector = built_in();
    for (force, words) in detector.lexicon.terms() {
        if matches!(force, Force::Group | Force::Allow) {
            continue;
        }
        let text = format!("you {}", words.join(" "));
        let mut is_listed = false;
        sentences::each(&text, &detector.model, &detector.pairs, |sentence| {
            is_listed |= sentence.is_listed();
        });
        assert!(is_listed, "{text}");
    }
}

proptest! {
    /// A word of letters alone is read eight letters at a time, any other one by one: both must say
    /// the same.
    #[test]
    fn a_word_reads_the_same_however_it_is_read(word in "[a-zA-Z]{1,50}|([a-cA-C]{1,4}){1,12}", end in "( \n|, |\\)|)") {
        let text = word.clone() + &end;
        // Behind it stands what the quick way leaves to the slow one, which ends the word too.
        let slowly = word + "!";
        let (mut quick, mut slow) = (Reader::new(&text), Reader::new(&slowly));
        prop_assert_eq!(quick.next_word(), slow.next_word());
        prop_assert_eq!(quick.letters(), slow.letters());
        if !quick.letters().is_empty() {
            prop_assert_eq!(quick.key(), features::key(quick.letters()));
            prop_assert_eq!(slow.key(), quick.key());
        }
    }
}
