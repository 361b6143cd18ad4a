//! Lists: narrowed, in pages, and stable while others go on.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Answered, program};
use crate::testing::Council;

fn references(page: &Answered) -> Vec<String> {
    let items = page.is(200).body["items"].as_array().unwrap().iter();
    items
        .map(|one| one["reference"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn pages_are_stable_while_rows_are_added() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let mut made = Vec::new();
    for _ in 0..7 {
        made.push(manager.ask("officer").await.is(201).reference());
        council.wait_minutes(1);
    }
    made.reverse();
    let (mut seen, mut next) = (Vec::new(), "/access-requests?limit=2".to_owned());
    loop {
        let page = manager.get(&next).await;
        seen.extend(references(&page));
        // Somebody asks for more meanwhile.
        manager.ask("officer").await.is(201);
        match page.text("/next").strip_prefix("/api/v1") {
            Some(more) => next = more.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, made, "each once, in order, without the newer ones");
}

#[tokio::test]
async fn lists_are_narrowed_and_show_what_may_be_seen() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let one = manager.ask("officer").await.is(201).reference();
    let other = manager.ask("manager").await.is(201).reference();
    manager
        .step("access-requests", &other, &json!({ "step": "submit" }))
        .await
        .is(200);
    let list =
        async |query: &str| references(&manager.get(&format!("/access-requests{query}")).await);
    assert_eq!(list("").await.len(), 2);
    assert_eq!(list("?person=officer").await, [one.as_str()]);
    assert_eq!(list("?state=draft").await, [one.as_str()]);
    assert_eq!(list("?state=draft,awaiting-authorisation").await.len(), 2);
    assert_eq!(list("?is_over=true").await.len(), 0);
    assert_eq!(list("?about=internet").await.len(), 0);
    let colleague = program(&council, "colleague").await;
    assert_eq!(
        references(&colleague.get("/access-requests").await),
        Vec::<String>::new()
    );
    let officer = program(&council, "officer").await;
    assert_eq!(references(&officer.get("/access-requests").await), [one]);
}

#[tokio::test]
async fn every_kind_has_its_list() {
    let council = Council::new().await;
    let officer = program(&council, "officer").await;
    let it = program(&council, "assistant-director-it").await;
    let kinds = [
        "access-requests",
        "acceptances",
        "permissions",
        "delegations",
        "mailboxes",
        "withdrawals",
        "incidents",
    ];
    for kind in BTreeSet::from(kinds) {
        officer.get(&format!("/{kind}")).await.is(200);
        it.get(&format!("/{kind}?limit=1")).await.is(200);
    }
    for wrong in [
        "?limit=0",
        "?limit=101",
        "?limit=x",
        "?sort=name",
        "?after=x",
        "?person=%00",
        "?is_over=maybe",
    ] {
        let answer = officer.get(&format!("/permissions{wrong}")).await;
        answer.is_problem(400, "malformed");
    }
}
