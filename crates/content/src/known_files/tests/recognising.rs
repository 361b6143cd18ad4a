//! What is recognised, and what is not.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use Confidence::{High, Low};

fn plan() -> &'static Index {
    static INDEX: LazyLock<Index> =
        LazyLock::new(|| index([item("PLAN", Class::RegisteredDocument, PLAN)]));
    &INDEX
}

#[track_caller]
fn check(index: &Index, text: &str, expected: Option<Confidence>) {
    let expected: Vec<_> = expected
        .into_iter()
        .map(|sure| ("PLAN".to_owned(), sure))
        .collect();
    assert_eq!(found(index, text), expected, "{text}");
}

/// Words from one to another, counted.
fn words(text: &str, from: usize, to: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words[from..to].join(" ")
}

#[test]
fn a_text_is_known_however_it_is_written() {
    let index = plan();
    check(index, PLAN, Some(High));
    let wrapped: String = PLAN
        .split_whitespace()
        .collect::<Vec<_>>()
        .chunks(7)
        .map(|line| format!("> {}\r\n", line.join("  ")))
        .collect();
    check(
        index,
        &format!("FYI, do not pass it on!\r\n\r\n{wrapped}"),
        Some(High),
    );
    check(index, &PLAN.to_uppercase(), Some(High));
    // As a reader of PDF files may give it: one line a piece, words cut at the ends of lines.
    let cut: Vec<char> = PLAN.chars().collect();
    let cut: Vec<String> = cut.chunks(61).map(|line| line.iter().collect()).collect();
    check(index, &cut.join("-\n"), Some(High));
    check(index, &format!("{NEWS}\n{PLAN}\n{NEWS}"), Some(High));
}

#[test]
fn a_passage_is_enough_and_a_phrase_is_not() {
    let index = plan();
    check(index, &words(PLAN, 30, 145), Some(High));
    check(index, &words(PLAN, 30, 90), Some(Low));
    check(index, &words(PLAN, 30, 55), None);
    check(
        index,
        &format!("{NEWS} {} {NEWS}", words(PLAN, 30, 55)),
        None,
    );
}

#[test]
fn small_edits_do_not_hide_it() {
    let index = plan();
    let every = |nth: usize, to: &str| {
        let words = PLAN.split_whitespace().enumerate();
        let words = words.map(|(n, word)| if n % nth == nth - 1 { to } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    check(index, &every(40, "xxx"), Some(High));
    check(index, &every(25, ""), Some(High));
    let renamed = PLAN
        .replace("Mill Street", "M. St")
        .replace("312,000", "a lot");
    check(index, &renamed, Some(High));
    // Every third word another: that is another text.
    check(index, &every(3, "something"), None);
}

#[test]
fn ordinary_text_on_the_same_subject_is_not_it() {
    let index = plan();
    check(index, NEWS, None);
    check(index, "", None);
    check(
        index,
        "Please find attached the minutes of the last meeting.",
        None,
    );
}

/// Phrases of one trade in a long text: each as it stands in the document, none near another.
#[test]
fn scattered_phrases_do_not_add_up() {
    let index = plan();
    let filler =
        "It rained in the morning and the market was moved into the hall beside the church. ";
    let scattered: String = (0..20)
        .map(|n| format!("{} {}", words(PLAN, n * 9, n * 9 + 9), filler.repeat(3)))
        .collect();
    check(index, &scattered, None);
}

#[test]
fn one_sentence_over_and_over_is_one_sentence() {
    let index = plan();
    check(index, &words(PLAN, 0, 20).repeat(30), None);
}

#[test]
fn a_short_text_is_known_as_a_whole() {
    let note = "Dr Sample's offer for the depot is 1.24 million, and the board will take it on Friday unless \
                Northgate raises theirs by Thursday noon. Please keep this between the three of us until \
                the paper has been signed, and shred your copy of the letter of the twelfth, as a copy of it has been seen on a desk in parks.";
    let index = index([item("NOTE", Class::MisdirectedDocument, note)]);
    let of_note = |text: &str| found(&index, text);
    let high = [("NOTE".to_owned(), High)];
    assert_eq!(
        of_note(&format!("Look what they sent me:\n> {note}\n\n{NEWS}")),
        high
    );
    assert_eq!(of_note(&note.replace("Friday", "the Friday")), high);
    assert_eq!(of_note(&words(note, 0, 20)), []);
}

#[test]
fn what_is_registered_as_ordinary_is_found_nowhere() {
    let both = format!("{NEWS}\n\n{PLAN}");
    let letter = item("LETTER", Class::RegisteredDocument, &both);
    let without = index([letter.clone()]);
    assert_eq!(found(&without, NEWS), [("LETTER".to_owned(), High)]);
    let with = index([letter, item("STANDARD", Class::OrdinaryText, NEWS)]);
    assert_eq!(found(&with, NEWS), []);
    assert_eq!(found(&with, &both), [("LETTER".to_owned(), High)]);
    assert_eq!(found(&with, PLAN), [("LETTER".to_owned(), High)]);
}

#[test]
fn notices_and_signatures_are_not_part_of_a_letter() {
    let notice = "This e-mail and its files are meant for the intended recipient only. If you are not the \
                  intended recipient you must not copy, forward or use any part of it, and must delete it and \
                  tell the sender at once. The council monitors its systems and keeps what passes through \
                  them for as long as the law asks; nothing in this message binds the council unless it was \
                  confirmed in writing by an officer with the authority to do so, and its opinions are \
                  those of the writer alone.";
    let mail = format!(
        "From: a@b.example\r\nMIME-Version: 1.0\r\nSubject: Depot\r\n\r\n{PLAN}\r\n\r\n{notice}\r\n"
    );
    let index = index([item("MAIL", Class::MisdirectedDocument, &mail)]);
    assert_eq!(found(&index, notice), []);
    assert_eq!(found(&index, PLAN), [("MAIL".to_owned(), High)]);
}

#[test]
fn a_work_is_known_where_most_of_it_is_there() {
    let index = index([item("BOOK", Class::CopyrightWork, PLAN)]);
    assert_eq!(found(&index, PLAN), [("BOOK".to_owned(), High)]);
    assert_eq!(found(&index, &words(PLAN, 0, 90)), []);
}

#[test]
fn several_are_told_the_longest_first() {
    let both = format!("{NEWS} {PLAN}");
    let items = || {
        [
            item("B", Class::RegisteredDocument, PLAN),
            item("A", Class::MisdirectedDocument, NEWS),
        ]
    };
    let index = index(items());
    let found = found(&index, &both);
    assert_eq!(found, [("B".to_owned(), High), ("A".to_owned(), High)]);
    let found = index.in_text(&both);
    assert!(
        both[found[0].span.clone()].contains("forty-one staff"),
        "{found:?}"
    );
    assert!(
        both[found[0].span.clone()].contains("The valuer advises"),
        "{found:?}"
    );
    assert_eq!(found[0].owner, Some("legal"));
    let How::ItsText { letters, share } = found[0].how else {
        panic!("{found:?}");
    };
    assert!(letters > 800 && share == 100, "{found:?}");
}

#[test]
fn what_has_ended_is_found_no_more() {
    let ending = Item {
        until: Some(20),
        ..item("PLAN", Class::RegisteredDocument, PLAN)
    };
    let register = register([ending, item("NEWS", Class::RegisteredDocument, NEWS)]);
    assert_eq!(register.next_end(19), Some(20));
    assert_eq!(register.next_end(20), None);
    let at = |at| found(&Index::new(&register, &key(), at).unwrap(), PLAN).len();
    assert_eq!((at(19), at(20)), (1, 0));
}

#[test]
fn under_another_key_nothing_is_said_to_be_recognised() {
    let register = register([item("PLAN", Class::RegisteredDocument, PLAN)]);
    assert!(Index::new(&register, &Key::new([7; 32]), 0).is_err());
}

/// A file that is no text, of this many bytes.
fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    (0..bytes).map(|_| next()).collect()
}

fn work(reference: &str, class: Class, bytes: &[u8]) -> Item {
    let prints = take(bytes, None, class, &key(), &Limits::default()).prints;
    Item {
        prints,
        ..item(reference, Class::RegisteredDocument, PLAN)
    }
}

#[test]
fn a_file_is_known_by_its_bytes() {
    let (film, game) = (noise(700_000, 1), noise(5_000, 2));
    let index = index([
        Item {
            class: Class::CopyrightWork,
            ..work("FILM", Class::CopyrightWork, &film)
        },
        Item {
            class: Class::Game,
            ..work("GAME", Class::Game, &game)
        },
    ]);
    let of = |bytes: &[u8], extent| {
        let found = index.of_file(bytes, extent);
        found.map(|found| (found.reference.to_owned(), found.confidence, found.how))
    };
    let known = |name: &str, sure, how| Some((name.to_owned(), sure, how));
    assert_eq!(of(&film, Extent::Whole), known("FILM", High, How::TheFile));
    assert_eq!(of(&game, Extent::Whole), known("GAME", High, How::TheFile));
    let mut altered = film.clone();
    altered[699_999] ^= 1;
    assert_eq!(of(&altered, Extent::Whole), None);
    assert_eq!(of(&film[1..], Extent::Whole), None);
    // Of a download only the beginning is here.
    let start = &film[..300_000];
    let beginning = |of| Extent::Beginning { of };
    let as_long = How::TheBeginning { as_long: true };
    assert_eq!(
        of(start, beginning(Some(700_000))),
        known("FILM", High, as_long)
    );
    assert_eq!(of(start, beginning(Some(700_001))), None);
    let unsaid = How::TheBeginning { as_long: false };
    assert_eq!(of(start, beginning(None)), known("FILM", Low, unsaid));
    assert_eq!(of(&film[..200_000], beginning(Some(700_000))), None);
    assert_eq!(of(&noise(300_000, 3), beginning(None)), None);
    assert!(index.knows_size(5_000) && !index.knows_size(5_001));
}

#[test]
fn a_file_read_in_pieces_is_the_same_file() {
    let film = noise(700_000, 1);
    let whole = take(
        &film,
        None,
        Class::CopyrightWork,
        &key(),
        &Limits::default(),
    );
    let mut printer = FilePrinter::new();
    film.chunks(9_999).for_each(|piece| printer.add(piece));
    assert_eq!(printer.finish(&key()), whole.prints);
}

#[test]
fn what_is_too_small_is_not_known() {
    let none = |bytes: &[u8]| {
        take(
            bytes,
            None,
            Class::RegisteredDocument,
            &key(),
            &Limits::default(),
        )
    };
    assert!(none(b"").prints.is_empty());
    assert!(none(&noise(255, 4)).prints.is_empty());
    let note = "Please find attached the minutes of the meeting. If you have any questions please do not \
                hesitate to contact me.";
    assert!(none(note.as_bytes()).prints.is_empty());
    let empty = item("EMPTY", Class::RegisteredDocument, note);
    let error = Register::new(&key()).put(empty).unwrap_err();
    assert_eq!(error, PutItemError::Nothing);
}

/// What a picture in a message is, in a signature for the most part, nobody asks; what a document is, one does.
#[test]
fn of_a_message_its_documents_are_known_too() {
    use std::fmt::Write;
    let pdf = [b"%PDF-1.4\n", &noise(3_000, 5)[..]].concat();
    let png = [b"\x89PNG\r\n\x1a\n", &noise(3_000, 6)[..]].concat();
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "={byte:02X}");
            text
        })
    };
    let part = |kind: &str, name: &str, bytes: &[u8]| {
        format!(
            "--x\r\nContent-Type: {kind}; name={name}\r\nContent-Disposition: attachment; filename={name}\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
            hex(bytes)
        )
    };
    let mail = format!(
        "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n{}{}--x--\r\n",
        part("application/pdf", "a.pdf", &pdf),
        part("image/png", "a.png", &png),
    );
    let index = index([item("MAIL", Class::MisdirectedDocument, &mail)]);
    assert!(index.of_file(&pdf, Extent::Whole).is_some());
    assert!(index.of_file(&png, Extent::Whole).is_none());
}

proptest! {
    #[test]
    fn any_text_can_be_asked(text in "(?s)\\PC{0,600}", from in 0usize..900, length in 0usize..900) {
        let index = plan();
        let from = from.min(PLAN.len());
        let to = (from + length).min(PLAN.len());
        let mixed = format!("{text}{}{text}", &PLAN[from..to]);
        for found in index.in_text(&mixed) {
            prop_assert!(mixed.get(found.span).is_some());
        }
        prop_assert_eq!(found(index, &text), []);
    }

    #[test]
    fn a_long_enough_passage_is_always_found(from in 0usize..200, before in "[a-z .]{0,300}", after in "[a-z .]{0,300}") {
        // 600 bytes are some 480 letters, of which runs may miss the first and the last few.
        let passage = &PLAN[from..from + 600];
        let text = format!("{before} {passage} {after}");
        prop_assert_eq!(found(plan(), &text), [("PLAN".to_owned(), High)]);
    }

    #[test]
    fn any_file_can_be_taken_and_asked(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for class in Class::ALL {
            let _ = take(&bytes, Some("a.docx"), class, &key(), &Limits::default());
        }
        prop_assert!(plan().of_file(&bytes, Extent::Whole).is_none());
    }
}
