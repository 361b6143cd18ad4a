#![allow(clippy::unwrap_used)]

use jiff::SignedDuration;
use matters::authority::Holding;
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::permission::{Narrowed, Opening, Permission, Step, When};

use crate::testing::Council;

/// Asks for a permission of so many days.
async fn asked(council: &Council, kind: &str, who: &str, days: i64) -> MatterId {
    let now = council.console.now();
    let opening = Opening {
        person: who.into(),
        kind: kind.to_owned(),
        scope: vec!["www.example.org".to_owned()],
        why: format!("Because <b>{who}</b> needs it"),
        when: When::Ahead {
            from: now,
            until: now + SignedDuration::from_hours(24 * days),
        },
    };
    let act = Act::by(&PersonId::from(who), now);
    let kept = council.store.open_matter::<Permission>(opening, &act).await;
    kept.unwrap().id
}

async fn granted(council: &Council, kind: &str, who: &str, by: &str, days: i64) -> MatterId {
    let id = asked(council, kind, who, days).await;
    let act = Act::by(&PersonId::from(by), council.console.now());
    let step = Step::Approve {
        narrowed: Narrowed::default(),
    };
    let store = &council.store;
    store
        .take::<Permission>(&id, None, step, &act)
        .await
        .unwrap();
    id
}

const IT: &str = "assistant-director-it";

#[tokio::test]
async fn each_state_has_its_word_and_lists_are_narrowed_by_the_address() {
    let council = Council::new().await;
    granted(&council, "blog", "officer", IT, 5).await;
    granted(&council, "blog", "colleague", IT, 200).await;
    asked(&council, "software-download", "officer", 20).await;
    let mut it = council.signed_in(IT).await;
    let shown = it.get("/permissions").await;
    shown
        .is(200)
        .says("In force")
        .says("Asked for")
        .says("Colleague");
    let rows = |shown: &crate::testing::Shown| shown.html.all("tr").count().saturating_sub(1);
    for (filter, expected) in [
        ("", 3),
        ("kind=blog", 2),
        ("state=active", 2),
        ("state=requested", 1),
        ("who=colleague", 1),
        ("who=officer&kind=blog", 1),
        ("ends=7", 1),
        ("ends=30&who=colleague", 0),
        ("state=expired", 0),
        ("kind=%27%20OR%201--", 0),
        ("after=PE-0000-0000", 0),
    ] {
        let shown = it.get(&format!("/permissions?{filter}")).await;
        assert_eq!(rows(shown.is(200)), expected, "{filter}");
    }
    council.wait_minutes(6 * 24 * 60);
    council.store.run_due(council.console.now()).await.unwrap();
    let mut it = council.signed_in(IT).await;
    it.get("/permissions?state=expired").await.says("Expired");
}

#[tokio::test]
async fn one_is_shown_with_its_history_and_taken_back_with_a_reason() {
    let council = Council::new().await;
    granted(&council, "blog", "officer", IT, 90).await;
    let mut it = council.signed_in(IT).await;
    it.get("/permissions").await;
    let blog = "Write a blog over the council's network";
    let shown = it.follow(blog).await;
    shown
        .says("Because <b>officer</b> needs it")
        .says("Approve");
    let address = shown.address.clone();
    let mut other = council.signed_in(IT).await;
    let warned = it.follow("Take it back").await;
    warned.says("It stops counting").says("is told");
    it.follow("Continue").await.says("www.example.org");
    other.get(&format!("{address}/revoke/reason")).await.is(200);
    let shown = it.send(&[("reason", "")]).await;
    assert_eq!(shown.is(422).errors(), ["Enter why it is taken back"]);
    it.send(&[("reason", "a\u{200b}b")]).await.is(422);
    let (action, fields) = it.filled(&[("reason", "The site was sold")]);
    let first = it.post(&action, &fields).await;
    first.is(200).says("Permission revoked").says("PE-");
    let second = it.post(&action, &fields).await;
    assert_eq!(second.is(200).address, first.address);
    other.send(&[("reason", "Also I")]).await.is(409);
    let shown = it.get(&address).await;
    shown.says("Revoked").says("The site was sold");
    assert!(!shown.text().contains("Take it back"));
    it.get(&format!("{address}/revoke")).await.is(409);
}

#[tokio::test]
async fn whoever_only_looks_takes_nothing_back() {
    let council = Council::new().await;
    let id = granted(&council, "blog", "officer", IT, 90).await;
    let mut audit = council.signed_in("chief-internal-auditor").await;
    let shown = audit.get(&format!("/permissions/{id}")).await;
    assert!(!shown.is(200).text().contains("Take it back"));
    audit
        .get(&format!("/permissions/{id}/revoke"))
        .await
        .is(403);
    let officer = &mut council.signed_in("officer").await;
    officer.get("/permissions").await.is(403);
    officer.get(&format!("/permissions/{id}")).await.is(403);
    for nothing in [
        "PE-0000-0000",
        "AR-0000-0000",
        "%3Cb%3E",
        "PE-0000-0000/revoke",
    ] {
        audit.get(&format!("/permissions/{nothing}")).await.is(404);
    }
    // Decided by somebody else, so the process says no.
    let legal = granted(&council, "legal-document", "officer", "legal", 9).await;
    let mut it = council.signed_in(IT).await;
    let shown = it.get(&format!("/permissions/{legal}")).await;
    assert!(!shown.is(200).text().contains("Take it back"));
    it.get(&format!("/permissions/{legal}/revoke"))
        .await
        .is(403);
}

#[tokio::test]
async fn of_a_sealed_one_only_deciders_see_more_than_that_it_is_there() {
    let council = Council::new().await;
    let protection = "head-of-public-protection";
    let kind = "public-protection-account";
    let id = granted(&council, kind, "officer", protection, 60).await;
    for who in [IT, "chief-internal-auditor"] {
        let mut browser = council.signed_in(who).await;
        let shown = browser.get("/permissions").await;
        shown.is(200).says("Authorised identity").says("In force");
        for secret in ["Officer", "public protection", id.as_str(), "example.org"] {
            assert!(!shown.text().contains(secret), "{who}: {secret}");
        }
        for narrowed in ["who=officer", "kind=public-protection-account"] {
            let shown = browser.get(&format!("/permissions?{narrowed}")).await;
            shown.is(200).says("Nothing matches");
        }
        browser.get(&format!("/permissions/{id}")).await.is(404);
        browser
            .get(&format!("/permissions/{id}/revoke"))
            .await
            .is(404);
    }
    let now = council.console.now();
    let holding = Holding {
        post: IT.into(),
        unit: None,
        person: protection.into(),
        from: now,
        until: None,
    };
    let act = Act::of(Actor::Feed("hr".to_owned()), now);
    council.store.appoint(holding, &act).await.unwrap();
    let mut both = council.signed_in(protection).await;
    both.get("/permissions?who=officer").await.says(id.as_str());
    both.get(&format!("/permissions/{id}"))
        .await
        .is(200)
        .says("Take it back");
}

#[tokio::test]
async fn a_long_register_has_pages() {
    let council = Council::new().await;
    for _ in 0..30 {
        asked(&council, "blog", "officer", 9).await;
    }
    let mut it = council.signed_in(IT).await;
    let rows = |shown: &crate::testing::Shown| shown.html.all("tr").count() - 1;
    assert_eq!(rows(&it.get("/permissions?kind=blog").await), 25);
    let second = it.follow("Next page").await;
    assert_eq!(rows(&second), 5);
    assert!(second.address.contains("kind=blog&after=PE-"));
    it.get(&format!("/permissions?who={}", "a".repeat(101)))
        .await
        .is(422);
}
