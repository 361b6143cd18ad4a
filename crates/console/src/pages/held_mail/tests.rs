#![allow(clippy::unwrap_used)]

use matters::allowed_words::AllowedWords;
use matters::event::{Act, Actor};
use matters::held_mail::{Found, GATE, HeldMail, Opening, State};
use register_store::matters_kept::{Filter, Kept};

use crate::testing::{Browser, Council};

fn opening(label: &str) -> Opening {
    Opening {
        copy: "gate/7-0".to_owned(),
        entry: 7,
        at: crate::testing::NOW.parse().unwrap(),
        sent: true,
        person: Some("officer".into()),
        others: vec!["colleague".into()],
        mail_from: "officer@council.example".to_owned(),
        recipients: vec!["x@example.com".to_owned()],
        subject: "<b>Lunch</b>".to_owned(),
        clauses: vec!["walsall-6.3.1".to_owned()],
        findings: vec![Found {
            label: label.to_owned(),
            confidence: "high".to_owned(),
            words: "you old goat".to_owned(),
        }],
        sha256: "ab".repeat(32),
    }
}

async fn held(council: &Council, opening: Opening) -> Kept<HeldMail> {
    let act = Act::of(Actor::Rule(GATE.to_owned()), council.console.now());
    let opened = council.store.open_matter::<HeldMail>(opening, &act);
    opened.await.unwrap()
}

async fn now(council: &Council, kept: &Kept<HeldMail>) -> HeldMail {
    council
        .store
        .matter::<HeldMail>(&kept.id)
        .await
        .unwrap()
        .matter
}

/// Decides as somebody, up to the confirmation.
async fn decide(browser: &mut Browser, kept: &Kept<HeldMail>, decision: &str, verdict: &str) {
    browser.get("/held-mail").await.is(200);
    let address = format!("/held-mail/{}", kept.id);
    browser.get(&address).await.is(200).says("you old goat");
    browser.follow("Decide").await.is(200);
    let fields = [
        ("decision", decision),
        ("verdict-0", verdict),
        ("reason", "I have looked at it"),
    ];
    browser
        .send(&fields)
        .await
        .is(200)
        .says("Check your decision");
    browser.send(&[]).await.is(200).says("What happens next");
}

#[tokio::test]
async fn two_people_release_words_and_wrong_ones_are_allowed_from_then_on() {
    let council = Council::new().await;
    let kept = held(&council, opening("insult")).await;
    let mut desk = council.signed_in("service-desk").await;
    decide(&mut desk, &kept, "release", "wrong").await;
    assert_eq!(now(&council, &kept).await.state, State::SecondNeeded);
    // Not twice the same person.
    let again = desk.get(&format!("/held-mail/{}/decide", kept.id)).await;
    again.is(403);
    let mut director = council.signed_in("assistant-director-it").await;
    decide(&mut director, &kept, "release", "wrong").await;
    let held = now(&council, &kept).await;
    assert_eq!(held.state, State::Released);
    let all = Filter::default();
    let allowed = council.store.matters::<AllowedWords>(&all).await;
    let allowed = allowed.unwrap().items;
    assert_eq!(allowed.len(), 1);
    let document = council.store.document(Default::default());
    assert_eq!(document.allowed[0].words, "you old goat");
    director
        .get("/held-mail/allowed-words")
        .await
        .says("you old goat");
    director.follow("you old goat").await.is(200);
    let empty = director.send(&[("reason", "")]).await;
    assert_eq!(
        empty.is(422).errors(),
        ["Enter why these words count again"]
    );
    director
        .send(&[("reason", "It is an insult after all")])
        .await
        .says("Ended");
    assert!(
        council
            .store
            .document(Default::default())
            .allowed
            .is_empty()
    );
}

#[tokio::test]
async fn a_finding_without_a_verdict_and_a_decision_without_a_reason_are_asked_for() {
    let council = Council::new().await;
    let kept = held(&council, opening("insult")).await;
    let mut desk = council.signed_in("service-desk").await;
    desk.get(&format!("/held-mail/{}/decide", kept.id))
        .await
        .is(200);
    let shown = desk
        .send(&[
            ("decision", "release"),
            ("verdict-0", "maybe"),
            ("reason", " "),
        ])
        .await;
    assert_eq!(
        shown.is(422).errors(),
        ["Choose whether “insult” is right", "Enter why"]
    );
    let shown = desk.send(&[("decision", "burn")]).await;
    assert_eq!(shown.is(422).errors()[0], "Choose what is to become of it");
    assert_eq!(now(&council, &kept).await.state, State::Held);
}

#[tokio::test]
async fn one_person_keeps_it_back_and_those_it_concerns_see_so() {
    let council = Council::new().await;
    let kept = held(&council, opening("insult")).await;
    let mut desk = council.signed_in("service-desk").await;
    decide(&mut desk, &kept, "reject", "right").await;
    let mut officer = council.signed_in("officer").await;
    officer
        .get("/held-mail")
        .await
        .is(200)
        .says("Does not go on");
}

#[tokio::test]
async fn evidence_is_kept_and_nobody_it_concerns_is_told_of_it() {
    let council = Council::new().await;
    let kept = held(&council, opening("insult")).await;
    let mut desk = council.signed_in("service-desk").await;
    decide(&mut desk, &kept, "seal", "").await;
    assert_eq!(now(&council, &kept).await.state, State::Sealed);
    let mut officer = council.signed_in("officer").await;
    let shown = officer.get(&format!("/held-mail/{}", kept.id)).await;
    shown.is(200).says("Does not go on");
    assert!(!shown.text().contains("evidence"));
}

#[tokio::test]
async fn its_writer_asks_for_it_once_and_decides_nothing() {
    let council = Council::new().await;
    let kept = held(&council, opening("insult")).await;
    let mut officer = council.signed_in("officer").await;
    officer
        .get("/held-mail")
        .await
        .is(200)
        .says("Waits for a decision");
    officer.follow("<b>Lunch</b>").await.says("you old goat");
    officer.follow("Ask for it to go on").await.is(200);
    let empty = officer.send(&[("reason", "")]).await;
    assert_eq!(empty.is(422).errors(), ["Enter why it should go on"]);
    officer
        .send(&[("reason", "It is what we call him")])
        .await
        .says("Somebody has asked");
    for page in ["decide", "read", "message"] {
        let address = format!("/held-mail/{}/{page}", kept.id);
        officer.get(&address).await.is(403);
    }
    let mut desk = council.signed_in("service-desk").await;
    desk.get(&format!("/held-mail/{}", kept.id))
        .await
        .says("It is what we call him");
}

#[tokio::test]
async fn a_recipient_sees_that_it_waits_and_not_what_was_found_in_anothers_words() {
    let council = Council::new().await;
    let kept = held(&council, opening("insult")).await;
    let mut colleague = council.signed_in("colleague").await;
    let shown = colleague.get(&format!("/held-mail/{}", kept.id)).await;
    shown.is(200).says("Lunch");
    assert!(!shown.text().contains("old goat"), "{}", shown.text());
}

#[tokio::test]
async fn to_anybody_else_it_does_not_exist() {
    let council = Council::new().await;
    let kept = held(&council, opening("insult")).await;
    let legal = held(
        &council,
        Opening {
            copy: "gate/8-0".to_owned(),
            ..opening("legal-document")
        },
    )
    .await;
    for (who, kept) in [
        ("councillor", &kept),
        ("legal", &kept),
        ("foi-officer", &kept),
        ("service-desk", &legal),
    ] {
        let mut browser = council.signed_in(who).await;
        browser
            .get(&format!("/held-mail/{}", kept.id))
            .await
            .is(404);
        let list = browser.get("/held-mail").await;
        assert!(!list.is(200).text().contains(kept.id.as_str()), "{who}");
    }
    let mut stranger = council.signed_in("councillor").await;
    stranger.get("/held-mail/allowed-words").await.is(403);
    stranger.get("/held-mail/HM-0000-0000").await.is(404);
}

#[tokio::test]
async fn the_message_itself_is_read_with_a_reason_that_stays_on_the_record() {
    let council = Council::new().await;
    let kept = held(&council, opening("insult")).await;
    let address = format!("/held-mail/{}", kept.id);
    let mut desk = council.signed_in("service-desk").await;
    // Not without a word.
    desk.get(&format!("{address}/message"))
        .await
        .says("You are about to read somebody’s message");
    let empty = desk.send(&[("reason", "")]).await;
    assert_eq!(empty.is(422).errors(), ["Enter why you have to read it"]);
    let shown = desk
        .send(&[("reason", "The finding alone does not say")])
        .await;
    shown
        .is(200)
        .says("<b>you old goat</b>")
        .says("plan.pdf")
        .says("There is more");
    let held = now(&council, &kept).await;
    assert_eq!(held.read.len(), 1);
    let history = council.store.history(&kept.id).await.unwrap();
    assert_eq!(history.last().unwrap().step, "read");
    council.wait_minutes(16);
    desk.get(&format!("{address}/message"))
        .await
        .says("You are about to read");
    // Another who decides has to say so for themselves.
    let mut director = council.signed_in("assistant-director-it").await;
    director
        .get(&format!("{address}/message"))
        .await
        .says("You are about to read");
}

#[tokio::test]
async fn what_nobody_releases_says_so() {
    let council = Council::new().await;
    let kept = held(&council, opening("malware")).await;
    let address = format!("/held-mail/{}", kept.id);
    let mut desk = council.signed_in("service-desk").await;
    let shown = desk.get(&address).await;
    shown.is(200).says("Nobody releases a message like this");
    for page in ["decide", "read", "message"] {
        desk.get(&format!("{address}/{page}")).await.is(403);
    }
    let mut director = council.signed_in("assistant-director-it").await;
    director.get(&address).await.is(404);
}
