#![allow(clippy::unwrap_used, clippy::panic)]

use super::super::words_of;
use super::*;

/// How `text` stands to its word `word`.
fn stance(text: &str, word: &str, in_report: bool) -> Stance {
    let words = words_of(text, 0..text.len(), 100);
    let at = words.iter().position(|w| &*w.letters == word).unwrap();
    Context::new()
        .read(text, &words, [&[], &[]], in_report)
        .stance(at..at + 1)
}

#[test]
fn who_is_speaking() {
    let check = |text: &str, expected: Stance| {
        assert_eq!(stance(text, "idiot", false), expected, "{text}");
    };
    check("You are an idiot", Stance::Said);
    check("You idiot, he said nothing of the kind", Stance::Said);
    check("He called me an idiot", Stance::Reported);
    check("I was called an idiot by your officer", Stance::Reported);
    check("She shouted \"you idiot\" at the driver", Stance::Reported);
    check("\"You idiot,\" he said", Stance::Reported);
    check("The word idiot is offensive", Stance::Reported);
    check("We do not call anybody an idiot here", Stance::Reported);
    check("Only an idiot parks there", Stance::Said);
}

#[test]
fn a_report_is_read_as_one() {
    assert_eq!(stance("He is an idiot", "idiot", true), Stance::Reported);
    let opening = "Witness statement of Jo Bloggs";
    let words = words_of(opening, 0..opening.len(), 100);
    assert!(Context::new().is_report(&words));
    assert!(!Context::new().is_report(&words[2..]));
}

#[test]
fn aim_is_read_from_the_words_before() {
    let check = |text: &str, expected: Aim| {
        let words = words_of(text, 0..text.len(), 100);
        let at = words.iter().position(|w| &*w.letters == "fool").unwrap();
        assert_eq!(aim(&words, at..at + 1), expected, "{text}");
    };
    check("you fool", Aim::You);
    check("you are such a complete fool", Aim::You);
    check("a fool like you", Aim::You);
    check("he is a fool", Aim::Them);
    check("what a fool", Aim::Them);
    check("if you are a fool", Aim::Nobody);
    check("fool the alarm with a magnet", Aim::Nobody);
}
