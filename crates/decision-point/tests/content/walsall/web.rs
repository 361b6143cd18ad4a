//! What is posted and what is fetched (sections 7.2 to 7.5).

use policy::decision::Outcome::{self, Permit, Refuse};

use crate::letter::{Transfer, docx, download, eicar, form, program, zip};
use crate::town::{ANN, CEM, WALSALL, check_web};

#[track_caller]
fn posted(text: &str, outcome: Outcome, clauses: &[&str]) {
    let post = form("site.test", &[("topic", "12"), ("comment", text)]);
    check_web(&WALSALL, ANN, &post, outcome, clauses);
}

#[track_caller]
fn fetched(file: &Transfer, outcome: Outcome, clauses: &[&str]) {
    check_web(&WALSALL, ANN, file, outcome, clauses);
}

#[test]
pub(crate) fn offensive_posts() {
    let women = "Women cannot manage anything, they belong in the kitchen.";
    posted(women, Refuse, &["7.2.4", "7.3.4"]);
    posted(
        "Go back to your own country, you dirty foreigner.",
        Refuse,
        &["4.1.2.h", "7.2.4", "7.3.4"],
    );
    posted("Women manage two thirds of the market stalls.", Permit, &[]);
    // Councillors are outside these two clauses.
    let post = form("site.test", &[("comment", women)]);
    check_web(&WALSALL, CEM, &post, Permit, &[]);
}

#[test]
pub(crate) fn posts_that_annoy_or_discredit() {
    posted(
        "You are a pathetic, useless idiot and everybody knows it.",
        Permit,
        &["7.2.3.c"],
    );
    posted(
        "The bus stop in Mill Street is useless in the rain.",
        Permit,
        &[],
    );
    posted(
        "I am sick of working for this council, my manager is useless.",
        Permit,
        &["7.3.3"],
    );
    posted(
        "I work for this council, and my manager is Jan.",
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn posts_that_defame() {
    let claim = "Councillor Hardy is a thief, and the contractor took backhanders.";
    posted(claim, Permit, &["7.3.3"]);
    let blog = form("blog.test", &[("comment", claim)]);
    check_web(
        &WALSALL,
        ANN,
        &blog,
        Refuse,
        &["7.2.5", "7.2.6", "7.3.3", "cover.change.4"],
    );
    let reported =
        "The court heard that the treasurer is alleged to have stolen money from a club.";
    posted(reported, Permit, &[]);
}

#[test]
pub(crate) fn posts_that_sell_and_argue() {
    let trade = "My own catering company is now taking bookings for summer weddings, and my price \
                 list is here.";
    posted(trade, Permit, &["7.2.3.a"]);
    posted(
        "Which catering companies hold a food hygiene rating of five?",
        Permit,
        &[],
    );
    let vote =
        "Vote Labour on Thursday and help us win this seat: join our campaign on the doorstep.";
    posted(vote, Permit, &["7.2.9"]);
    posted("Polling stations open at seven on Thursday.", Permit, &[]);
}

#[test]
pub(crate) fn tills() {
    let till = form(
        "site.test",
        &[
            ("card_number", "4111 1111 1111 1111"),
            ("expiry", "03/29"),
            ("cvv", "123"),
        ],
    );
    check_web(&WALSALL, ANN, &till, Refuse, &["7.5.1.a", "7.5.2"]);
    let library = form(
        "site.test",
        &[("library_card_no", "4812"), ("renew", "all")],
    );
    check_web(&WALSALL, ANN, &library, Permit, &[]);
}

#[test]
pub(crate) fn malicious_code() {
    let file = |bytes: &[u8]| download("application/octet-stream", "notes.dat", bytes);
    fetched(&file(&eicar()), Refuse, &["7.4.5.a"]);
    fetched(&file(b"Nothing to see in here."), Permit, &[]);
    let post = form(
        "site.test",
        &[("file", &String::from_utf8(eicar()).unwrap())],
    );
    check_web(&WALSALL, ANN, &post, Permit, &[]);
    let post = crate::letter::upload(
        "site.test",
        "notes.dat",
        "application/octet-stream",
        &eicar(),
    );
    check_web(&WALSALL, ANN, &post, Refuse, &["7.2.15"]);
    let post = crate::letter::upload("site.test", "notes.txt", "text/plain", b"Nothing in here.");
    check_web(&WALSALL, ANN, &post, Permit, &[]);
}

#[test]
pub(crate) fn what_cannot_be_checked() {
    let archive = |bytes: &[u8]| download("application/zip", "files.zip", bytes);
    let mut deep = b"Monday: Ann.".to_vec();
    let mut name = "rota.txt";
    for _ in 0..12 {
        deep = zip(&[(name, &deep)], false);
        name = "files.zip";
    }
    fetched(&archive(&deep), Refuse, &["7.4.5.a"]);
    let rota: [(&str, &[u8]); 1] = [("rota.txt", b"Monday: Ann.")];
    fetched(&archive(&zip(&rota, true)), Refuse, &["7.4.5.a"]);
    fetched(&archive(&zip(&rota, false)), Permit, &[]);
    let locked_inside = zip(&[("files.zip", &zip(&rota, true))], false);
    fetched(&archive(&locked_inside), Refuse, &["7.4.5.a"]);
    let program = zip(&[("setup.exe", &program())], false);
    fetched(&archive(&program), Refuse, &["7.4.2", "7.4.5.b"]);
}

#[test]
pub(crate) fn offensive_downloads() {
    let word = |text| {
        let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        download(kind, "text.docx", &docx(&[text]))
    };
    let women = "Women cannot manage anything, they belong in the kitchen.";
    fetched(&word(women), Refuse, &["7.2.4", "7.4.7.b"]);
    let foreign = "Go back to your own country, you dirty foreigner.";
    fetched(&word(foreign), Refuse, &["4.1.2.h", "7.2.4", "7.4.7.b"]);
    let old = "She is a senile old bat and should be put out to grass.";
    fetched(&word(old), Refuse, &["7.4.7.b"]);
    fetched(
        &word("Women manage two thirds of the market stalls."),
        Permit,
        &[],
    );
    fetched(&word("She is 84 and lives in Mill Street."), Permit, &[]);
}
