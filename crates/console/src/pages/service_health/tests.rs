#![allow(clippy::unwrap_used)]

use register_store::feeds::RunStatus;

use crate::testing::Council;

const PATH: &str = "/service-health";

#[tokio::test]
async fn a_service_that_is_well_says_so() {
    let council = Council::new().await;
    let mut desk = council.signed_in("service-desk").await;
    let shown = desk.get(PATH).await;
    shown
        .is(200)
        .says("Well 10 March 2027 at 9:30am")
        .says("What needs attention Nothing.")
        .says("Web pages 88012 942 2 1")
        .says("Call records 1 0")
        .says("42.9 GB of 85.8 GB")
        .says("Entries of the record that are not in the lake yet 0");
    let name = shown.html.classed("govuk-service-navigation__link").next();
    assert!(
        !name.unwrap().text.contains("walsall"),
        "the layout keeps its own names"
    );
    // Nobody is told by email here, so nothing of it waits.
    assert!(!shown.text().contains("Emails to people"));
}

#[tokio::test]
async fn what_fails_is_shown_with_since_when_why_and_what_to_do() {
    let council = Council::new().await;
    council.running.fail();
    let (store, now) = (&council.store, council.console.now());
    let run = store
        .begin_run("hr", &"a".repeat(64), 1, now)
        .await
        .unwrap();
    store.finish_run(run, RunStatus::Failed, now).await.unwrap();
    let mut director = council.signed_in("assistant-director-it").await;
    director
        .get(PATH)
        .await
        .is(200)
        .says("Needs attention")
        .says("The record waits to be taken into the lake; none of it is lost 10 March 2027 at 8:15am")
        .says("Cannot use `/srv/lake`: <b>no space left</b>. Make room where the lake is.")
        .says("The server’s log says why.")
        .says("419 MB are free")
        .says("Files that could not be read: 2.")
        .says("The feed hr")
        .says("Entries of the record that are not in the lake yet 5310");
    // The page is made anew each time.
    council.wait_minutes(15);
    director.get(PATH).await.says("at 9:45am");
}

/// How somebody's service is shown to those the pack gives that duty and to nobody else, and no name is on it.
#[tokio::test]
async fn it_is_for_those_who_look_after_the_service_and_names_nobody() {
    let council = Council::new().await;
    council.running.fail();
    for person in [
        "officer",
        "manager",
        "hr",
        "monitoring-officer",
        "chief-internal-auditor",
    ] {
        council.signed_in(person).await.get(PATH).await.is(403);
    }
    for person in ["service-desk", "assistant-director-it"] {
        let shown = council.signed_in(person).await.get(PATH).await;
        shown.is(200);
        let image = council.store.image();
        for somebody in image.people().all() {
            assert!(!shown.text().contains(&somebody.name), "{}", somebody.name);
        }
    }
}
