//! Mail that comes in (sections 6.3, 6.4, 6.6 and 6.7).

use policy::decision::Outcome::{self, Hold, Permit};

use super::sending::{ME, RESIDENT};
use crate::letter::{Mail, eicar, mail, program, zip};
use crate::town::{WALSALL, Who, check};

fn to_me(text: &str) -> Mail {
    mail(RESIDENT, ME, "Hello", text)
}

#[track_caller]
fn received(mail: &Mail, outcome: Outcome, clauses: &[&str]) {
    check(&WALSALL, Who::Stranger, mail, outcome, clauses);
}

#[test]
pub(crate) fn inappropriate_mail() {
    let women = "Women cannot manage anything, they belong in the kitchen.";
    received(&to_me(women), Hold, &["6.3.1"]);
    received(
        &to_me("Go back to your own country, you dirty foreigner."),
        Hold,
        &["4.1.2.h", "6.3.1"],
    );
    let chain = "Send this on to ten friends within the hour and you will have good luck. Break \
                 the chain and something bad will happen.";
    received(&to_me(chain), Hold, &["6.3.1"]);
    received(
        &to_me("Two thirds of the market stalls are managed by women, says the paper."),
        Permit,
        &[],
    );
    // An angry resident is no reason to keep a letter back.
    received(
        &to_me("You are a useless idiot, my bins are still full."),
        Permit,
        &[],
    );
    // Nor is any word in a request for information.
    let request = format!(
        "{women} Under the Freedom of Information Act please provide the pay of all your managers."
    );
    received(&to_me(&request), Permit, &["6.7.2.b"]);
}

#[test]
pub(crate) fn offers_and_spam() {
    let offer = "Limited time offer! Save up to 70% off ink cartridges. Order now, this week only. \
                 Click here, or unsubscribe from future offers.";
    received(&to_me(offer), Permit, &["6.3.2"]);
    received(
        &to_me("The ink you ordered for the library comes on Friday."),
        Permit,
        &[],
    );
    let request = "Under the Freedom of Information Act please provide the number of parking \
                   fines issued in 2025.";
    let spam = |text| to_me(text).field("X-Spam-Flag: YES");
    received(
        &spam("See you on Friday at the meeting."),
        Permit,
        &["6.3.2"],
    );
    received(&spam(request), Permit, &["6.7.2.b"]);
}

#[test]
pub(crate) fn requests_for_information() {
    received(
        &to_me(
            "Under the Freedom of Information Act please provide the number of fines issued in 2025.",
        ),
        Permit,
        &["6.7.2.b"],
    );
    received(
        &to_me(
            "Please could you tell me under the Environmental Information Regulations how much salt the council used last winter?",
        ),
        Permit,
        &["6.7.2.b"],
    );
    received(
        &to_me(
            "I would like to make a subject access request for a copy of all records you hold about me.",
        ),
        Permit,
        &["6.7.2.b"],
    );
    received(
        &to_me("Please could you tell me when the library opens on Monday?"),
        Permit,
        &[],
    );
    received(
        &to_me("Thank you for the answer to my freedom of information request."),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn shops_and_private_matters() {
    let order = "Thank you for your order. Order number 48213. Order total £24.99, paid with card \
                 ending 4821. Delivery address: 3 Hill Road. Track your parcel here.";
    let shared = |text| mail(RESIDENT, "housing@council.example", "Hello", text);
    received(&to_me(order), Permit, &["6.6.2"]);
    received(&shared(order), Permit, &["6.4.2.c"]);
    let listed = "Please confirm your subscription to our newsletter. Click the link below; if \
                  you did not sign up, ignore this email.";
    received(&shared(listed), Permit, &["6.4.2.c"]);
    let private =
        "Hi sis, the flights are booked and I can't wait for our holiday. Lots of love xx";
    received(&shared(private), Permit, &["6.4.2.c"]);
    let work = "The order of the court was made on Monday; the tenant has 14 days.";
    received(&shared(work), Permit, &[]);
    received(&to_me(work), Permit, &[]);
}

#[test]
pub(crate) fn formal_documents_and_passwords() {
    let deed = "This agreement is made between the Council and the Tenant. It is hereby agreed as \
                follows: the Tenant shall pay the rent. This agreement is governed by the law of \
                England. In witness whereof the parties hereto have signed as a deed.";
    received(&to_me(deed), Hold, &["6.8.a"]);
    received(&to_me("When will I get my tenancy agreement?"), Permit, &[]);
    received(&to_me("Your password is Tulip-48."), Permit, &["5.3.4"]);
    received(
        &to_me("I have forgotten the password of my council tax account."),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn files_that_do_harm() {
    let file = |name, kind, bytes| to_me("As promised.").with(name, kind, bytes);
    let bytes = "application/octet-stream";
    received(&file("notes.dat", bytes, eicar()), Hold, &["6.3.3.b"]);
    received(
        &file("notes.dat", bytes, b"Nothing to see in here.".to_vec()),
        Permit,
        &[],
    );
    let packed = |name, content: &[u8], locked| {
        let archive = zip(&[(name, content)], locked);
        file("files.zip", "application/zip", archive)
    };
    received(&packed("notes.dat", &eicar(), false), Hold, &["6.3.3.b"]);
    received(&packed("setup.exe", &program(), false), Hold, &["6.3.3.b"]);
    // A program is one whatever it calls itself.
    received(&packed("rota.txt", &program(), false), Hold, &["6.3.3.b"]);
    received(&packed("rota.txt", b"Monday: Ann.", false), Permit, &[]);
    received(
        &packed("rota.txt", b"Monday: Ann.", true),
        Hold,
        &["6.3.3.a"],
    );
}
