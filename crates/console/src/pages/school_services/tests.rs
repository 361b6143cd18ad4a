#![allow(clippy::unwrap_used)]

use matters::id::MatterId;
use matters::school_services::{SchoolServices, State};

use crate::testing::{Browser, Council, Shown};

const DIRECTOR: &str = "assistant-director-it";

/// A concern about the officer's school; gives the reference.
async fn raised(browser: &mut Browser, when: &str) -> MatterId {
    browser
        .get("/school-services")
        .await
        .says("There are none.");
    browser.follow("Raise a concern").await.is(200);
    let nothing = browser.send(&[]).await;
    assert_eq!(nothing.is(422).errors(), ["Select a school"]);
    browser
        .send(&[("school", "resources")])
        .await
        .says("Which services");
    browser.send(&[("services", "internet")]).await.says("wait");
    browser.send(&[("when", when)]).await.says("What happened?");
    let shown = browser
        .send(&[("reason", "A game server <b>runs</b>")])
        .await;
    shown.is(200).says("Before you go on").says("Resources");
    browser
        .follow("Continue")
        .await
        .says("Check your answers")
        .says("A game server <b>runs</b>");
    let shown = browser.send(&[]).await;
    MatterId::from(shown.is(200).address.rsplit('/').next().unwrap())
}

async fn act(browser: &mut Browser, label: &str, reason: &str) -> Shown {
    browser.follow(label).await.is(200);
    if browser
        .last
        .as_ref()
        .unwrap()
        .text()
        .contains("Do not go on")
    {
        browser.follow("Continue").await.is(200);
    }
    let nothing = browser.send(&[]).await;
    assert_eq!(nothing.is(422).errors().len(), 1);
    browser.send(&[("reason", reason)]).await
}

async fn state(council: &Council, id: &MatterId) -> State {
    let kept = council.store.matter::<SchoolServices>(id).await;
    kept.unwrap().matter.state
}

#[tokio::test]
async fn governors_are_heard_and_services_withdrawn_and_given_back() {
    let council = Council::new().await;
    let mut director = council.signed_in(DIRECTOR).await;
    let id = raised(&mut director, "heard").await;
    let page = format!("/school-services/{id}");
    let mut governor = council.signed_in("governor").await;
    governor
        .get("/my-position")
        .await
        .says("A concern about your school");
    governor.get(&page).await.says("A game server");
    act(&mut governor, "Answer for the school", "It is gone")
        .await
        .says("The governors have answered");
    let only = governor.get(&page).await;
    assert!(!only.text().contains("What you can do"), "{}", only.text());
    director.get(&page).await.says("It is gone");
    act(&mut director, "Withdraw the services", "It is back")
        .await
        .says("Withdrawn");
    assert_eq!(state(&council, &id).await, State::Withdrawn);
    director.get("/school-services").await.says("Resources");
    act_on(&mut director, &page, "Give the services back").await;
    assert_eq!(state(&council, &id).await, State::Restored);
    director
        .get("/school-services?state=over")
        .await
        .says("Given back");
    governor
        .get("/my-position")
        .await
        .says("Your school has its central services again");
    director.get(&format!("{page}/restore")).await.is(409);
}

async fn act_on(browser: &mut Browser, page: &str, label: &str) {
    browser.get(page).await.is(200);
    act(browser, label, "They have shown that it is over").await;
}

#[tokio::test]
async fn what_cannot_wait_is_withdrawn_at_once() {
    let council = Council::new().await;
    let mut director = council.signed_in(DIRECTOR).await;
    let id = raised(&mut director, "at-once").await;
    assert_eq!(state(&council, &id).await, State::Withdrawn);
}

#[tokio::test]
async fn nobody_else_sees_any_of_it() {
    let council = Council::new().await;
    let mut director = council.signed_in(DIRECTOR).await;
    let id = raised(&mut director, "heard").await;
    let mut officer = council.signed_in("officer").await;
    officer.get("/school-services").await.is(403);
    officer.get(&format!("/school-services/{id}")).await.is(403);
    let mut governor = council.signed_in("governor").await;
    governor.get("/school-services/new").await.is(403);
    governor
        .get(&format!("/school-services/{id}/drop"))
        .await
        .is(403);
}
