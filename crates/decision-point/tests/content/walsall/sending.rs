//! Mail that goes out (sections 4, 5.3, 6 and 7.2).

use policy::decision::Outcome::{self, Hold, Permit, Refuse, Warn};

use crate::letter::{Mail, csv, docx, eicar, mail, zip};
use crate::town::{ANN, CEM, WALSALL, check};

pub(crate) const ME: &str = "ann@council.example";
pub(crate) const COLLEAGUE: &str = "bob@council.example";
pub(crate) const RESIDENT: &str = "jo@resident.example";

/// A letter from Ann to somebody outside.
fn out(text: &str) -> Mail {
    mail(ME, RESIDENT, "Your letter", text)
}

/// A letter from Ann to a colleague.
fn inside(text: &str) -> Mail {
    mail(ME, COLLEAGUE, "Monday", text)
}

#[track_caller]
fn sent(mail: &Mail, outcome: Outcome, clauses: &[&str]) {
    check(&WALSALL, ANN, mail, outcome, clauses);
}

#[test]
pub(crate) fn offence() {
    for text in [
        "I will come to your house and break your legs if you complain again.",
        "I will kill you if you talk to my manager again.",
        "Women cannot manage anything, they belong in the kitchen.",
        "She is a senile old bat and should be put out to grass.",
        "Queers like him make me sick, the dirty poof.",
        "All muslims are terrorists and I will not serve them.",
        "He is a spastic retard who should be in a padded cell.",
    ] {
        sent(&out(text), Hold, &["6.5.4"]);
    }
    sent(
        &inside("Go back to your own country, you dirty foreigner."),
        Hold,
        &["6.5.4", "4.1.2.h"],
    );
    sent(&inside("You are a cunt."), Hold, &["6.5.4"]);
    // Twins: the same subjects, as work speaks of them.
    for text in [
        "I will come to your house on Tuesday at ten to look at the broken step.",
        "Women in the borough manage two thirds of the market stalls.",
        "She is 84 and has asked for the garden waste collection to be put out on another day.",
        "The LGBT history month display opens in the library on Friday.",
        "The mosque has asked for a road closure on the day of the festival.",
        "The lift at the town hall is out of order, so please use the ramp at the side.",
        "Residents from other countries may vote in the local election if they are registered.",
    ] {
        sent(&out(text), Permit, &[]);
        sent(&inside(text), Permit, &[]);
    }
}

#[test]
pub(crate) fn insults_and_swearing() {
    sent(
        &inside("You are a pathetic, useless idiot and everybody knows it."),
        Hold,
        &["6.5.4"],
    );
    sent(
        &inside("The printer on the second floor is useless again."),
        Permit,
        &[],
    );
    sent(&inside("Fuck off with this form."), Warn, &["6.5.4"]);
    sent(
        &inside("This is ridiculous, the form is late again."),
        Permit,
        &[],
    );
    // A suspicion is a warning.
    sent(
        &inside("The new manager is wet behind the ears."),
        Warn,
        &["6.5.4"],
    );
    sent(&inside("The new manager starts on Monday."), Permit, &[]);
}

#[test]
pub(crate) fn jokes_and_chain_letters() {
    let joke = "A man walks into a bar with a crocodile. The barman says: we do not serve those. \
                The man says: that is fine, he only wants a lemonade. LOL";
    sent(&inside(joke), Hold, &["6.5.4"]);
    sent(
        &inside("The licence of the bar in Mill Street runs until Friday."),
        Permit,
        &[],
    );
    let chain = "Send this on to ten friends within the hour and you will have good luck. Break \
                 the chain and something bad will happen.";
    sent(&inside(chain), Hold, &["6.5.4"]);
    sent(
        &inside("Please send this on to the ten people on the rota."),
        Permit,
        &[],
    );
    // Reporting such mail is what the desk is for.
    sent(&mail(ME, "spam@council.example", "Fwd", chain), Permit, &[]);
}

#[test]
pub(crate) fn personal_mail_that_hurts() {
    let insult = "You are a pathetic, useless idiot and everybody knows it.";
    sent(&inside(insult).personal(), Hold, &["6.1.2.c", "6.5.4"]);
    sent(&inside(insult), Hold, &["6.5.4"]);
    let remark = "I am sick of working for this council, my manager is useless.";
    sent(&out(remark).personal(), Permit, &["6.1.2.d"]);
    sent(&out(remark), Permit, &[]);
    sent(&inside(remark).personal(), Permit, &[]);
    sent(
        &out("I start work for the council on Monday, and my manager is Jan.").personal(),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn confidential_information() {
    let sick = "Mary Okafor, NI number AB 12 34 56 C, has been diagnosed with schizophrenia.";
    let secure = |text: &str| mail(ME, "ward@hospital.example", "Discharge", text);
    sent(&out(sick), Hold, &["6.5.1.b"]);
    sent(&secure(sick), Permit, &["6.5.1.b"]);
    sent(&inside(sick), Permit, &[]);
    let general = "The talk on schizophrenia in the library is on Monday.";
    sent(&out(general), Permit, &[]);
    sent(&secure(general), Permit, &[]);
    let marked = "OFFICIAL-SENSITIVE\n\nThe board has chosen the site in Mill Street.";
    sent(&out(marked), Hold, &["6.5.1.b"]);
    sent(
        &out("OFFICIAL\n\nThe board has chosen the site in Mill Street."),
        Permit,
        &[],
    );
    // Passing marked mail on is a clause of its own, also to those who may have it.
    sent(&secure(marked).reply(), Warn, &["6.1.3.d", "6.5.1.b"]);
    sent(&out(marked).reply(), Hold, &["6.1.3.d", "6.5.1.b"]);
    sent(
        &out("The board has chosen the site in Mill Street.").reply(),
        Permit,
        &[],
    );
    let word = |text| {
        let bytes = docx(&["OFFICIAL-SENSITIVE", text]);
        let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        out("As agreed.").with("note.docx", kind, bytes)
    };
    sent(&word("Rents of the market hall"), Hold, &["6.5.1.b"]);
}

#[test]
pub(crate) fn many_records_are_more_than_one() {
    let list = |numbers| out("Here is the list.").with("list.csv", "text/csv", csv(numbers));
    sent(&list(11), Hold, &["6.5.1.b"]);
    sent(&list(1), Permit, &[]);
    sent(&list(0), Permit, &[]);
    // Whatever the list is packed in.
    let packed = zip(&[("list.csv", &csv(11))], false);
    let packed = out("Here is the list.").with("list.zip", "application/zip", packed);
    sent(&packed, Hold, &["6.2.6", "6.5.1.b"]);
}

#[test]
pub(crate) fn passwords() {
    sent(
        &inside("My password is Tulip-48, please look at the rota for me."),
        Permit,
        &["5.3.4"],
    );
    sent(
        &inside("Please change your password before Friday."),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn orders() {
    let order = "We hereby accept your quotation of 4 February and order 20 benches at the agreed \
                 price. Please invoice us.";
    sent(&out(order), Hold, &["6.6.1.a"]);
    sent(
        &out("Thank you for your quotation for 20 benches. We shall decide in March."),
        Permit,
        &[],
    );
    // The clause is for officers.
    check(
        &WALSALL,
        CEM,
        &mail("cem@council.example", RESIDENT, "Benches", order),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn legal_documents() {
    let deed = "This agreement is made between the Council and the Tenant. It is hereby agreed as \
                follows: the Tenant shall pay the rent. This agreement is governed by the law of \
                England. In witness whereof the parties hereto have signed as a deed.";
    sent(&out(deed), Hold, &["6.8.a"]);
    sent(
        &out("The new tenancy agreement is with legal services; they will write to you."),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn answers_to_requests_for_information() {
    let quoted = "Thank you for your letter. The answer is 14.\n\n\
                  On Mon, 2 Mar 2026, Jo wrote:\n\
                  > Under the Freedom of Information Act please provide the number of\n\
                  > parking fines issued in 2025.\n";
    sent(&out(quoted).reply(), Hold, &["6.7.2.b"]);
    sent(&inside(quoted).reply(), Permit, &[]);
    let thanks = "Thank you for your letter. The answer is 14.\n\n\
                  On Mon, 2 Mar 2026, Jo wrote:\n\
                  > How many parking spaces are there behind the library?\n";
    sent(&out(thanks).reply(), Permit, &[]);
}

#[test]
pub(crate) fn advocacy() {
    let vote =
        "Vote Labour on Thursday and help us win this seat: join our campaign on the doorstep.";
    sent(&out(vote), Permit, &["7.2.9"]);
    sent(
        &out("Polling stations open at seven on Thursday. Please bring your poll card."),
        Permit,
        &[],
    );
    // Councillors are not told to keep out of politics.
    check(
        &WALSALL,
        CEM,
        &mail("cem@council.example", RESIDENT, "Thursday", vote),
        Permit,
        &[],
    );
    let praise = "We at the council highly recommend this company: the best supplier of benches we \
                  have ever used.";
    sent(&out(praise), Permit, &["7.2.9"]);
    sent(
        &out("The council cannot recommend any company; a list is on our website."),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn private_business() {
    let trade = "My own catering company is now taking bookings for summer weddings, and my price \
                 list is attached.";
    sent(&out(trade), Permit, &["6.1.2.a"]);
    sent(
        &out("Your catering company needs a food hygiene rating before it opens."),
        Permit,
        &[],
    );
    let shared = |text| mail("housing@council.example", RESIDENT, "Summer", text);
    sent(&shared(trade), Hold, &["6.1.2.a", "6.1.5.c", "6.4.3"]);
    sent(
        &shared("Your transfer request is on the list for March."),
        Permit,
        &["6.1.5.c"],
    );
    let private =
        "Hi mum, the flights are booked and I can't wait for our holiday. Lots of love xx";
    sent(&shared(private), Hold, &["6.1.5.c", "6.4.3"]);
    let to_shared = |text| mail(ME, "housing@council.example", "Summer", text);
    sent(&to_shared(private), Permit, &["6.4.2.c"]);
    sent(
        &to_shared("The two flats in Mill Street are free from March."),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn malicious_code_and_locked_archives() {
    let file = |name, bytes| out("Here it is.").with(name, "application/octet-stream", bytes);
    sent(&file("notes.dat", eicar()), Refuse, &["7.2.15"]);
    let inside_zip = zip(&[("notes.dat", &eicar())], false);
    sent(&file("notes.zip", inside_zip), Refuse, &["6.2.6", "7.2.15"]);
    sent(
        &file("notes.dat", b"Nothing to see in here.".to_vec()),
        Permit,
        &[],
    );
    let rota: [(&str, &[u8]); 1] = [("rota.txt", b"Monday: Ann. Tuesday: Bob.")];
    sent(&file("rota.zip", zip(&rota, true)), Hold, &["6.2.6"]);
    // Packed alone it is counted.
    sent(&file("rota.zip", zip(&rota, false)), Permit, &["6.2.6"]);
}
