#![allow(clippy::unwrap_used, clippy::panic)]

use matters::id::{MatterId, PersonId};
use matters::sign_in_misuse::{SignInMisuse, State};
use register::workstations::Workstations;
use register_store::matters_kept::{Filter, Kept};
use register_store::signing_in::account::Whose;

use crate::testing::{Browser, Council, PASSWORD, Shown};

/// Gives a name and a password at the sign-in page.
async fn tries(browser: &mut Browser, name: &str, password: &str) -> Shown {
    browser.get("/sign-in").await.is(200);
    let fields = [("name", name), ("password", password)];
    browser.send(&fields).await
}

async fn all(council: &Council, who: &str) -> Vec<Kept<SignInMisuse>> {
    let filter = Filter {
        subject: Some(PersonId::from(who)),
        ..Filter::default()
    };
    let page = council.store.matters::<SignInMisuse>(&filter).await;
    page.unwrap().items
}

async fn fails(council: &Council, who: &str, times: usize) {
    let mut browser = council.browser();
    for _ in 0..times {
        // Pauses grow with each failure.
        council.wait_minutes(2);
        tries(&mut browser, who, "not my password").await.is(422);
    }
}

/// Walsall 4.1.2: ten wrong passwords under one name within an hour are looked into by the desk, under
/// the clause of the Act, and whoever's name it was is told and says that it was not them.
#[tokio::test]
async fn ten_wrong_passwords_become_an_incident_and_are_held_against_nobody() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    fails(&council, "officer", 9).await;
    assert!(all(&council, "officer").await.is_empty());
    fails(&council, "officer", 1).await;
    let found = all(&council, "officer").await;
    let [found] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(found.matter.seen.count, 10);
    let history = council.store.history(&found.id).await.unwrap();
    assert_eq!(history[0].clauses, ["walsall-4.1.2.i"]);

    let mut officer = council.signed_in("officer").await;
    officer
        .get("/my-position")
        .await
        .says("Your sign-in was tried or used where it seems not to have been you");
    officer.get("/my-sign-ins").await.says("Was this you?");
    let shown = officer.follow("Many failed sign-ins").await;
    shown.says("Nobody holds it against you").says("127.0.0.1");
    assert!(!shown.text().contains("Whose computer"));
    let nothing = officer.send(&[]).await;
    assert_eq!(nothing.is(422).errors(), ["Select whether it was you"]);
    officer
        .send(&[("was_me", "no")])
        .await
        .says("The service desk knows");

    let mut desk = council.signed_in("service-desk").await;
    desk.get("/work-list").await.says("Look into sign-ins");
    desk.get("/misuse-of-sign-ins").await.says("Officer");
    let page = format!("/misuse-of-sign-ins/{}", found.id);
    desk.get(&page).await.says("No, they say");
    let empty = desk.send(&[("finding", "")]).await;
    assert_eq!(empty.is(422).errors(), ["Enter what came of it"]);
    desk.get(&page).await.is(200);
    desk.send(&[("finding", "A telephone had the old password")])
        .await
        .says("Answered");
    officer
        .get("/my-position")
        .await
        .says("The use of your sign-in was looked into");
    officer
        .get(&format!("/my-sign-ins/{}", found.id))
        .await
        .says("A telephone had the old password");
    let closed = council.store.matter::<SignInMisuse>(&found.id).await;
    assert_eq!(closed.unwrap().matter.state, State::Closed);
}

/// Whoever remembers their password in the end was mistyping it.
#[tokio::test]
async fn mistyping_is_forgiven_by_the_right_password() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    for _ in 0..3 {
        fails(&council, "officer", 4).await;
        council.wait_minutes(2);
        let mut browser = council.browser();
        tries(&mut browser, "officer", PASSWORD)
            .await
            .says("My position");
    }
    assert!(all(&council, "officer").await.is_empty());
}

/// Walsall 5.3.2: the name of one used at the computer of another, let in or not.
#[tokio::test]
async fn a_name_at_anothers_computer_becomes_an_incident() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    let (computers, wrong) = Workstations::read("127.0.0.1,colleague,fixed");
    assert_eq!(wrong, [""; 0]);
    council.store.set_workstations(computers);
    let mut browser = council.browser();
    tries(&mut browser, "officer", PASSWORD)
        .await
        .says("My position");
    let found = all(&council, "officer").await;
    let [found] = &found[..] else {
        panic!("{found:?}");
    };
    assert!(found.matter.let_in);
    let history = council.store.history(&found.id).await.unwrap();
    let clauses = ["walsall-5.3.2.a", "walsall-4.1.2.i"];
    assert_eq!(history[0].clauses, clauses);
    let page = format!("/misuse-of-sign-ins/{}", found.id);
    let mut desk = council.signed_in("service-desk").await;
    desk.get(&page)
        .await
        .says("Given to Colleague")
        .says("Who sat before it nobody knows");
    // The colleague at their own computer is nobody's concern, and sees nothing of it.
    let mut colleague = council.signed_in("colleague").await;
    assert!(all(&council, "colleague").await.is_empty());
    colleague.get(&page).await.is(403);
    colleague
        .get(&format!("/my-sign-ins/{}", found.id))
        .await
        .is(404);
}

#[tokio::test]
async fn nobody_elses_is_shown_and_no_reference_can_be_tried_out() {
    let council = Council::new().await;
    let mut officer = council.signed_in("officer").await;
    officer.get("/misuse-of-sign-ins").await.is(403);
    officer.get("/my-sign-ins/MS-0000-0000").await.is(404);
    let mut audit = council.signed_in("chief-internal-auditor").await;
    audit.get("/misuse-of-sign-ins").await.is(200);
    let id = MatterId::from("MS-0000-0000");
    audit
        .get(&format!("/misuse-of-sign-ins/{id}"))
        .await
        .is(404);
}
