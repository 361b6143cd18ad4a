//! Whose words they are, and what only looks like offence: people are judged by what they say
//! themselves.

use policy::decision::Outcome::{self, Hold, Permit, Refuse};

use crate::letter::{Mail, eicar, mail};
use crate::town::{ANN, WALSALL, Who, check};

const ME: &str = "ann@council.example";
const RESIDENT: &str = "jo@resident.example";
const INSULT: &str = "You are a pathetic, useless idiot and everybody knows it.";

fn out(text: &str) -> Mail {
    mail(ME, RESIDENT, "Your letter", text)
}

#[track_caller]
fn sent(mail: &Mail, outcome: Outcome, clauses: &[&str]) {
    check(&WALSALL, ANN, mail, outcome, clauses);
}

#[test]
pub(crate) fn the_own_words_and_those_of_others() {
    sent(&out(INSULT), Hold, &["6.5.4"]);
    sent(
        &out(&format!("I am sorry that you are cross.\n\n> {INSULT}\n")),
        Permit,
        &[],
    );
    let original = format!(
        "I am sorry that you are cross.\n\n-----Original Message-----\nFrom: Jo\n\
         Subject: Bins\n\n{INSULT}\n"
    );
    sent(&out(&original), Permit, &[]);
    sent(
        &out(&format!("> I am sorry that you are cross.\n\n{INSULT}\n")),
        Hold,
        &["6.5.4"],
    );
    let html = format!("<p>I am sorry.</p><blockquote type=\"cite\"><p>{INSULT}</p></blockquote>");
    sent(&out(&html).html(), Permit, &[]);
    sent(
        &out(&format!("<p>I am <b>not</b> sorry. {INSULT}</p>")).html(),
        Hold,
        &["6.5.4"],
    );
    sent(
        &mail(ME, RESIDENT, INSULT, "As in the subject."),
        Hold,
        &["6.5.4"],
    );
    // What is personal stays so in whatever is quoted.
    let sick = "> Mary Okafor, NI number AB 12 34 56 C, has been diagnosed with schizophrenia.";
    sent(&out(&format!("Thank you.\n\n{sick}\n")), Hold, &["6.5.1.b"]);
}

#[test]
pub(crate) fn a_legal_notice_says_nothing() {
    let notice = "This email and any attachments are confidential and intended solely for the \
                  addressee. If you have received it in error please notify the sender and delete \
                  it. Any abusive, threatening, racist or sexist message will be reported.";
    sent(
        &out(&format!("The meeting is on Monday.\n\n{notice}\n")),
        Permit,
        &[],
    );
    let pack = WALSALL
        .point
        .adopted()
        .pack()
        .settings()
        .mail
        .disclaimer
        .as_ref()
        .unwrap();
    sent(
        &out(&format!("The meeting is on Monday.\n\n{}\n", pack.plain)),
        Permit,
        &[],
    );
    sent(
        &out(&format!("{INSULT}\n\n{}\n", pack.plain)),
        Hold,
        &["6.5.4"],
    );
}

#[test]
pub(crate) fn reports_are_not_what_they_report() {
    for text in [
        "He called me a stupid bitch in front of the whole office, and I want to complain.",
        "The caller said that he would come to the office and break my legs.",
        "According to the complaint, the driver told her to go back to her own country.",
        "Please note for the file that the tenant called the housing officer a useless idiot.",
        "Calling a colleague a retard is a breach of our dignity at work policy.",
    ] {
        sent(&out(text), Permit, &[]);
        sent(
            &mail(ME, "bob@council.example", "Incident", text),
            Permit,
            &[],
        );
    }
}

#[test]
pub(crate) fn names_and_ordinary_words() {
    for text in [
        "The coach to Scunthorpe stops in Penistone and Cockfosters.",
        "Mr Dick Hancock of Lightwater Sussex and Ms Gay Butts will attend.",
        "The Essex and Middlesex associates analyse the classic assessment.",
        "The cock pheasant and the great tit are listed in the wildlife survey.",
        "Please ask Mrs Slagg about the slag heap at the iron works.",
        "The blackspot at the junction needs a white line and a black bollard.",
        "The shag pile carpet in the chamber is to be cleaned.",
        "The dyke at Fobbing was breached, and the bastard file is missing from the workshop.",
        "The killing of the weeds on the bowling green starts on Monday.",
        "The abortion clinic asks for a buffer zone under the public spaces protection order.",
    ] {
        sent(&out(text), Permit, &[]);
    }
}

#[test]
pub(crate) fn confidential_routes() {
    let speak_up = |text| mail(ME, "speak.up@council.example", "My manager", text);
    let union = |text| mail(ME, "rep@branch.union.example", "My manager", text);
    let sick = "Mary Okafor, NI number AB 12 34 56 C, has been diagnosed with schizophrenia.";
    for text in [
        INSULT,
        sick,
        "I am sick of working for this council, my manager is useless.",
    ] {
        sent(&speak_up(text), Permit, &[]);
        sent(&union(text), Permit, &[]);
    }
    let to_me = |text| mail("rep@branch.union.example", ME, "Your manager", text);
    let women = "Women cannot manage anything, they belong in the kitchen.";
    check(&WALSALL, Who::Stranger, &to_me(women), Permit, &[]);
    // Malicious code is stopped everywhere.
    let file = |mail: Mail| mail.with("notes.dat", "application/octet-stream", eicar());
    sent(&file(union("Here it is.")), Refuse, &["7.2.15"]);
    check(
        &WALSALL,
        Who::Stranger,
        &file(to_me("Here it is.")),
        Hold,
        &["6.3.3.b"],
    );
    // Whoever else reads the same message is not on that route.
    let both = mail(ME, "speak.up@council.example", "My manager", INSULT).sent_to(1);
    sent(&both, Hold, &["6.5.4"]);
}
