//! From the list to the confirmation, and everything that can go wrong on the way.

#![allow(clippy::unwrap_used)]

use jiff::SignedDuration;
use matters::authority::Delegated;
use matters::event::Act;
use matters::id::{PersonId, PostId, UnitId};

use super::{asked, asked_by, state};
use crate::testing::{Browser, Council, Shown};

/// Chooses a decision on a matter's page.
async fn choose(browser: &mut Browser, id: impl std::fmt::Display, decision: &str) -> Shown {
    browser.get(&format!("/to-decide/{id}")).await.is(200);
    browser.send(&[("decision", decision)]).await
}

#[tokio::test]
async fn a_need_is_confirmed_with_a_check_before_and_a_reference_after() {
    let council = Council::new().await;
    let kept = asked(&council, "officer").await;
    let mut browser = council.signed_in("head-of-service").await;
    let shown = browser.get("/to-decide").await;
    shown
        .is(200)
        .says("Officer")
        .says("Confirm that it is needed")
        .says("Today");
    shown.says("Head of Service for Resources");
    let shown = browser.follow("Email").await;
    shown
        .is(200)
        .says("Answering residents <script>")
        .says("Clauses this rests on");
    browser
        .send(&[])
        .await
        .is(422)
        .says("Choose what you decide");
    let shown = browser.send(&[("decision", "authorise")]).await;
    shown
        .is(200)
        .says("Check your decision")
        .says("Confirm that it is needed");
    let shown = browser.send(&[]).await;
    shown
        .is(200)
        .says("Need confirmed")
        .says(kept.id.as_str())
        .says("awaiting permission");
    let history = council.store.history(&kept.id).await.unwrap();
    let event = history.last().unwrap();
    assert_eq!(event.step, "authorise");
    assert_eq!(event.act.form_sha256.as_ref().unwrap().len(), 64);
    assert_eq!(
        event.authority.as_ref().unwrap().post.as_str(),
        "head-of-service"
    );
    let shown = browser.get("/to-decide").await;
    shown.says("Nothing waits for you");
}

#[tokio::test]
async fn sending_back_needs_a_reason_and_a_clause() {
    let council = Council::new().await;
    let kept = asked(&council, "officer").await;
    let mut browser = council.signed_in("head-of-service").await;
    choose(&mut browser, &kept.id, "return")
        .await
        .says("Which clause does it rest on?");
    let shown = browser.send(&[]).await;
    assert_eq!(
        shown.is(422).errors(),
        ["Enter the reason", "Choose the clause it rests on"]
    );
    let long = "a".repeat(2_001);
    let clause = ("clause", "walsall-5.2.2");
    for (reason, error) in [
        (long.as_str(), "2000 characters or fewer"),
        ("no \u{202e}evil", "U+202E"),
        ("a\u{7}b", "cannot be printed"),
        ("  ", "Enter the reason"),
    ] {
        browser
            .send(&[("reason", reason), clause])
            .await
            .is(422)
            .says(error);
    }
    let other = [("reason", "no"), ("clause", "walsall-9.9.9")];
    browser.send(&other).await.is(422).says("Choose the clause");
    let good = [("reason", "Say which <b>team</b>"), clause];
    let shown = browser.send(&good).await;
    shown.is(200).says("Say which <b>team</b>").says("5.2.2");
    browser.send(&[]).await.is(200).says("Request sent back");
    assert_eq!(state(&council, &kept.id).await, "returned");
    let history = council.store.history(&kept.id).await.unwrap();
    let event = history.last().unwrap();
    assert_eq!(event.act.reason.as_deref(), Some("Say which <b>team</b>"));
    assert!(event.clauses.contains(&"walsall-5.2.2".to_owned()));
}

#[tokio::test]
async fn what_is_not_ones_own_to_decide_is_not_there() {
    let council = Council::new().await;
    let kept = asked(&council, "officer").await;
    council
        .signed_in("officer")
        .await
        .get("/to-decide")
        .await
        .is(403);
    let mut browser = council.signed_in("other-head-of-service").await;
    browser
        .get("/to-decide")
        .await
        .is(200)
        .says("Nothing waits for you");
    browser
        .get(&format!("/to-decide/{}", kept.id))
        .await
        .is(404);
    browser
        .get(&format!("/to-decide/{}/done", kept.id))
        .await
        .is(404);
    for nothing in [
        "AR-0000-0000",
        "XX-1",
        "PE-0000-0000",
        "ar-1",
        "AR-%00",
        "%2e%2e",
    ] {
        browser.get(&format!("/to-decide/{nothing}")).await.is(404);
    }
}

#[tokio::test]
async fn what_one_may_see_and_not_do_is_refused() {
    let council = Council::new().await;
    let kept = asked(&council, "officer").await;
    let mut head = council.signed_in("head-of-service").await;
    head.get(&format!("/to-decide/{}", kept.id)).await;
    let (_, fields) = head.filled(&[("decision", "authorise")]);
    let version = fields
        .iter()
        .find(|(name, _)| name == "version")
        .unwrap()
        .1
        .clone();
    // The manager sees their team's request and decides nothing about it.
    let mut manager = council.signed_in("manager").await;
    let address = format!("/to-decide/{}", kept.id);
    let shown = manager.get(&address).await;
    shown.is(200).says("nothing for you to decide");
    let token = shown
        .html
        .all("input")
        .next()
        .unwrap()
        .attribute("value")
        .to_owned();
    let post = [
        ("form_token", token.as_str()),
        ("version", &version),
        ("decision", "authorise"),
    ];
    let post = post.map(|(name, value)| (name.to_owned(), value.to_owned()));
    manager
        .post(&address, &post)
        .await
        .is(403)
        .says("You cannot do this");
    assert_eq!(state(&council, &kept.id).await, "awaiting-authorisation");
}

#[tokio::test]
async fn somebody_elses_unfinished_decision_is_not_there() {
    let council = Council::new().await;
    let kept = asked(&council, "officer").await;
    let mut head = council.signed_in("head-of-service").await;
    let address = choose(&mut head, &kept.id, "authorise").await.address;
    let mut director = council.signed_in("executive-director").await;
    director.get(&address).await.is(404);
    let other = asked(&council, "colleague").await;
    let elsewhere = address.replace(kept.id.as_str(), other.id.as_str());
    head.get(&elsewhere).await.is(404);
}

#[tokio::test]
async fn whoever_is_slower_is_told_so() {
    let council = Council::new().await;
    let kept = asked(&council, "officer").await;
    let mut head = council.signed_in("head-of-service").await;
    choose(&mut head, &kept.id, "authorise").await.is(200);
    let mut director = council.signed_in("executive-director").await;
    choose(&mut director, &kept.id, "authorise").await.is(200);
    let mut late = council.signed_in("assistant-director").await;
    late.get(&format!("/to-decide/{}", kept.id)).await.is(200);
    director.send(&[]).await.is(200).says("Need confirmed");
    head.send(&[])
        .await
        .is(409)
        .says("Somebody else was quicker");
    late.send(&[("decision", "refuse")]).await.is(409);
    assert_eq!(state(&council, &kept.id).await, "awaiting-permission");
}

#[tokio::test]
async fn a_decision_sent_twice_counts_once() {
    let council = Council::new().await;
    let kept = asked(&council, "officer").await;
    let mut head = council.signed_in("head-of-service").await;
    choose(&mut head, &kept.id, "authorise").await.is(200);
    let (address, fields) = head.filled(&[]);
    head.post(&address, &fields)
        .await
        .is(200)
        .says("Need confirmed");
    head.post(&address, &fields)
        .await
        .is(200)
        .says("Need confirmed");
    head.get(&address).await.is(404).says("no longer kept");
    let history = council.store.history(&kept.id).await.unwrap();
    let authorised = history.iter().filter(|event| event.step == "authorise");
    assert_eq!(authorised.count(), 1);
}

#[tokio::test]
async fn anothers_authority_is_said_in_full() {
    let council = Council::new().await;
    let kept = asked(&council, "officer").await;
    let now = council.console.now();
    let head = PersonId::from("head-of-service");
    let given = Delegated {
        reference: "D-17".to_owned(),
        post: PostId::from("head-of-service"),
        unit: Some(UnitId::from("resources")),
        by: head.clone(),
        to: PersonId::from("colleague"),
        from: now,
        until: now + SignedDuration::from_hours(48),
    };
    council
        .store
        .delegate(given, &Act::by(&head, now))
        .await
        .unwrap();
    let mut browser = council.signed_in("colleague").await;
    let words = "on behalf of Head Of Service (written delegation D-17)";
    browser.get("/to-decide").await.says(words);
    choose(&mut browser, &kept.id, "authorise")
        .await
        .says(words);
    browser.send(&[]).await.says("Need confirmed").says(words);
    council.wait_minutes(49 * 60);
    let mut browser = council.signed_in("colleague").await;
    browser.get("/to-decide").await.is(403);
}

#[tokio::test]
async fn nobody_decides_what_they_asked_for_and_the_alternate_stands_in() {
    let council = Council::new().await;
    let own = asked(&council, "assistant-director-it").await;
    let mut head = council.signed_in("head-of-service").await;
    choose(&mut head, &own.id, "authorise").await.is(200);
    head.send(&[]).await.says("Need confirmed");
    let mut it = council.signed_in("assistant-director-it").await;
    it.get("/to-decide").await.says("Nothing waits for you");
    let mut chief = council.signed_in("chief-executive").await;
    chief
        .get("/to-decide")
        .await
        .says("Permit it")
        .says("Chief Executive");
    choose(&mut chief, &own.id, "permit").await.is(200);
    chief.send(&[]).await.says("Access permitted");
    // Only in that matter: others are the post's own to permit.
    let others = asked_by(&council, "manager", "officer", "email").await;
    choose(&mut head, &others.id, "authorise").await.is(200);
    head.send(&[]).await.says("Need confirmed");
    chief.get("/to-decide").await.says("Nothing waits for you");
}
