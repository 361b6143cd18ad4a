#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use crate::testing::Council;

const IT: &str = "assistant-director-it";

async fn compared(council: &Council, differences: &[Value]) {
    let now = council.console.now();
    let sha256 = "b".repeat(64);
    let kept = council
        .store
        .keep_comparison(differences, 4_200, &sha256, now);
    kept.await.unwrap();
}

fn difference(
    what: &str,
    person: Option<&str>,
    account: Option<&str>,
    service: Option<&str>,
) -> Value {
    json!({ "what": what, "person": person, "account": account, "service": service })
}

#[tokio::test]
async fn both_ways_of_not_agreeing_are_shown_with_what_to_do() {
    let council = Council::new().await;
    let mut it = council.signed_in(IT).await;
    it.get("/reconciliation")
        .await
        .is(200)
        .says("have not been compared");
    let all = [
        difference(
            "enabled-though-withdrawn",
            Some("officer"),
            Some("officer"),
            None,
        ),
        difference("account-without-request", None, Some("<b>stray</b>"), None),
        difference(
            "group-without-request",
            Some("agent"),
            Some("agent"),
            Some("email"),
        ),
        difference(
            "request-without-account",
            Some("colleague"),
            None,
            Some("email"),
        ),
        difference("of-a-later-release", None, None, None),
    ];
    compared(&council, &all).await;
    let shown = it.get("/reconciliation").await;
    shown
        .says("4200")
        .says("<b>stray</b>")
        .says("Nobody known")
        .says("Disable the account now");
    let rows = |shown: &crate::testing::Shown| shown.html.all("tr").count().saturating_sub(1);
    for (filter, expected) in [
        ("", 4),
        ("side=accounts", 3),
        ("side=requests", 1),
        ("service=email", 2),
        ("service=email&side=requests", 1),
        ("service=%27--", 0),
        ("page=99999999999999999999", 4),
    ] {
        let shown = it.get(&format!("/reconciliation?{filter}")).await;
        assert_eq!(rows(shown.is(200)), expected, "{filter}");
    }
    it.get("/reconciliation").await;
    it.follow("Colleague").await.is(200).says("Not asked for");
    compared(&council, &[]).await;
    it.get("/reconciliation")
        .await
        .says("Accounts and requests agree");
    it.get("/feeds").await.says("No feed has been taken in yet");
    council.wait_minutes(3 * 24 * 60);
    let mut it = council.signed_in(IT).await;
    it.get("/reconciliation").await.says("3 days old");
}

#[tokio::test]
async fn many_differences_have_pages() {
    let council = Council::new().await;
    let one = |n: u32| {
        difference(
            "account-without-request",
            None,
            Some(&format!("a{n:04}")),
            None,
        )
    };
    let all: Vec<_> = (1..=600).map(one).collect();
    compared(&council, &all).await;
    let mut it = council.signed_in(IT).await;
    it.get("/reconciliation?side=accounts")
        .await
        .says("600")
        .says("a0025");
    it.follow("Next page").await.says("a0026");
    it.get("/reconciliation?page=24").await.says("a0600");
}

#[tokio::test]
async fn only_whoever_runs_services_opens_it() {
    let council = Council::new().await;
    for who in ["officer", "service-desk", "chief-internal-auditor"] {
        council
            .signed_in(who)
            .await
            .get("/reconciliation")
            .await
            .is(403);
    }
}
