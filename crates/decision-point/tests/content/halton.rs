//! Halton: one edition for everybody, mail and web.

use policy::decision::Outcome::{self, Hold, Permit, Refuse, Warn};

use crate::letter::{Mail, csv, docx, eicar, form, mail, program, upload, zip};
use crate::town::{ANN, HALTON, Who, check, check_web};

const ME: &str = "ann@council.example";
const HOME: &str = "ann.home@webmail.example";
const RESIDENT: &str = "jo@resident.example";

/// How business email ends (clause 3.1.20), which is not what is asked here.
pub(crate) const ENDING: &str = "\n\nKind regards,\n\nAnn Example\nLicensing Officer\nLicensing Department\n\
                      Halton Borough Council\nTelephone 01632 960201, extension 4021\n\
                      www.halton.example\n";

fn to(whom: &str, text: &str) -> Mail {
    mail(ME, whom, "Your letter", &format!("{text}{ENDING}"))
}

fn out(text: &str) -> Mail {
    to(RESIDENT, text)
}

#[track_caller]
fn sent(mail: &Mail, outcome: Outcome, clauses: &[&str]) {
    check(&HALTON, ANN, mail, outcome, clauses);
}

#[track_caller]
fn received(mail: &Mail, outcome: Outcome, clauses: &[&str]) {
    check(&HALTON, Who::Stranger, mail, outcome, clauses);
}

/// From Ann's own address outside, to herself. Nobody verified it, which the rules do not ask.
fn from_home(text: &str) -> Mail {
    mail(HOME, ME, "For Monday", text)
}

#[test]
pub(crate) fn offending_mail() {
    for text in [
        "I will come to your house and break your legs if you complain again.",
        "Women cannot manage anything, they belong in the kitchen.",
        "Go back to your own country, you dirty foreigner.",
        "She is a senile old bat and should be put out to grass.",
    ] {
        sent(&out(text), Hold, &["1.f.1", "3.1.7"]);
        received(&from_home(text), Hold, &["3.1.4.b", "3.1.4.c", "3.1.7"]);
    }
    for text in [
        "I will come to your house on Tuesday at ten to look at the broken step.",
        "Women in the borough manage two thirds of the market stalls.",
        "She is 84 and has asked for her bin to be put out on another day.",
    ] {
        sent(&out(text), Permit, &[]);
        received(&from_home(text), Permit, &["3.1.4.b"]);
    }
}

#[test]
pub(crate) fn remarks_and_insults() {
    for text in [
        "You are a pathetic, useless idiot and everybody knows it.",
        "Fuck off with this form.",
        "I am sick of working for this council, my manager is useless.",
    ] {
        sent(&out(text), Permit, &["3.1.5.b"]);
        received(&from_home(text), Permit, &["3.1.4.b", "3.1.4.c", "3.1.5.b"]);
    }
    // A suspicion is only counted.
    sent(
        &out("The new manager is wet behind the ears."),
        Permit,
        &["3.1.5.b"],
    );
    sent(
        &out("This is ridiculous, the form is late again."),
        Permit,
        &[],
    );
    sent(&out("The new manager starts on Monday."), Permit, &[]);
}

#[test]
pub(crate) fn marked_and_binding() {
    let marked = "OFFICIAL-SENSITIVE\n\nThe board has chosen the site in Mill Street.";
    sent(&out(marked), Hold, &["3.1.16", "3.1.24.a"]);
    sent(&to("ward@hospital.example", marked), Permit, &["3.1.24.a"]);
    sent(
        &out("OFFICIAL\n\nThe board has chosen the site in Mill Street."),
        Permit,
        &[],
    );
    let order = "We hereby accept your quotation of 4 February and order 20 benches at the agreed \
                 price. Please invoice us.";
    sent(&out(order), Hold, &["3.1.17.a"]);
    sent(&to("bob@council.example", order), Permit, &[]);
    sent(
        &out("Thank you for your quotation for 20 benches. We shall decide in March."),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn personal_data() {
    let one = "The NI number of Mary Okafor is AB 12 34 56 C.";
    sent(&out(one), Hold, &["3.1.24.a"]);
    sent(&to("ward@hospital.example", one), Permit, &["3.1.24.a"]);
    sent(&to("bob@council.example", one), Permit, &[]);
    sent(&to(HOME, one), Refuse, &["3.1.14.b", "3.1.24.a"]);
    received(&from_home(one), Permit, &["3.1.4.b", "3.1.4.c", "3.1.14.b"]);
    let none = "The number of our meeting room is AB 12.";
    sent(&out(none), Permit, &[]);
    sent(&to(HOME, none), Permit, &[]);
    received(&from_home(none), Permit, &["3.1.4.b"]);
    // A number that nothing names may be one.
    sent(
        &out("Please use 4111 1111 1111 1111 for it."),
        Warn,
        &["3.1.24.a"],
    );
    let list = |numbers| out("Here is the list.").with("list.csv", "text/csv", csv(numbers));
    sent(&list(11), Hold, &["3.1.24.a"]);
    sent(&list(0), Permit, &[]);
    let word = docx(&["Mary Okafor has been diagnosed with schizophrenia. NI number AB123456C."]);
    let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    sent(
        &out("As agreed.").with("note.docx", kind, word),
        Hold,
        &["3.1.24.a"],
    );
}

#[test]
pub(crate) fn private_matters() {
    let private =
        "Hi mum, the flights are booked and I can't wait for our holiday. Lots of love xx";
    sent(&out(private), Permit, &["3.1.2"]);
    sent(
        &out("Fancy a pint after work, or lunch on Friday?"),
        Permit,
        &["3.1.2"],
    );
    sent(
        &out("The flights of stairs in the town hall are closed on Friday."),
        Permit,
        &[],
    );
    let trade = "My own catering company is now taking bookings for summer weddings, and my price \
                 list is attached.";
    sent(&out(trade), Permit, &["3.1.10"]);
    sent(
        &out("Your catering company needs a food hygiene rating before it opens."),
        Permit,
        &[],
    );
    let listed = "Please confirm your subscription to our newsletter. Click the link below; if \
                  you did not sign up, ignore this email.";
    let order = "Thank you for your order. Order number 48213. Order total £24.99, paid with card \
                 ending 4821. Delivery address: 3 Hill Road. Track your parcel here.";
    for text in [listed, order] {
        received(&mail(RESIDENT, ME, "Hello", text), Permit, &["3.1.26"]);
    }
    received(
        &mail(
            RESIDENT,
            ME,
            "Hello",
            "Please send me the next newsletter by post.",
        ),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn jokes() {
    let joke = "A man walks into a bar with a crocodile. The barman says: we do not serve those. \
                The man says: that is fine, he only wants a lemonade. LOL";
    sent(&out(joke), Permit, &["3.1.21.e"]);
    sent(&out(joke).sent_to(9), Hold, &["3.1.21.e"]);
    sent(
        &out("The licence of the bar in Mill Street runs until Friday.").sent_to(9),
        Permit,
        &[],
    );
    sent(&to("spam@council.example", joke), Permit, &[]);
}

#[test]
pub(crate) fn passwords() {
    sent(
        &out("My password is Tulip-48, please look at the rota for me."),
        Permit,
        &["6.c"],
    );
    sent(
        &out("Please change your password before Friday."),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn files_that_do_harm() {
    let bytes = "application/octet-stream";
    let letter =
        |name, kind, file| mail(RESIDENT, ME, "Hello", "As promised.").with(name, kind, file);
    received(
        &letter("notes.dat", bytes, eicar()),
        Hold,
        &["3.1.21.a", "3.1.21.b"],
    );
    received(
        &letter("notes.dat", bytes, b"Nothing to see in here.".to_vec()),
        Permit,
        &[],
    );
    let packed = zip(&[("setup.exe", &program())], false);
    received(
        &letter("files.zip", "application/zip", packed),
        Hold,
        &["3.1.21.b"],
    );
    let packed = zip(&[("rota.txt", b"Monday: Ann.")], false);
    received(&letter("files.zip", "application/zip", packed), Permit, &[]);
    sent(
        &out("Here it is.").with("notes.dat", bytes, eicar()),
        Hold,
        &["1.f.1", "3.1.7"],
    );
    received(
        &from_home("Here it is.").with("notes.dat", bytes, eicar()),
        Hold,
        &["3.1.4.b", "3.1.4.c", "3.1.7", "3.1.21.a", "3.1.21.b"],
    );
}

#[test]
pub(crate) fn posts() {
    let post = |host, text, outcome, clauses: &[&str]| {
        let form = form(host, &[("comment", text)]);
        check_web(&HALTON, ANN, &form, outcome, clauses);
    };
    let women = "Women cannot manage anything, they belong in the kitchen.";
    post("site.test", women, Refuse, &["1.f.1", "3.1.7"]);
    post(
        "site.test",
        "Women manage two thirds of the market stalls.",
        Permit,
        &[],
    );
    let remark = "I am sick of working for this council, my manager is useless.";
    post("site.test", remark, Permit, &["3.1.8"]);
    post(
        "site.test",
        "I work for this council, and my manager is Jan.",
        Permit,
        &[],
    );
    let trade = "My own catering company is now taking bookings for summer weddings, and my price \
                 list is here.";
    post("site.test", trade, Permit, &["3.1.10"]);
    post(
        "site.test",
        "Which catering companies have a food hygiene rating of five?",
        Permit,
        &[],
    );
    let marked = "OFFICIAL-SENSITIVE\n\nThe board has chosen the site in Mill Street.";
    post("site.test", marked, Refuse, &["3.1.16"]);
    post(
        "site.test",
        "OFFICIAL\n\nThe board has chosen the site in Mill Street.",
        Permit,
        &[],
    );
    let one = "The NI number of Mary Okafor is AB 12 34 56 C.";
    post("files.test", one, Refuse, &["3.1.14.b"]);
    post(
        "files.test",
        "The number of our meeting room is AB 12.",
        Permit,
        &[],
    );
    post("site.test", one, Permit, &[]);
}

#[test]
pub(crate) fn shops_and_files() {
    let till = form(
        "site.test",
        &[
            ("card_number", "4111 1111 1111 1111"),
            ("expiry", "03/29"),
            ("cvv", "123"),
        ],
    );
    check_web(&HALTON, ANN, &till, Warn, &["4.b"]);
    let library = form(
        "site.test",
        &[("library_card_no", "4812"), ("renew", "all")],
    );
    check_web(&HALTON, ANN, &library, Permit, &[]);
    let sign_up = |host, address| form(host, &[("name", "Ann"), ("email", address)]);
    check_web(&HALTON, ANN, &sign_up("shop.test", ME), Permit, &["3.1.26"]);
    check_web(&HALTON, ANN, &sign_up("shop.test", HOME), Permit, &[]);
    check_web(&HALTON, ANN, &sign_up("site.test", ME), Permit, &[]);
    let file = |bytes: &[u8]| upload("site.test", "notes.dat", "application/octet-stream", bytes);
    check_web(&HALTON, ANN, &file(&eicar()), Refuse, &["1.f.1", "3.1.7"]);
    check_web(&HALTON, ANN, &file(b"Nothing to see in here."), Permit, &[]);
    let page =
        |bytes: &[u8]| crate::letter::download("application/octet-stream", "notes.dat", bytes);
    check_web(&HALTON, ANN, &page(&eicar()), Refuse, &["1.f.1", "3.1.7"]);
    check_web(&HALTON, ANN, &page(b"Nothing to see in here."), Permit, &[]);
}
