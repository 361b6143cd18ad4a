//! What is found in texts, as small rows; the parts test their own arithmetic.
#![allow(clippy::unwrap_used, clippy::panic)]

mod evasion;
mod numbers;
mod people;
mod properties;
mod words;

use super::*;
use crate::finding::Confidence;

/// A finding as rows write it: confidence, then pattern or rule.
type Expected = (Confidence, &'static str);

fn name(hit: &Hit) -> Expected {
    let name = match &hit.evidence {
        Evidence::Pattern { pattern, .. } => pattern,
        Evidence::Terms { rule, .. } => rule,
        other => panic!("{other:?}"),
    };
    (hit.confidence, name)
}

/// The findings of one label in a text.
#[track_caller]
fn check(text: &str, label: Label, expected: &[Expected]) {
    let found: Vec<Expected> = find(text)
        .iter()
        .filter(|hit| hit.label == label)
        .map(name)
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[track_caller]
fn check_personal(text: &str, expected: &[Expected]) {
    check(text, Label::PersonalData, expected);
}

#[track_caller]
fn check_nothing(text: &str) {
    assert_eq!(find(text), [], "{text}");
}

#[test]
fn findings_come_in_order_of_place() {
    let text =
        "My password is Tulip-48. NI number QQ123456C, no: AB123456C. Card 4111 1111 1111 1111";
    let hits = find(text);
    assert!(hits.is_sorted_by_key(|hit| hit.span.start));
    let labels: Vec<Label> = hits.iter().map(|hit| hit.label).collect();
    assert_eq!(
        labels,
        [Label::Password, Label::PersonalData, Label::PersonalData]
    );
    assert_eq!(&text[hits[1].span.clone()], "AB123456C");
}

#[test]
fn a_marking_is_a_heading() {
    let check = |text: &str, expected: &[(Confidence, &str)]| {
        let found: Vec<_> = markings(text).iter().map(name).collect();
        assert_eq!(found, expected, "{text}");
    };
    let sensitive: &[_] = &[(High, "OFFICIAL-SENSITIVE")];
    for text in [
        "OFFICIAL-SENSITIVE",
        "OFFICIAL SENSITIVE",
        "[OFFICIAL-SENSITIVE: PERSONAL]",
        "OFFICIAL-SENSITIVE - COMMERCIAL\n\nDear all",
        "Subject: OFFICIAL-SENSITIVE: placement of a child",
        "Subject: RE: [OFFICIAL-SENSITIVE] budget",
        "Subject: Placement review [OFFICIAL-SENSITIVE]",
        "Subject: Placement review (OFFICIAL SENSITIVE)",
        "Classification: Official-Sensitive",
        "Official - Sensitive\nNotes of the meeting",
        "Dear all,\nplease see below.\nJane\nOFFICIAL-SENSITIVE",
        "page one\n\u{c}OFFICIAL-SENSITIVE\npage two",
    ] {
        check(text, sensitive);
    }
    check("TOP SECRET\n\nDraft", &[(High, "TOP SECRET")]);
    check("SECRET", &[(High, "SECRET")]);
    check("Draft\nRESTRICTED\nMore", &[(High, "RESTRICTED")]);
    check("PROTECT - PERSONAL", &[(High, "PROTECT")]);
    check("CONFIDENTIAL\nReport", &[(Low, "CONFIDENTIAL")]);
    check(
        "Private and Confidential\n\nMrs A Okafor",
        &[(Low, "private and confidential")],
    );
    for text in [
        "",
        "OFFICIAL",
        "OFFICIAL\n\nMinutes",
        "Subject: OFFICIAL: minutes",
        "This is confidential.",
        "Please mark it OFFICIAL-SENSITIVE before sending.",
        "OFFICIAL-SENSITIVE documents must be encrypted.",
        "Secret",
        "Subject: Secret Santa",
        "Subject: SECRET SANTA on Friday",
        "Restricted parking from Monday",
        "RESTRICTED PARKING IN HIGH STREET",
        "The protect duty applies.",
        "This email is private and confidential and may be privileged.",
        "Confidential waste is collected on Tuesdays.",
        "One.\nTwo.\nThree.\nFour.\nFive.\nSix.\nSeven.\nSECRET\n1\n2\n3\n4\n5\n6\n7",
    ] {
        check(text, &[]);
    }
    // Twice the same line at head and foot are two places.
    check(
        "OFFICIAL-SENSITIVE\na\nb\nc\nd\ne\nf\ng\nh\nOFFICIAL-SENSITIVE\n",
        &[(High, "OFFICIAL-SENSITIVE"), (High, "OFFICIAL-SENSITIVE")],
    );
}
