//! What of the findings stands on the record: where and why, never the words.

use decision_point::entry::Entry;
use serde_json::{Value, json};

use crate::letter::{Mail, csv, eicar, mail};
use crate::town::{ANN, Town, WALSALL, Who};

const ME: &str = "ann@council.example";
const RESIDENT: &str = "jo@resident.example";

/// The entry of a message, as it is written.
pub(crate) fn entry(town: &Town, who: Who, mail: &Mail) -> String {
    let (_, verdict) = town.decide(who, mail);
    let mut text = String::new();
    town.with_event(who, mail, |event| {
        text = serde_json::to_string(&Entry::mail(event, &verdict, "00".to_owned())).unwrap();
    });
    text
}

#[track_caller]
fn check_findings(mail: &Mail, expected: &Value) {
    let entry: Value = serde_json::from_str(&entry(&WALSALL, ANN, mail)).unwrap();
    assert_eq!(entry.get("findings").unwrap_or(&Value::Null), expected);
}

#[test]
fn a_finding_is_where_and_why() {
    let text = "The NI number of Mary Okafor is AB 12 34 56 C.";
    let found = json!([{
        "label": "personal-data", "confidence": "high", "part": "1", "role": "own",
        "span": [32, 45], "by": "ni-number: prefix and suffix"
    }]);
    check_findings(&mail(ME, RESIDENT, "Hello", text), &found);
    let quoted = json!([{
        "label": "personal-data", "confidence": "high", "part": "1", "role": "quoted",
        "span": [48, 61], "by": "ni-number: prefix and suffix"
    }]);
    check_findings(
        &mail(ME, RESIDENT, "Hello", &format!("Thank you.\n\n> {text}\n")),
        &quoted,
    );
    let file = mail(ME, RESIDENT, "Hello", "See there.");
    let file = file.with("notes.dat", "application/octet-stream", eicar());
    let malware = json!([{
        "label": "malware", "confidence": "high", "part": "2", "role": "file",
        "span": [0, 0], "by": "Eicar-Test-Signature"
    }]);
    check_findings(&file, &malware);
    check_findings(
        &mail(ME, RESIDENT, "Hello", "The meeting is on Monday."),
        &Value::Null,
    );
}

#[test]
fn the_words_are_never_there() {
    let check = |mail: &Mail, labels: &[&str], words: &[&str]| {
        let entry = entry(&WALSALL, ANN, mail);
        for label in labels {
            assert!(
                entry.contains(&format!("\"label\":\"{label}\"")),
                "{label}: {entry}"
            );
        }
        for word in words {
            assert!(!entry.contains(word), "{word}: {entry}");
        }
    };
    let out = |text| mail(ME, RESIDENT, "Hello", text);
    check(
        &out(
            "The NI number of Mary Okafor is AB123456C, and she has been diagnosed with schizophrenia.",
        ),
        &["personal-data", "special-category"],
        &["AB123456C", "Okafor", "schizophrenia"],
    );
    check(&out("My password is Tulip-48."), &["password"], &["Tulip"]);
    check(
        &out("You are a pathetic, useless idiot."),
        &["insult"],
        &["pathetic", "idiot"],
    );
    check(
        &out("Vote Labour on Thursday and help us win this seat: join our campaign."),
        &["political-advocacy"],
        &["Labour", "Thursday", "labour"],
    );
    check(
        &mail(ME, RESIDENT, "My NI number is AB123456C", "See above."),
        &["personal-data"],
        &["AB123456C"],
    );
    check(
        &out("Here it is.").with("list.csv", "text/csv", csv(11)),
        &["personal-data"],
        &["AB123400C", "AB123407C", "Resident 1"],
    );
}

#[test]
fn of_many_findings_fifty_stand_there() {
    let text: String = (0..80)
        .map(|n| format!("NI number AB{}C. ", 123_400 + n))
        .collect();
    let entry: Value =
        serde_json::from_str(&entry(&WALSALL, ANN, &mail(ME, RESIDENT, "Hello", &text))).unwrap();
    assert_eq!(entry["findings"].as_array().unwrap().len(), 50);
    let facts = entry["groups"][0]["request"].to_string();
    assert!(facts.contains("personal-data-bulk"), "{facts}");
}

#[test]
fn nothing_of_confidential_mail_but_malicious_code() {
    let text = "The NI number of Mary Okafor is AB123456C. You are a pathetic, useless idiot.";
    let union = mail(ME, "rep@union.example", "Hello", text);
    check_findings(&union, &Value::Null);
    let bad = union.with("notes.dat", "application/octet-stream", eicar());
    let entry: Value = serde_json::from_str(&entry(&WALSALL, ANN, &bad)).unwrap();
    let labels: Vec<_> = entry["findings"].as_array().unwrap().iter().collect();
    assert_eq!(labels.len(), 1);
    assert_eq!(labels[0]["label"], "malware");
}
