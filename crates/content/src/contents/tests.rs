#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::known_files::tests::{PLAN, item};
use crate::known_files::{self, Class};
use crate::mail::{Limits as MailLimits, read, tests::hostile::mailish};

fn look_at(message: &str) -> Contents {
    let message = message.replace('\n', "\r\n");
    let reading = read(message.as_bytes(), None, &MailLimits::default());
    let known = Known {
        disclaimer: Some("This message is the council's. My NI number is AB123456C."),
        ..Known::default()
    };
    of_mail(
        message.as_bytes(),
        &reading,
        &known,
        &document::Limits::default(),
    )
}

/// Labels with confidence, part and role.
#[track_caller]
fn check(message: &str, expected: &[(&str, &str, &str, &str)]) {
    let contents = look_at(message);
    let found: Vec<_> = contents
        .findings
        .iter()
        .map(|found| {
            let hit = &found.hit;
            let (label, confidence) = (hit.label.name(), hit.confidence.name());
            (label, confidence, found.part.as_str(), found.role.name())
        })
        .collect();
    assert_eq!(found, expected, "{message}");
}

#[test]
fn each_word_is_its_writers() {
    let ours = ("personal-data", "high", "1", "own");
    check(
        "Subject: Hello\n\nMy NI number is AB 12 34 56 C.\n",
        &[ours],
    );
    check(
        "Subject: My NI number is AB123456C\n\nAs above.\n",
        &[("personal-data", "high", "subject", "subject")],
    );
    check(
        "Subject: Hello\n\nThank you.\n> My NI number is AB123456C.\n",
        &[("personal-data", "high", "1", "quoted")],
    );
    check(
        "Subject: Hello\n\nThank you.\nThis message is the council's. My NI number is AB123456C.\n",
        &[],
    );
}

#[test]
fn two_forms_of_one_text_are_one_finding() {
    let both = "Subject: x\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n\
                My NI number is AB123456C.\n--b\nContent-Type: text/html\n\n\
                <p>My <b>NI number</b> is AB123456C.</p>\n--b--\n";
    check(both, &[("personal-data", "high", "1", "own")]);
    // A form that says something else is looked at as well.
    let differs = both.replace("AB123456C.</p>", "AB654321D.</p>");
    check(
        &differs,
        &[
            ("personal-data", "high", "1", "own"),
            ("personal-data", "high", "2", "own"),
        ],
    );
    let contents = look_at(&differs);
    assert_eq!(contents.records, Records { high: 2, low: 0 });
}

#[test]
fn records_are_different_values() {
    let check = |text: &str, high: usize, low: usize| {
        let contents = of_text("", text, false, &Known::default());
        assert_eq!(contents.records, Records { high, low }, "{text}");
    };
    check("nothing here", 0, 0);
    check("NI AB123456C and AB 12 34 56 C again", 1, 0);
    check("NI AB123456C and JK654321B", 2, 0);
    check(
        "the card 4111 1111 1111 1111, that is 4111111111111111",
        1,
        0,
    );
    check("please use 4111 1111 1111 1111 for it", 0, 1);
    let once_sure = "please use 4111 1111 1111 1111 for it. Let us talk on Monday about the rest of the plan, \
        and about the heating. My Visa 4111-1111-1111-1111";
    check(once_sure, 1, 0);
}

#[test]
fn files_are_looked_into_and_offered_to_the_signatures() {
    let csv = "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nAttached.\n--b\n\
               Content-Type: text/csv; name=n.csv\nContent-Disposition: attachment; filename=n.csv\n\n\
               name,ni number\nAnn Example,AB123456C\n--b--\n";
    let contents = look_at(csv);
    assert!(
        contents.findings.iter().any(|found| {
            found.hit.label == Label::PersonalData
                && found.role == Role::File
                && (found.part.as_str(), found.file.as_str()) == ("2", "n.csv")
        }),
        "{contents:?}"
    );
    let eicar = crate::malware::tests::eicar();
    let text = String::from_utf8(eicar).unwrap();
    let bad = csv.replace("name,ni number\nAnn Example,AB123456C", &text);
    let contents = look_at(&bad);
    let (high, _) = contents.labels();
    assert!(high.contains(&Label::Malware), "{contents:?}");
}

#[test]
fn nothing_is_lost_behind_a_long_list() {
    let known = Known::default();
    let mut text = String::new();
    for n in 0..300 {
        text.push_str(&format!("His NI number is AB{n:06}C.\n"));
    }
    text.push_str("The password is Xyz12345.\n");
    let contents = of_text("", &text, false, &known);
    assert_eq!(contents.records.high, 300);
    let (high, _) = contents.labels();
    assert!(high.contains(&Label::Password), "{high:?}");
    assert!(contents.findings.len() <= MOST_FINDINGS + Label::ALL.len() * 2);
}

#[test]
fn an_enclosed_message_is_read_however_it_is_packed() {
    let enclosed = "Subject: y\n\nMy NI number is AB123456C.\n";
    let message = |head: &str, body: &str| {
        format!(
            "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee below.\n\
             --b\n{head}\n\n{body}\n--b--\n"
        )
    };
    let plain = message("Content-Type: message/rfc822", enclosed);
    // The same in base64, under a name.
    let packed = message(
        "Content-Type: application/octet-stream; name=y.eml\nContent-Transfer-Encoding: base64",
        "U3ViamVjdDogeQ0KDQpNeSBOSSBudW1iZXIgaXMgQUIxMjM0NTZDLg0K",
    );
    for message in [plain, packed] {
        let (high, _) = look_at(&message).labels();
        assert!(high.contains(&Label::PersonalData), "{message}");
    }
}

#[test]
fn a_form_is_looked_at_field_by_field() {
    let known = Known {
        is_council_domain: &|domain| domain == "council.example",
        ..Known::default()
    };
    let body = Body {
        bytes: b"mail=ann%40council.example&note=My+NI+number+is+AB123456C",
        content_type: Some("application/x-www-form-urlencoded; charset=utf-8"),
        name: None,
        whole: true,
        length: None,
        is_upload: true,
    };
    let contents = of_body(&body, &known, &document::Limits::default());
    let found: Vec<_> = contents
        .findings
        .iter()
        .map(|found| (found.hit.label, found.part.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (Label::CouncilAddress, "mail"),
            (Label::PersonalData, "note")
        ]
    );
    let cut = Body {
        whole: false,
        length: None,
        ..body
    };
    assert!(
        of_body(&cut, &known, &document::Limits::default())
            .unscannable
            .is_some()
    );
}

#[test]
fn an_upload_is_known_by_the_files_in_it() {
    use PartKind::*;
    let kinds = |declared: &str, body: &str| {
        let body = Body {
            bytes: body.as_bytes(),
            content_type: Some(declared),
            name: None,
            whole: true,
            length: None,
            is_upload: true,
        };
        of_body(&body, &Known::default(), &document::Limits::default()).kinds
    };
    let form = "multipart/form-data; boundary=\"xyz\"";
    let part = |name: &str, bytes: &str| {
        format!(
            "--xyz\r\nContent-Disposition: form-data; name=f; filename={name}\r\n\
             Content-Type: application/octet-stream\r\n\r\n{bytes}\r\n"
        )
    };
    let field = "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nMZ\r\n";
    let check = |body: String, expected: &[PartKind]| {
        assert_eq!(
            kinds(form, &body),
            expected.iter().copied().collect(),
            "{body}"
        );
    };
    check(field.to_owned(), &[]);
    check(field.to_owned() + &part("a.mp3", ""), &[Audio]);
    check(
        part("a.pdf", "%PDF-1.7") + &part("b.exe", "MZ"),
        &[Document, Executable],
    );
    check(
        part("a.pdf", "%PDF-1.7") + "--xyz\r\nContent-Disp",
        &[Document],
    );
    check(part("\"a;b.exe\"", "x"), &[Executable]);
    let two_names = part("x; filename*=utf-8''b%2Eexe", "x");
    check(two_names, &[Text, Executable]);
    check(String::new(), &[]);
    assert!(kinds("application/x-www-form-urlencoded", "a=b").is_empty());
    assert!(kinds("application/zip", "PK\u{3}\u{4}").contains(&Archive));
}

/// Labels with confidence, part, role and what is quoted of them, where the plan is registered.
fn registered(message: &str) -> Vec<(Label, Confidence, String, Role, String)> {
    let message = message.replace('\n', "\r\n");
    let reading = read(message.as_bytes(), None, &MailLimits::default());
    let index = known_files::tests::index([item("PLAN", Class::RegisteredDocument, PLAN)]);
    let known = Known {
        files: Some(&index),
        ..Known::default()
    };
    let limits = document::Limits::default();
    let found = of_mail(message.as_bytes(), &reading, &known, &limits).findings;
    let row = |found: Finding| {
        let (hit, Evidence::Registered { reference, .. }) = (&found.hit, &found.hit.evidence)
        else {
            panic!("{found:?}");
        };
        assert_eq!(reference, "PLAN");
        (
            hit.label,
            hit.confidence,
            found.part,
            found.role,
            found.quote,
        )
    };
    found.into_iter().map(row).collect()
}

#[test]
fn a_registered_text_is_told_once_where_it_stands_and_never_quoted() {
    let found = |part: &str, role| {
        let (label, sure) = (Label::RegisteredDocument, Confidence::High);
        vec![(label, sure, part.to_owned(), role, String::new())]
    };
    let plain = "MIME-Version: 1.0\nContent-Type: text/plain\n\n";
    assert_eq!(
        registered(&format!("{plain}{PLAN}\n")),
        found("1", Role::Own)
    );
    assert_eq!(
        registered(&format!("{plain}See?\n\n> {PLAN}\n")),
        found("1", Role::Quoted)
    );
    let both = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n\
         --x\nContent-Type: text/plain\n\n{PLAN}\n--x\nContent-Type: text/html\n\n<p>{PLAN}</p>\n--x--\n"
    );
    assert_eq!(registered(&both), found("1", Role::Own));
    let enclosed = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nSee below.\n--x\n\
         Content-Type: message/rfc822\n\nFrom: a@b.example\nSubject: Plan\n\n{PLAN}\n--x--\n"
    );
    let rows = registered(&enclosed);
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].3, Role::Quoted);
    assert_eq!(
        registered(&format!("{plain}The plan is due on Friday.\n")),
        []
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_message_can_be_looked_through(message in mailish()) {
        let reading = read(&message, None, &MailLimits::default());
        let _ = of_mail(&message, &reading, &Known::default(), &document::Limits::default());
    }
}

#[test]
fn allowed_words_are_passed_over_and_nothing_else_is() {
    let long = format!("You {} idiot.", "very ".repeat(60));
    let check = |allowed: &str, text: &str, passed_over: &[Label], insults: usize| {
        let known = Known {
            is_allowed: &|label, words| label == Label::Insult && words == allowed,
            ..Known::default()
        };
        let contents = of_text("", text, false, &known);
        let found = contents.findings.iter();
        let found = found.filter(|finding| finding.hit.label == Label::Insult);
        assert_eq!(found.count(), insults, "{text}");
        let over: Vec<Label> = contents.passed_over.into_iter().collect();
        assert_eq!(over, passed_over, "{text}");
    };
    let quote = |text: &str| {
        let contents = of_text("", text, false, &Known::default());
        let insult = |finding: &&Finding| finding.hit.label == Label::Insult;
        contents
            .findings
            .iter()
            .find(insult)
            .map(|f| f.quote.clone())
            .unwrap()
    };
    let text = "You are a stupid idiot.";
    let words = quote(text);
    check(&words, text, &[Label::Insult], 0);
    check("other words", text, &[], 1);
    check(
        &words,
        "You are a stupid idiot. You are a bloody moron.",
        &[Label::Insult],
        1,
    );
    // What is quoted in part only is never passed over: it could go on in any way.
    let long = format!(
        "{long} You are a stupid idiot, {}.",
        "and so on ".repeat(30)
    );
    let cut = quote(&long);
    check(&cut, &long, &[], 1);
}
