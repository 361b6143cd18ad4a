//! Signing in: what each failure tells, what each step costs, and what the record says of it.

use std::net::{IpAddr, Ipv4Addr};

use jiff::{SignedDuration, Timestamp};
use matters::event::Actor;
use matters::people::Employment;
use register_store::Store;
use register_store::outbox::NumberedEvent;
use register_store::seal::Key;
use register_store::sessions::{Client, Method};
use register_store::signing_in::account::Whose;
use register_store::signing_in::{NextStep, Opened, SignIn, SignInError};
use sign_in::session::Token;

use crate::council::{by, hour, hr_feed, id, person, settle};
use crate::engines::{Database, on_both};

mod codes;
mod held;
mod passwords;
mod provider;

on_both!(
    a_password_opens_a_session,
    nobody_is_told_what_was_wrong,
    what_was_typed_is_not_on_the_record,
    pauses_are_for_names_and_addresses,
);

const PASSWORD: &str = "copper tiptoe marmalade";

async fn prepared(database: &Database) -> (Store, SignIn) {
    let store = database.open().await;
    settle(&store).await;
    let sign_in = SignIn::new(store.clone(), Key::new([7; 32]).unwrap());
    for who in ["ann", "bob"] {
        let (person, act) = (id(who), by("it", 0));
        let added = sign_in.add_account(&person, who, PASSWORD, Whose::Own, &act);
        added.await.unwrap();
    }
    (store, sign_in)
}

fn client() -> Client {
    from(1)
}

fn from(last: u8) -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)), "Browser/1.0")
}

/// So many seconds after the first hour.
fn second(seconds: i64) -> Timestamp {
    hour(1) + SignedDuration::from_secs(seconds)
}

async fn opened(sign_in: &SignIn, who: &str, at: Timestamp) -> Opened {
    match sign_in.begin(who, PASSWORD, &client(), at).await.unwrap() {
        NextStep::Done(opened) => opened,
        other => panic!("{other:?}"),
    }
}

async fn events(store: &Store) -> Vec<NumberedEvent> {
    let mut events = store.events_after(0, 500).await.unwrap();
    events.retain(|event| event.event.kind == "sign-in");
    events
}

async fn steps(store: &Store) -> Vec<String> {
    let events = events(store).await;
    events.into_iter().map(|event| event.event.step).collect()
}

async fn a_password_opens_a_session(database: Database) {
    let (store, sign_in) = prepared(&database).await;
    let opened = opened(&sign_in, "  ANN ", second(0)).await;
    let session = sign_in.session(&opened.token, second(1)).await.unwrap();
    let session = session.unwrap();
    assert_eq!(session, opened.session);
    assert_eq!(session.person, id("ann"));
    assert_eq!(session.method, Method::Password);
    assert_eq!(session.address, "192.0.2.1");

    // Another process knows it too; a made-up token stands for nobody.
    let other = SignIn::new(database.open().await, Key::new([7; 32]).unwrap());
    assert!(
        other
            .session(&opened.token, second(2))
            .await
            .unwrap()
            .is_some()
    );
    let made_up = Token::new([9; 32]);
    assert_eq!(sign_in.session(&made_up, second(2)).await.unwrap(), None);

    sign_in.sign_out(&opened.token, second(3)).await.unwrap();
    sign_in.sign_out(&opened.token, second(4)).await.unwrap();
    assert_eq!(other.session(&opened.token, second(5)).await.unwrap(), None);
    let events = events(&store).await;
    let [.., came, went] = events.as_slice() else {
        panic!()
    };
    assert_eq!(
        (came.event.step.as_str(), went.event.step.as_str()),
        ("sign-in", "sign-out")
    );
    assert_eq!(came.event.matter.as_str(), session.name);
    assert_eq!(came.event.act.actor, Actor::Person(id("ann")));
    assert_eq!(came.detail.as_ref().unwrap()["method"], "password");
    assert_eq!(events.len(), 4, "two accounts, one sign-in, one sign-out");
}

async fn nobody_is_told_what_was_wrong(database: Database) {
    let (store, sign_in) = prepared(&database).await;
    sign_in
        .disable_account(&id("bob"), &by("it", 0))
        .await
        .unwrap();
    let mut gone = person("ann");
    gone.employed = vec![Employment {
        from: "2020-01-01".parse().unwrap(),
        until: Some("2026-03-01".parse().unwrap()),
    }];
    let tries = [
        ("nobody", PASSWORD),
        ("bob", PASSWORD),
        ("ann", "wrong"),
        ("", ""),
        ("ann", ""),
    ];
    for (name, password) in tries {
        let error = sign_in
            .begin(name, password, &client(), second(0))
            .await
            .unwrap_err();
        assert!(
            matches!(error, SignInError::NotRecognised),
            "{name}: {error}"
        );
    }
    store.put_person(gone, &hr_feed(1)).await.unwrap();
    let error = sign_in
        .begin("ann", PASSWORD, &client(), second(0))
        .await
        .unwrap_err();
    assert!(matches!(error, SignInError::NotRecognised), "{error}");

    sign_in
        .enable_account(&id("bob"), &by("it", 1))
        .await
        .unwrap();
    opened(&sign_in, "bob", second(60)).await;
}

async fn what_was_typed_is_not_on_the_record(database: Database) {
    let (store, sign_in) = prepared(&database).await;
    let long = "Sesame".repeat(100_000);
    for name in [
        "MyPassword1!",
        "ann",
        "'; DROP TABLE accounts; --",
        "\u{202e}\0\u{7f}",
        &long,
    ] {
        let _ = sign_in
            .begin(name, "MySecret2!", &client(), second(0))
            .await
            .unwrap_err();
    }
    let events = events(&store).await;
    let failures = &events[2..];
    assert_eq!(failures.len(), 5);
    for event in failures {
        assert_eq!(event.event.act.actor, Actor::Rule("sign-in".to_owned()));
        let text = serde_json::to_string(event).unwrap().to_lowercase();
        for typed in ["mypassword", "mysecret", "drop table", "sesame"] {
            assert!(!text.contains(typed), "{text}");
        }
    }
    let subjects: Vec<_> = failures
        .iter()
        .map(|event| event.event.subject.as_str())
        .collect();
    assert_eq!(subjects, ["", "ann", "", "", ""]);
}

async fn pauses_are_for_names_and_addresses(database: Database) {
    let (_, sign_in) = prepared(&database).await;
    for name in ["ann", "nobody"] {
        for n in 0..5 {
            let error = sign_in
                .begin(name, "wrong", &from(n), second(0))
                .await
                .unwrap_err();
            assert!(matches!(error, SignInError::NotRecognised), "{n}");
        }
        // Also with the right password, from anywhere.
        let error = sign_in
            .begin(name, PASSWORD, &from(9), second(0))
            .await
            .unwrap_err();
        assert!(
            matches!(error, SignInError::Wait(wait) if wait.as_secs() == 1),
            "{error}"
        );
    }
    opened(&sign_in, "bob", second(0)).await;
    opened(&sign_in, "ann", second(1)).await;
    // A sign-in forgets what failed before it.
    let error = sign_in
        .begin("ann", "wrong", &client(), second(1))
        .await
        .unwrap_err();
    assert!(matches!(error, SignInError::NotRecognised));
    opened(&sign_in, "ann", second(1)).await;
}
