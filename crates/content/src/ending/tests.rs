#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::Field::*;
use super::*;
use crate::mail::{Limits, read, tests::hostile::mailish};

const KNOWN: Known<'_> = Known {
    council_name: "Halton Borough Council",
    person_name: Some("Jane Smith"),
    disclaimer: Some("This message is confidential. Call 0151 000 0000 if it is not for you."),
};

const FULL: &str = "Please find it attached.\n\nKind regards\n\nJane Smith\nSenior Planning Officer\n\
                    Policy, Planning & Transportation Directorate\nHalton Borough Council\n\
                    Tel: 0151 907 8300  Ext: 4567\nwww.halton.gov.uk\n";

fn missing(message: &str, known: Known<'_>) -> Vec<Field> {
    let message = message.replace('\n', "\r\n");
    let reading = read(message.as_bytes(), None, &Limits::default());
    signature_block(message.as_bytes(), &reading, &Field::ALL, known).missing
}

#[test]
fn each_missing_detail_is_named() {
    let check = |text: &str, expected: &[Field]| {
        assert_eq!(missing(&format!("\n{text}"), KNOWN), expected, "{text}");
    };
    check(FULL, &[]);
    check(&FULL.replace("Jane Smith\n", ""), &[EmployeeName]);
    check(&FULL.replace("Jane Smith", "John Doe"), &[EmployeeName]);
    check(&FULL.replace("Jane Smith", "J. Smith"), &[]);
    check(&FULL.replace("Jane Smith", "SMITH, Jane"), &[]);
    check(&FULL.replace("Senior Planning Officer\n", ""), &[JobTitle]);
    check(
        &FULL.replace("Senior Planning Officer", "Lollipop person"),
        &[],
    );
    check(
        &FULL.replace("Policy, Planning & Transportation Directorate\n", ""),
        &[Department],
    );
    check(
        &FULL.replace("Halton Borough Council", "Halton  borough\ncouncil"),
        &[],
    );
    check(
        &FULL.replace("Halton Borough Council\n", ""),
        &[CouncilName],
    );
    check(&FULL.replace("0151 907 8300", ""), &[TelephoneNumber]);
    check(&FULL.replace("0151 907 8300", "+44 (0)151-907.8300"), &[]);
    check(&FULL.replace("Ext: 4567", ""), &[Extension]);
    check(&FULL.replace("Ext: 4567", "x4567"), &[]);
    check(
        &FULL.replace("Tel: 0151 907 8300  Ext: 4567", "Direct dial 0151 511 4567"),
        &[],
    );
    check(&FULL.replace("www.", "jane@"), &[WebAddress]);
    check(
        &FULL.replace("www.halton.gov.uk", "<https://halton.gov.uk/planning>"),
        &[],
    );
    check("ok, see you at ten\n", &Field::ALL);
    check("", &Field::ALL);
}

#[test]
fn only_the_senders_own_ending_counts() {
    let check = |text: String, expected: &[Field]| {
        assert_eq!(missing(&format!("\n{text}"), KNOWN), expected, "{text}");
    };
    let quoted: String = FULL.lines().map(|line| format!("> {line}\n")).collect();
    check(
        format!("Thanks\n\nOn Monday Jane Smith wrote:\n{quoted}"),
        &Field::ALL,
    );
    check(
        format!("{FULL}\nOn Monday Bob\n<bob@x.org> wrote:\n> hello\n"),
        &[],
    );
    check(
        format!("Thanks\n\n-----Original Message-----\n{FULL}"),
        &Field::ALL,
    );
    check(
        format!("Thanks\n\nFrom: A\nSent: today\nTo: B\nSubject: C\n\n{FULL}"),
        &Field::ALL,
    );
    check(
        format!("{FULL}{}", "and another thing\n".repeat(20)),
        &Field::ALL,
    );
    let wrapped = "This message is confidential. Call\n0151 000 0000 if it is not for you.\n";
    check(format!("{FULL}\n{wrapped}"), &[]);
    check(
        format!("{}\n{wrapped}", FULL.replace("0151 907 8300", "")),
        &[TelephoneNumber],
    );
}

#[test]
fn without_a_known_name_a_line_like_one_will_do() {
    let anybody = Known {
        person_name: None,
        ..KNOWN
    };
    assert_eq!(missing(&format!("\n{FULL}"), anybody), []);
    let unnamed = FULL.replace("Jane Smith\n", "");
    assert_eq!(missing(&format!("\n{unnamed}"), anybody), [EmployeeName]);
}

#[test]
fn html_alone_is_read_too() {
    let html = "Content-Type: text/html\n\n<style>p{}</style><p>Hello<p><b>Jane Smith</b><br>Senior \
                Officer<br>Planning&nbsp;Department<div>Halton Borough Council</div><table><tr><td>Tel 0151 \
                907 8300<td>ext 12</table><a href='x'>www.halton.gov.uk</a><blockquote>x</blockquote>";
    assert_eq!(missing(html, KNOWN), []);
    let quoted = html.replace("<p>Hello", "<p>Hello<blockquote>");
    assert_eq!(missing(&quoted, KNOWN), Field::ALL);
}

#[test]
fn packs_name_fields_by_word() {
    for field in Field::ALL {
        assert_eq!(field.as_str().parse(), Ok(field));
    }
    let error = "fax".parse::<Field>().unwrap_err().to_string();
    assert!(
        error.starts_with("`fax` is no signature field; use employee-name"),
        "{error}"
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(bytes in mailish(), name in any::<String>(), words in any::<String>()) {
        let reading = read(&bytes, None, &Limits::default());
        let known = Known { council_name: &words, person_name: Some(&name), disclaimer: Some(&words) };
        let found = signature_block(&bytes, &reading, &Field::ALL, known);
        prop_assert_eq!(found.present.len() + found.missing.len(), Field::ALL.len());
        // A reading of another message gives an answer too, if a useless one.
        signature_block(&bytes[..bytes.len() / 2], &reading, &Field::ALL, known);
    }

    #[test]
    fn any_text_is_split_without_loss(text in "(On |wrote:|>|\\n|From:|Sent:|To:|x|é| ){0,40}") {
        let (own, quoted) = split_quoted(&text);
        prop_assert_eq!(own.lines().count() + quoted.lines().count(), text.lines().count());
    }
}
