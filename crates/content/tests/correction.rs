//! A corrected detector in whole messages.
#![allow(clippy::unwrap_used, clippy::panic)]

use content::contents::{Body, Contents, Known, of_body, of_text};
use content::document::Limits;
use content::finding::{Evidence, Hit, Label};
use content::offence::correction::{Opinion, Verdict, propose};
use content::offence::{Detector, built_in, corrected};

/// Found by the model alone, in words no list has.
const SENTENCE: &str = "Women can't read maps, so send one of the lads to the lighthouse.";

fn label() -> Label {
    let is_of_the_model = |hit: &Hit| matches!(hit.evidence, Evidence::Weights { .. });
    let hits = built_in().find(SENTENCE);
    hits.into_iter().find(is_of_the_model).unwrap().label
}

fn detector() -> Detector {
    let words = SENTENCE.to_owned();
    let verdict = Verdict {
        label: label(),
        words,
        opinion: Opinion::Wrong,
    };
    corrected(&propose(&vec![verdict; 5]).correction)
}

/// Where the sentence is a finding: in the subject, a letter, a form's field and a file.
fn places(known: &Known<'_>) -> Vec<&'static str> {
    let form = format!("message={}", SENTENCE.replace(' ', "+"));
    let body = |bytes, content_type| Body {
        bytes,
        content_type,
        name: None,
        whole: true,
        length: None,
        is_upload: true,
    };
    let of = |body| of_body(&body, known, &Limits::default());
    let is_found = |contents: &Contents| contents.findings.iter().any(|f| f.hit.label == label());
    let places = [
        ("subject", of_text(SENTENCE, "Thank you.", false, known)),
        ("letter", of_text("Trip", SENTENCE, false, known)),
        (
            "field",
            of(body(
                form.as_bytes(),
                Some("application/x-www-form-urlencoded"),
            )),
        ),
        ("file", of(body(SENTENCE.as_bytes(), Some("text/plain")))),
    ];
    let found = places.iter().filter(|(_, contents)| is_found(contents));
    found.map(|(place, _)| *place).collect()
}

#[test]
fn every_text_is_judged_by_the_detector_that_is_given() {
    let all = ["subject", "letter", "field", "file"];
    assert_eq!(places(&Known::default()), all);
    let detector = detector();
    let corrected = Known {
        offence: &detector,
        ..Known::default()
    };
    assert_eq!(places(&corrected), [""; 0]);
}
