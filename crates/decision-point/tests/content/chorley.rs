//! Chorley: an edition for staff and one for members.

use policy::decision::Outcome::{self, Hold, Permit, Refuse, Warn};

use crate::letter::{Mail, csv, form, mail};
use crate::town::{ANN, CEM, CHORLEY, Who, check, check_web};

const ANNS: &str = "ann@council.example";
const CEMS: &str = "cem@council.example";
const RESIDENT: &str = "jo@resident.example";
const SECURE: &str = "ward@hospital.example";
const INSIDE: &str = "bob@council.example";

const VOTE: &str =
    "Vote Labour on Thursday and help us win this seat: join our campaign on the doorstep.";
const POLL: &str = "Polling stations open at seven on Thursday. Please bring your poll card.";

fn to(whom: &str, text: &str) -> Mail {
    mail(ANNS, whom, "Your letter", text)
}

#[track_caller]
fn sent(mail: &Mail, outcome: Outcome, clauses: &[&str]) {
    check(&CHORLEY, ANN, mail, outcome, clauses);
}

#[test]
pub(crate) fn protected_and_personal() {
    let marked = "OFFICIAL-SENSITIVE\n\nThe board has chosen the site in Mill Street.";
    let plain = "OFFICIAL\n\nThe board has chosen the site in Mill Street.";
    sent(&to(RESIDENT, marked), Hold, &["4.2.c", "4.5.d"]);
    sent(&to(RESIDENT, plain), Permit, &[]);
    let one = "The NI number of Mary Okafor is AB 12 34 56 C.";
    let none = "The number of our meeting room is AB 12.";
    let sick = "Mary Okafor, case 20417, has been diagnosed with schizophrenia.";
    for text in [one, sick] {
        sent(&to(RESIDENT, text), Hold, &["4.5.c.1", "4.5.d"]);
        sent(&to(INSIDE, text), Permit, &[]);
    }
    sent(&to(RESIDENT, none), Permit, &[]);
    // The secure way takes whatever it is given.
    for text in [marked, one, none] {
        sent(&to(SECURE, text), Permit, &["4.2.c"]);
    }
    // A number that nothing names may be one.
    sent(
        &to(RESIDENT, "Please use 4111 1111 1111 1111 for it."),
        Warn,
        &["4.5.c.1"],
    );
    let list = |numbers| to(RESIDENT, "Here it is.").with("list.csv", "text/csv", csv(numbers));
    sent(&list(11), Hold, &["4.5.c.1", "4.5.d"]);
    sent(&list(0), Permit, &[]);
}

#[test]
pub(crate) fn commitments_and_sign_ups() {
    let order = "We hereby accept your quotation of 4 February and order 20 benches at the agreed \
                 price. Please invoice us.";
    sent(&to(RESIDENT, order), Hold, &["4.5.b.2"]);
    sent(&to(INSIDE, order), Permit, &[]);
    sent(
        &to(
            RESIDENT,
            "Thank you for your quotation for 20 benches. We shall decide in March.",
        ),
        Permit,
        &[],
    );
    let listed = "Please confirm your subscription to our newsletter. Click the link below; if \
                  you did not sign up, ignore this email.";
    let order = "Thank you for your order. Order number 48213. Order total £24.99, paid with card \
                 ending 4821. Delivery address: 3 Hill Road. Track your parcel here.";
    let received = |text, clauses: &[&str]| {
        let mail = mail(RESIDENT, ANNS, "Hello", text);
        check(&CHORLEY, Who::Stranger, &mail, Permit, clauses);
    };
    received(listed, &["4.5.h"]);
    received(order, &["4.5.h"]);
    received("Please send me the next newsletter by post.", &[]);
}

#[test]
pub(crate) fn politics() {
    sent(&to(RESIDENT, VOTE), Permit, &["4.3.d"]);
    sent(&to(RESIDENT, POLL), Permit, &[]);
    let post = |text| form("site.test", &[("comment", text)]);
    check_web(&CHORLEY, ANN, &post(VOTE), Permit, &["4.3.d"]);
    check_web(&CHORLEY, ANN, &post(POLL), Permit, &[]);
    // Members may argue, but not to everybody at once.
    let member = |text, many| mail(CEMS, RESIDENT, "Thursday", text).sent_to(many);
    check(&CHORLEY, CEM, &member(VOTE, 0), Permit, &[]);
    check(&CHORLEY, CEM, &member(VOTE, 60), Refuse, &["4.3.f"]);
    check(&CHORLEY, CEM, &member(POLL, 60), Permit, &[]);
    // Within their group members are free, and an officer is in none whatever the register says.
    for (to, clauses) in [
        ("dot@council.example", &["4.3.e"][..]),
        ("eve@council.example", &[]),
        ("fay@council.example", &[]),
    ] {
        let to_one = mail(CEMS, to, "Thursday", VOTE);
        check(&CHORLEY, CEM, &to_one, Permit, clauses);
    }
    let perhaps = "Please give us your vote.";
    check(&CHORLEY, CEM, &member(perhaps, 60), Hold, &["4.3.f"]);
    check(&CHORLEY, CEM, &member(perhaps, 0), Permit, &[]);
    check_web(&CHORLEY, CEM, &post(VOTE), Permit, &[]);
}

#[test]
pub(crate) fn council_addresses() {
    let sign_up = |host, address| form(host, &[("name", "Ann"), ("email", address)]);
    check_web(
        &CHORLEY,
        ANN,
        &sign_up("shop.test", ANNS),
        Refuse,
        &["4.5.h"],
    );
    check_web(
        &CHORLEY,
        ANN,
        &sign_up("shop.test", "ann.home@webmail.example"),
        Permit,
        &[],
    );
    check_web(&CHORLEY, ANN, &sign_up("site.test", ANNS), Permit, &[]);
}
