//! Tokens of programs: what they may do, and when they end.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use matters::people::Employment;
use register_store::StoreError;
use register_store::tokens::{Holder, NewToken};
use sign_in::session::Token;

use crate::council::{by, hour, hr_feed, id, person, settle};
use crate::engines::{Database, on_both};

on_both!(
    a_token_is_good_until_it_ends,
    a_token_is_asked_for_with_care
);

fn new(holder: Holder) -> NewToken {
    NewToken {
        holder,
        label: "starters and leavers".to_owned(),
        scopes: BTreeSet::from(["people:write".to_owned()]),
        expires_at: hour(48),
    }
}

async fn a_token_is_good_until_it_ends(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let service = Holder::Service("hr-system".to_owned());
    let (kept, token) = store
        .make_token(new(service.clone()), &by("it", 0))
        .await
        .unwrap();
    let (own, anns) = store
        .make_token(new(Holder::Person(id("ann"))), &by("ann", 0))
        .await
        .unwrap();
    let found = store.token(&token, hour(1)).await.unwrap().unwrap();
    assert_eq!(found, kept);
    let used = store.token(&token, hour(2)).await.unwrap().unwrap().used_at;
    assert_eq!(used, Some(hour(1)));
    assert_eq!(
        store.token(&Token::new([1; 32]), hour(1)).await.unwrap(),
        None
    );
    assert_eq!(
        store.token(&token, hour(48)).await.unwrap(),
        None,
        "its time is over"
    );
    assert_eq!(store.tokens(Some(&service)).await.unwrap().len(), 1);
    assert_eq!(store.tokens(None).await.unwrap().len(), 2);

    assert!(store.token(&anns, hour(1)).await.unwrap().is_some());
    let mut gone = person("ann");
    gone.employed = vec![Employment {
        from: "2020-01-01".parse().unwrap(),
        until: Some("2026-03-01".parse().unwrap()),
    }];
    store.put_person(gone, &hr_feed(1)).await.unwrap();
    assert_eq!(
        store.token(&anns, hour(1)).await.unwrap(),
        None,
        "it goes with the person"
    );

    store.end_token(&kept.name, &by("it", 2)).await.unwrap();
    assert_eq!(store.token(&token, hour(3)).await.unwrap(), None);
    for none in [kept.name.as_str(), "", "\0"] {
        let missing = store.end_token(none, &by("it", 2)).await;
        assert!(matches!(missing, Err(StoreError::Missing(_))), "{none}");
    }
    let events = store.events_after(0, 500).await.unwrap();
    let steps: Vec<_> = events
        .iter()
        .filter(|event| event.event.kind == "sign-in")
        .map(|event| (event.event.step.as_str(), event.event.matter.as_str()))
        .collect();
    assert_eq!(
        steps,
        [
            ("make-token", kept.name.as_str()),
            ("make-token", own.name.as_str()),
            ("end-token", kept.name.as_str()),
        ]
    );
    let text = serde_json::to_string(&events).unwrap();
    assert!(!text.contains(token.as_str()) && !text.contains(&token.digest()));
}

async fn a_token_is_asked_for_with_care(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let good = || new(Holder::Service("hr-system".to_owned()));
    let wrong = [
        (
            "label",
            NewToken {
                label: " ".to_owned(),
                ..good()
            },
        ),
        (
            "label",
            NewToken {
                label: "x".repeat(101),
                ..good()
            },
        ),
        (
            "service",
            NewToken {
                holder: Holder::Service("a\0".to_owned()),
                ..good()
            },
        ),
        (
            "scopes",
            NewToken {
                scopes: BTreeSet::new(),
                ..good()
            },
        ),
        (
            "scopes",
            NewToken {
                scopes: (0..33).map(|n| n.to_string()).collect(),
                ..good()
            },
        ),
        (
            "expires_at",
            NewToken {
                expires_at: hour(0),
                ..good()
            },
        ),
        (
            "expires_at",
            NewToken {
                expires_at: hour(0) + SignedDuration::from_hours(24 * 367),
                ..good()
            },
        ),
    ];
    for (name, new) in wrong {
        let refused = store.make_token(new, &by("it", 0)).await.unwrap_err();
        assert!(
            format!("{refused:?}").contains(&format!("\"{name}\"")),
            "{refused:?}"
        );
    }
    let nobodys = new(Holder::Person(id("nobody")));
    assert!(store.make_token(nobodys, &by("it", 0)).await.is_err());
    for _ in 0..50 {
        store.make_token(good(), &by("it", 0)).await.unwrap();
    }
    assert!(
        store.make_token(good(), &by("it", 0)).await.is_err(),
        "fifty are enough"
    );
}
