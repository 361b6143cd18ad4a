#![allow(clippy::unwrap_used)]

use matters::hold::{Hold, State};
use matters::id::MatterId;

use crate::testing::{Browser, Council};

/// A hold over the officer's mail with a court; gives the reference.
async fn placed(browser: &mut Browser) -> MatterId {
    browser.get("/holds").await.says("There are none.");
    browser.follow("Place a hold").await.is(200);
    let nothing = browser.send(&[("who", "nobody")]).await;
    assert_eq!(
        nothing.is(422).errors(),
        ["There is nobody else by this name, number or address"]
    );
    browser
        .send(&[("who", "officer")])
        .await
        .says("How much of it");
    assert_eq!(browser.send(&[]).await.is(422).errors().len(), 1);
    browser.send(&[("which", "part")]).await.says("Which of it");
    assert_eq!(browser.send(&[]).await.is(422).errors().len(), 1);
    let wrong = [
        ("address", "the court"),
        ("from-day", "2"),
        ("from-month", "3"),
        ("from-year", "2027"),
        ("until-day", "1"),
        ("until-month", "3"),
        ("until-year", "2027"),
    ];
    assert_eq!(browser.send(&wrong).await.is(422).errors().len(), 2);
    let right = [
        ("address", "Court.example.org"),
        ("from-day", "2"),
        ("from-month", "3"),
        ("from-year", "2027"),
    ];
    browser
        .send(&right)
        .await
        .says("Why does it have to be kept?");
    let shown = browser.send(&[("reason", "The <b>court</b> asked")]).await;
    shown
        .says("Check your answers")
        .says("From 2 March 2027")
        .says("The <b>court</b> asked");
    let shown = browser.send(&[]).await;
    MatterId::from(shown.is(200).address.rsplit('/').next().unwrap())
}

async fn act(browser: &mut Browser, page: &str, label: &str, reason: &str) {
    browser.get(page).await.is(200);
    browser.follow(label).await.is(200);
    assert_eq!(browser.send(&[]).await.is(422).errors().len(), 1);
    browser.send(&[("reason", reason)]).await.is(200);
}

async fn state(council: &Council, id: &MatterId) -> State {
    council.store.matter::<Hold>(id).await.unwrap().matter.state
}

#[tokio::test]
async fn a_hold_ends_when_those_who_placed_it_and_legal_agree() {
    let council = Council::of("chorley").await;
    let mut officer = council.signed_in("monitoring-officer").await;
    let id = placed(&mut officer).await;
    let page = format!("/holds/{id}");
    officer
        .get(&page)
        .await
        .says("Mail with anybody at court.example.org")
        .says("In effect");
    let mut legal = council.signed_in("legal").await;
    legal.get("/my-position").await.says("A hold was placed");
    let alone = legal.get(&page).await;
    assert!(
        !alone.text().contains("What you can do"),
        "{}",
        alone.text()
    );
    act(&mut officer, &page, "End the hold", "The court has ruled").await;
    assert_eq!(state(&council, &id).await, State::ReleaseProposed);
    act(&mut legal, &page, "Keep the hold", "There is an appeal").await;
    assert_eq!(state(&council, &id).await, State::InEffect);
    act(&mut officer, &page, "End the hold", "The appeal is over").await;
    act(&mut legal, &page, "End the hold", "It is").await;
    assert_eq!(state(&council, &id).await, State::Released);
    officer
        .get("/holds?state=over")
        .await
        .says("Over")
        .says("Officer");
    legal.get(&format!("{page}/release")).await.is(409);
}

#[tokio::test]
async fn nobody_sees_a_hold_over_their_own_mail_and_others_see_none() {
    let council = Council::of("chorley").await;
    let mut legal = council.signed_in("legal").await;
    legal.get("/holds/new").await.is(200);
    legal.send(&[("who", "legal")]).await.is(422);
    legal.send(&[("who", "monitoring-officer")]).await.is(200);
    legal
        .send(&[("which", "all")])
        .await
        .says("Why does it have to be kept?");
    legal.send(&[("reason", "Evidence")]).await.is(200);
    let shown = legal.send(&[]).await;
    let page = shown.is(200).address.clone();
    let mut subject = council.signed_in("monitoring-officer").await;
    subject.get("/holds").await.says("There are none.");
    subject.get(&page).await.is(404);
    let mut officer = council.signed_in("officer").await;
    officer.get("/holds").await.is(403);
    officer.get(&page).await.is(403);
}

#[tokio::test]
async fn a_council_whose_policy_has_no_holds_has_no_such_page() {
    let council = Council::new().await;
    let mut legal = council.signed_in("legal").await;
    legal.get("/holds").await.is(403);
}
