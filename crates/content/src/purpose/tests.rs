#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::finding::{Confidence, Evidence, Label};

/// A label, the expected confidence (`high`, `low`, `any`, or `none` for silence) and a text with
/// `\n` for line ends; `*` stands for every label. All rows are ours, written before the rules
/// by the same hand. Rules were corrected with the odd rows in view; the even rows only checked.
const EXAMPLES: &str = include_str!("examples.tsv");

/// Written after the rules by the same hand, in five lots, each to see how the rules did before
/// they were corrected for it: 76 of 97 agreed at first sight, then 31 of 43, 15 of 25, 11 of 20
/// and 15 of 20. All rows have been in view
/// since, so that they agree now says nothing about letters yet to come. Rows marked `missed` ought to be
/// found and are not: to catch them the rule would hold up too much ordinary mail.
const UNSEEN: &str = include_str!("unseen.tsv");

/// Requests for information and mail that resembles them, by the same hand, each lot written before
/// the rules met it. Of the rows from 128 to 254 the rules of the day found 57 of 63 requests that
/// name no law, and mistook 4 of 64 other letters; of those from 315 to 344 then 17 of 20 that
/// name one (mistaken: 1 of 10); of those from 345 to 409 20 of 30 and 12 of 15 (mistaken: 1 of 20); of
/// those from 410 to 572, which all name one, 104 of 120 (mistaken: 3 of 43).
///
/// The rules of after that met those from 573 on with a wider choice of writers. Made with the rows up
/// to 797 in view, they found of the rows from 798 to 978 86 of 101 that name a law and 21 of 30 that
/// do not (mistaken: 3 and 1 of 50), of those to 1078 58 of 70 (5 of 30), to 1158 55 of 60 (2 of 20)
/// and from 1159 on 68 of 70 (2 of 30), corrected after each lot but the last; the rules of before found
/// 76, 44, 47 and 58.
///
/// From row 1259 on no law is named. The rules of before found 30 of 44 requests up to 1362 (mistaken: 3
/// of 60); corrected for those, 32 of 42 up to 1466 (1 of 62); corrected again, 27 of 40 of the rest (4
/// of 60), after which two words of the rules were taken out and no more. All have been in view since.
/// Rows marked `mistaken` ought to be silent and are not; rows marked `missed` ought to be found.
const REQUESTS: &str = include_str!("requests.tsv");

struct Example {
    row: usize,
    label: Option<Label>,
    expected: String,
    subject: String,
    text: String,
}

fn examples(table: &str) -> Vec<Example> {
    let read = |(row, line): (usize, &str)| {
        let mut cells = line.splitn(3, '\t');
        let name = cells.next().unwrap();
        let expected = cells.next().unwrap().to_owned();
        let whole = cells.next().unwrap().replace("\\n", "\n");
        let (subject, text) = match whole.strip_prefix("Subject: ") {
            Some(rest) => rest.split_once('\n').unwrap(),
            None => ("", whole.as_str()),
        };
        let label = Label::ALL
            .iter()
            .copied()
            .find(|label| label.name() == name);
        assert!(
            label.is_some() || name == "*",
            "row {row}: no label `{name}`"
        );
        Example {
            row,
            label,
            expected,
            subject: subject.to_owned(),
            text: text.to_owned(),
        }
    };
    table
        .lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line))
        .map(read)
        .collect()
}

impl Example {
    fn letter(&self) -> Letter<'_> {
        let is_reply = self.subject.starts_with("RE:");
        Letter {
            subject: &self.subject,
            text: &self.text,
            is_reply,
        }
    }

    /// What was found of the label this example is about.
    fn found(&self) -> Vec<Hit> {
        let hits = find(&self.letter());
        hits.into_iter()
            .filter(|hit| self.label.is_none_or(|label| label == hit.label))
            .collect()
    }

    fn agrees(&self) -> bool {
        let found = self.found();
        match self.expected.as_str() {
            "none" | "missed" => found.is_empty(),
            "any" | "mistaken" => !found.is_empty(),
            name => found.iter().any(|hit| hit.confidence.name() == name),
        }
    }
}

#[track_caller]
fn check_rows(examples: &[Example], of_interest: fn(&Example) -> bool) {
    let wrong: Vec<String> = examples
        .iter()
        .filter(|example| of_interest(example) && !example.agrees())
        .map(|example| {
            let label = example.label.map_or("*", Label::name);
            let found: Vec<_> = example
                .found()
                .iter()
                .map(|hit| format!("{} {} {:?}", hit.label, hit.confidence.name(), hit.evidence))
                .collect();
            format!(
                "{} {label} {} {} {found:?}",
                example.row, example.expected, example.text
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn examples_in_view_agree() {
    check_rows(&examples(EXAMPLES), |example| example.row % 2 == 1);
}

#[test]
fn examples_kept_for_checking_agree() {
    check_rows(&examples(EXAMPLES), |example| example.row % 2 == 0);
}

#[test]
fn examples_written_after_the_rules_agree() {
    check_rows(&examples(UNSEEN), |_| true);
}

#[test]
fn requests_agree() {
    check_rows(&examples(REQUESTS), |_| true);
}

fn letter<'a>(subject: &'a str, text: &'a str) -> Letter<'a> {
    Letter {
        subject,
        text,
        is_reply: false,
    }
}

#[test]
fn spans_cover_the_deciding_phrase() {
    let text = "Dear Sir,\n\nWe hereby  accept your\nquotation of £40.\n";
    let hits = find(&letter("", text));
    let order = hits.iter().find(|hit| hit.label == Label::Order).unwrap();
    assert_eq!(
        text.get(order.span.clone()),
        Some("hereby  accept your\nquotation")
    );
    let Evidence::Terms { rule, terms } = &order.evidence else {
        panic!("not terms")
    };
    assert_eq!(*rule, "accepts or orders");
    assert_eq!(
        terms.first().map(String::as_str),
        Some("hereby accept your quotation")
    );
}

#[test]
fn a_subject_has_no_place_in_the_text() {
    let hits = find(&letter(
        "FOI request",
        "Please provide the cost of the new sign.",
    ));
    let hit = hits
        .iter()
        .find(|hit| hit.label == Label::InformationRequest)
        .unwrap();
    let Evidence::Terms { rule, .. } = &hit.evidence else {
        panic!("not terms")
    };
    assert_eq!((hit.span.clone(), *rule), (0..14, "names a regime"));

    let hits = find(&letter("Vote Labour in the election", "See you there."));
    let hit = hits
        .iter()
        .find(|hit| hit.label == Label::PoliticalAdvocacy)
        .unwrap();
    let Evidence::Terms { rule, .. } = &hit.evidence else {
        panic!("not terms")
    };
    assert_eq!(hit.span, 0..0);
    assert_eq!(*rule, "subject: urges support for a party or campaign");
}

#[test]
fn a_reply_is_no_new_request() {
    let text = "Please send me the figures under the Freedom of Information Act.";
    let asked = Letter {
        subject: "",
        text,
        is_reply: false,
    };
    assert!(
        find(&asked)
            .iter()
            .any(|hit| hit.label == Label::InformationRequest)
    );
    assert!(
        find(&Letter {
            is_reply: true,
            ..asked
        })
        .is_empty()
    );
}

#[test]
fn a_till_is_known_by_payment_fields_together() {
    #[track_caller]
    fn check(fields: &[(&str, &str)], expected: Option<Confidence>) {
        let hits = of_form(fields);
        assert_eq!(
            hits.first().map(|hit| hit.confidence),
            expected,
            "{fields:?}"
        );
        assert!(
            !format!("{hits:?}").contains("4242"),
            "no value may be kept"
        );
    }
    let card = ("card_number", "4242 4242 4242 4242");
    check(
        &[card, ("expiry", "03/29"), ("cvv", "123")],
        Some(Confidence::High),
    );
    check(
        &[("x1", "4242424242424242"), ("exp-month", "03")],
        Some(Confidence::High),
    );
    check(&[card], None);
    check(&[("cardnumber", ""), ("cvc", "")], None);
    check(
        &[("basket_id", "7"), ("payment_method", "paypal")],
        Some(Confidence::Low),
    );
    check(
        &[("checkout", "1"), ("billing-address", "3 Hill Road")],
        Some(Confidence::Low),
    );
    check(&[("library_card_no", "12"), ("name", "Jo")], None);
    check(&[("q", "cheap basket"), ("page", "2")], None);
    check(&[("expiry_date", "2029-01-01"), ("permit", "88")], None);
    check(&[("phone", "01257 515151"), ("order_total", "4")], None);
    check(&[("library_card_no", "12"), ("expiry", "2029")], None);
    check(&[], None);
}

/// Pieces that fit together into phrases, and things that do not.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "please ",
            "provide ",
            "freedom of information",
            " vote ",
            "labour\n",
            "\u{2019}s ",
            "£40",
            "20% off",
            ". ",
            "\n\n",
            "unsubscribe ",
            "order ",
            "forward this ",
            "to ten ",
            "people ",
            "my manager ",
            "useless",
            "é",
            "\u{1F600}",
            "don't ",
            "click here ",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn spans_lie_on_character_boundaries(
        subject in pieces(),
        text in pieces(),
        is_reply in any::<bool>(),
    ) {
        for hit in find(&Letter { subject: &subject, text: &text, is_reply }) {
            prop_assert!(text.get(hit.span.clone()).is_some(), "{hit:?}");
        }
    }

    #[test]
    fn any_form_is_judged(name in any::<String>(), value in "[0-9 -]{0,30}") {
        let fields = [(name.as_str(), value.as_str()), (value.as_str(), name.as_str())];
        prop_assert!(of_form(&fields).len() <= 1);
    }
}

#[test]
fn a_long_text_is_read_up_to_a_limit() {
    let text = "please forward this to everyone you know. ".repeat(60_000);
    assert!(
        find(&letter("", &text))
            .iter()
            .all(|hit| hit.span.end <= READ)
    );
}
