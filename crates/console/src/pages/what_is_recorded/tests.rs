#![allow(clippy::unwrap_used)]

use matters::event::{Act, Actor};
use matters::held_mail::{GATE, HeldMail, Step};

use crate::testing::Council;

#[tokio::test]
async fn everybody_is_told_what_is_kept_by_which_clauses_and_who_may_look() {
    let council = Council::of("halton").await;
    for person in ["officer", "councillor", "chief-internal-auditor"] {
        let shown = council
            .signed_in(person)
            .await
            .get("/what-is-recorded")
            .await;
        shown
            .is(200)
            .says("Not its subject, text or attachments")
            .says("halton-3.2.3")
            .says("Divisional Manager")
            .says("Nobody has read a held message of yours")
            .says("There are no figures about you yet");
    }
    let silent = Council::of("chorley").await;
    let mut browser = silent.signed_in("officer").await;
    browser
        .get("/what-is-recorded")
        .await
        .says("No clause of the policy speaks of it")
        .says("chorley-13.b");
}

#[tokio::test]
async fn figures_are_ones_own_and_of_the_month_that_is_asked_for() {
    let council = Council::new().await;
    council.used("officer", 0, 3).await;
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get("/what-is-recorded?month=1999-01").await;
    shown.is(200).says("Your own use, March 2027").says("£0.51");
    for person in ["colleague", "manager", "chief-internal-auditor"] {
        let mut browser = council.signed_in(person).await;
        let shown = browser.get("/what-is-recorded").await;
        shown.is(200).says("There are no figures about you yet");
    }
}

#[tokio::test]
async fn whoever_read_a_held_message_is_told_by_post_and_not_why() {
    let council = Council::new().await;
    let now = council.console.now();
    let opening = serde_json::json!({
        "copy": "gate/7-0", "entry": 7, "at": now, "sent": true, "person": "officer",
        "mail_from": "officer@council.example", "recipients": ["x@example.com"], "subject": "Lunch",
        "clauses": ["walsall-6.3.1"], "sha256": "ab".repeat(32),
        "findings": [{ "label": "insult", "confidence": "high", "words": "you old goat" }],
    });
    let gate = Act::of(Actor::Rule(GATE.to_owned()), now);
    let opening = serde_json::from_value(opening).unwrap();
    let opened = council.store.open_matter::<HeldMail>(opening, &gate).await;
    let desk = Act::by(&"service-desk".into(), now).because("Is it meant so?");
    let id = opened.unwrap().id;
    let read = council.store.take::<HeldMail>(&id, None, Step::Read, &desk);
    read.await.unwrap();
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get("/what-is-recorded").await;
    shown
        .is(200)
        .says("a held message of yours was read by the");
    assert!(!shown.text().contains("Is it meant so?"));
    let mut browser = council.signed_in("colleague").await;
    let shown = browser.get("/what-is-recorded").await;
    shown.says("Nobody has read a held message of yours");
}
